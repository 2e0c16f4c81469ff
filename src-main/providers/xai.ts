/** xAI: https://docs.x.ai/developers/rest-api-reference */
import { accountName } from './account.ts'
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi } from './json-api.ts'
import { named } from './model-list.ts'
import { commonReadings } from './openai-limits.ts'
import { textAt } from './read.ts'
import type { ProviderDefinition } from './types.ts'
import { errorOf } from './upstream-error.ts'
import { xaiModels } from './xai-models.ts'
import { xaiOutcome } from './xai-outcome.ts'

export const xai: ProviderDefinition = {
  ...jsonApi(xaiOutcome),
  id: 'xai',
  name: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  auth: bearer,
  keysUrl: 'https://console.x.ai/',
  keyHint: 'xai-…',
  keyPrefixes: ['xai-'],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/api-key' },
  // Responses is what it recommends: docs.x.ai/developers/model-capabilities/text/comparison. It makes no embeddings.
  endpoint: endpoints({ chat: openaiPaths.chat, responses: openaiPaths.responses }),
  models: xaiModels,
  ownsModel: named(/grok-/),
  resetZone: 'UTC',
  presets: [],
  readings: commonReadings,
  // The free check names the team, whose limits all its keys share; refusals do in their words.
  account: ({ body }) =>
    accountName('xai', textAt(body, 'team_id') || /\bteam ([\da-f-]{36})\b/.exec(errorOf(body).message)?.[1]),
}
