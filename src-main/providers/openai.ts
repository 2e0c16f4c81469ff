/** OpenAI: https://developers.openai.com/api/reference/overview */
import { accountName } from './account.ts'
import { bearer, jsonApi } from './json-api.ts'
import { openaiReadings } from './openai-limits.ts'
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
  resetZone: 'UTC',
  presets: [],
  readings: openaiReadings,
  // Projects of one organisation share its limits, so the organisation is the account; a project only where none is named.
  account: ({ header }) => accountName('openai', header('openai-organization') ?? header('openai-project')),
}
