/** Mistral: https://docs.mistral.ai/api */
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi, noAccount } from './json-api.ts'
import { mistralReadings } from './mistral-limits.ts'
import { modelsAt, named } from './model-list.ts'
import { openaiOutcome } from './openai-outcome.ts'
import type { ProviderDefinition } from './types.ts'

export const mistral: ProviderDefinition = {
  ...jsonApi(openaiOutcome),
  id: 'mistral',
  name: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  auth: bearer,
  keysUrl: 'https://console.mistral.ai/api-keys',
  keyHint: '32 letters and digits',
  keyPrefixes: [],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/models' },
  endpoint: endpoints({ chat: openaiPaths.chat, embeddings: openaiPaths.embeddings }),
  models: modelsAt('/models'),
  ownsModel: named(/(open-)?(mistral|mixtral)-|(mini|magi)stral-|(code|dev)stral-|pixtral-|voxtral-/),
  resetZone: 'UTC',
  presets: [],
  readings: mistralReadings,
  account: noAccount,
}
