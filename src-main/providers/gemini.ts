/**
 * Google Gemini: https://ai.google.dev/api. The key goes in a header: in `?key=` it would leak into addresses and errors.
 * The base URL has no version, because clients bring their own: Google's SDK says /v1 since 3.0 and said /v1beta before.
 */
import { geminiEndpoint, geminiModels } from './gemini-endpoint.ts'
import { quotaZone } from './gemini-error.ts'
import { geminiAccount, geminiReadings } from './gemini-limits.ts'
import { geminiOutcome } from './gemini-outcome.ts'
import { geminiPresets } from './gemini-presets.ts'
import { jsonApi } from './json-api.ts'
import { named } from './model-list.ts'
import type { ProviderDefinition } from './types.ts'

export const gemini: ProviderDefinition = {
  ...jsonApi(geminiOutcome),
  id: 'gemini',
  name: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  auth: { in: 'header', name: 'x-goog-api-key', format: '{key}' },
  keysUrl: 'https://aistudio.google.com/apikey',
  keyHint: 'AIza…',
  keyPrefixes: ['AIza', 'AQ.'],
  format: 'gemini',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/v1beta/models?pageSize=1' },
  endpoint: geminiEndpoint,
  models: geminiModels,
  ownsModel: named(/(models\/)?(gemini-|gemma-|learnlm-|embedding-001|text-embedding-00|text-multilingual-embedding-)/),
  resetZone: quotaZone,
  presets: geminiPresets,
  readings: geminiReadings,
  account: geminiAccount,
}
