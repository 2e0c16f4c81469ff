/** OpenRouter: https://openrouter.ai/docs/api/reference/overview */
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi, noAccount } from './json-api.ts'
import { dayIn, limit, minute } from './limits.ts'
import { modelsAt, named } from './model-list.ts'
import { openrouterReadings } from './openrouter-limits.ts'
import { openrouterOutcome } from './openrouter-outcome.ts'
import type { ProviderDefinition } from './types.ts'

export const openrouter: ProviderDefinition = {
  ...jsonApi(openrouterOutcome),
  id: 'openrouter',
  name: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: bearer,
  keysUrl: 'https://openrouter.ai/settings/keys',
  keyHint: 'sk-or-v1-…',
  keyPrefixes: ['sk-or-v1-', 'sk-or-'],
  format: 'openai',
  defaultHeaders: {},
  // Its list of models is open to anybody and proves nothing.
  freeCheck: { method: 'GET', path: '/key' },
  // Its Responses API keeps nothing between calls and is a beta.
  endpoint: endpoints({ chat: openaiPaths.chat, embeddings: openaiPaths.embeddings }),
  models: modelsAt('/models'),
  // `vendor/model`, and `~vendor/model` for whatever is newest.
  ownsModel: named(/~?[\w.-]+\/[\w.:-]+$/),
  resetZone: 'UTC',
  presets: [
    {
      id: 'free-models',
      name: 'Free models only, once credits were bought',
      limits: { '': [limit('requests', minute, 20), limit('requests', dayIn('UTC'), 1000)] },
      source: 'openrouter.ai/docs/api/reference/limits (read November 2026)',
    },
  ],
  readings: openrouterReadings,
  account: noAccount,
}
