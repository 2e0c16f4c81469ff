/** DeepSeek: https://api-docs.deepseek.com. Its limit is one of calls at once, per account, and no answer tells it. */
import { deepseekOutcome } from './deepseek-outcome.ts'
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi, noAccount } from './json-api.ts'
import { modelsAt, named } from './model-list.ts'
import { commonReadings } from './openai-limits.ts'
import type { ProviderDefinition } from './types.ts'

export const deepseek: ProviderDefinition = {
  ...jsonApi(deepseekOutcome),
  id: 'deepseek',
  name: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  auth: bearer,
  keysUrl: 'https://platform.deepseek.com/api_keys',
  keyHint: 'sk-…',
  // `sk-` as well, but that is OpenAI's.
  keyPrefixes: [],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/user/balance' },
  endpoint: endpoints({ chat: openaiPaths.chat }),
  models: modelsAt('/models'),
  ownsModel: named(/deepseek-/),
  resetZone: 'UTC',
  presets: [],
  readings: commonReadings,
  account: noAccount,
}
