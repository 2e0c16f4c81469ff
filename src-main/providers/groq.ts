/** Groq: https://console.groq.com/docs/api-reference */
import { accountName } from './account.ts'
import { endpoints, openaiPaths } from './endpoint.ts'
import { groqOutcome } from './groq-outcome.ts'
import { bearer, jsonApi } from './json-api.ts'
import { modelsAt, named } from './model-list.ts'
import { groqReadings } from './openai-limits.ts'
import type { ProviderDefinition } from './types.ts'
import { errorOf } from './upstream-error.ts'

export const groq: ProviderDefinition = {
  ...jsonApi(groqOutcome),
  id: 'groq',
  name: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: bearer,
  keysUrl: 'https://console.groq.com/keys',
  keyHint: 'gsk_…',
  keyPrefixes: ['gsk_'],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/models' },
  // Responses: console.groq.com/docs/responses-api. It makes no embeddings.
  endpoint: endpoints({ chat: openaiPaths.chat, responses: openaiPaths.responses }),
  models: modelsAt('/models'),
  // Other people's models, some under their makers' names.
  ownsModel: named(/llama-|llama3-|meta-llama\/|openai\/gpt-oss|qwen\/|moonshotai\/|groq\/|compound(-|$)|allam-/),
  resetZone: 'UTC',
  presets: [],
  readings: groqReadings,
  // Only a refusal names it: "Rate limit reached for model … in organization `org_…`".
  account: ({ status, body }) =>
    status === 429 ? accountName('groq', /\borganization `?(org_\w{4,60})/.exec(errorOf(body).message)?.[1]) : null,
}
