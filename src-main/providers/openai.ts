/** OpenAI: https://developers.openai.com/api/reference/overview */
import { accountName } from './account.ts'
import { endpoints, openaiPaths } from './endpoint.ts'
import { bearer, jsonApi } from './json-api.ts'
import { modelsAt } from './model-list.ts'
import { openaiReadings } from './openai-limits.ts'
import { openaiNames } from './openai-models.ts'
import { openaiOutcome } from './openai-outcome.ts'
import type { ProviderDefinition } from './types.ts'

export const openai: ProviderDefinition = {
  ...jsonApi(openaiOutcome),
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  auth: bearer,
  keysUrl: 'https://platform.openai.com/api-keys',
  keyHint: 'sk-…',
  keyPrefixes: ['sk-svcacct-', 'sk-admin-', 'sk-proj-', 'sk-'],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/models' },
  endpoint: endpoints(openaiPaths),
  models: modelsAt('/models'),
  ownsModel: openaiNames,
  resetZone: 'UTC',
  presets: [],
  readings: openaiReadings,
  // Projects of one organisation share its limits, so the organisation is the account; a project only where none is named.
  account: ({ header }) => accountName('openai', header('openai-organization') ?? header('openai-project')),
}
