/** Mistral: https://docs.mistral.ai/api */
import { bearer, jsonApi, noAccount } from './json-api.ts'
import { mistralReadings } from './mistral-limits.ts'
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
  resetZone: 'UTC',
  presets: [],
  readings: mistralReadings,
  account: noAccount,
}
