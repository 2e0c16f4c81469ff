/** Everything else that imitates OpenAI: a server of one's own, a gateway, a provider without a file here. */
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi, noAccount } from './json-api.ts'
import { modelsAt, ownsNothing } from './model-list.ts'
import { commonReadings } from './openai-limits.ts'
import { genericOutcome } from './openai-outcome.ts'
import type { ProviderDefinition } from './types.ts'

export const openaiCompatible: ProviderDefinition = {
  ...jsonApi(genericOutcome),
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  baseUrl: null,
  auth: bearer,
  keysUrl: null,
  keyHint: 'nvapi-…, pplx-…, hf_…',
  keyPrefixes: ['nvapi-', 'pplx-', 'csk-', 'hf_', 'fw_'],
  format: 'openai',
  defaultHeaders: {},
  // Many of them list their models to anybody (most local servers), so that list proves nothing.
  freeCheck: null,
  // Few of them speak Responses; all of them speak this.
  endpoint: endpoints({ chat: openaiPaths.chat, embeddings: openaiPaths.embeddings }),
  models: modelsAt('/models'),
  ownsModel: ownsNothing,
  resetZone: 'UTC',
  presets: [],
  readings: commonReadings,
  account: noAccount,
}
