/** Cohere: https://docs.cohere.com/reference. Its paths begin with their own versions: `/v2/chat`, `/v1/check-api-key`. */
import { accountName } from './account.ts'
import { cohereModels } from './cohere-models.ts'
import { cohereOutcome } from './cohere-outcome.ts'
import { endpoints } from './endpoint.ts'
import { bearer, jsonApi } from './json-api.ts'
import { limit, minute, monthIn } from './limits.ts'
import { named } from './model-list.ts'
import { commonReadings } from './openai-limits.ts'
import { textAt } from './read.ts'
import type { ProviderDefinition } from './types.ts'

export const cohere: ProviderDefinition = {
  ...jsonApi(cohereOutcome),
  id: 'cohere',
  name: 'Cohere',
  baseUrl: 'https://api.cohere.com',
  auth: bearer,
  keysUrl: 'https://dashboard.cohere.com/api-keys',
  keyHint: '40 letters and digits',
  keyPrefixes: [],
  format: 'plain',
  defaultHeaders: {},
  freeCheck: { method: 'POST', path: '/v1/check-api-key' },
  // Its own `/v2/chat` is none of the formats; this is: docs.cohere.com/docs/compatibility-api.
  endpoint: endpoints({ chat: '/compatibility/v1/chat/completions', embeddings: '/compatibility/v1/embeddings' }),
  models: cohereModels,
  ownsModel: named(/command(-|$)|c4ai-|embed-/),
  resetZone: 'UTC',
  presets: [
    {
      id: 'trial',
      name: 'Trial key, chat',
      limits: { '': [limit('requests', minute, 20), limit('requests', monthIn('UTC'), 1000)] },
      source: 'docs.cohere.com/docs/rate-limits (read November 2026)',
    },
  ],
  readings: commonReadings,
  account: ({ body }) => accountName('cohere', textAt(body, 'organization_id')),
}
