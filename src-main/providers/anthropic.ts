/** Anthropic: https://platform.claude.com/docs/en/api/overview */
import { accountName } from './account.ts'
import { anthropicReadings } from './anthropic-limits.ts'
import { anthropicModels } from './anthropic-models.ts'
import { anthropicOutcome } from './anthropic-outcome.ts'
import { endpoints } from './endpoint.ts'
import { jsonApi } from './json-api.ts'
import { named } from './model-list.ts'
import type { ProviderDefinition } from './types.ts'

export const anthropic: ProviderDefinition = {
  ...jsonApi(anthropicOutcome),
  id: 'anthropic',
  name: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { in: 'header', name: 'x-api-key', format: '{key}' },
  keysUrl: 'https://platform.claude.com/settings/keys',
  keyHint: 'sk-ant-…',
  keyPrefixes: ['sk-ant-admin01-', 'sk-ant-api03-', 'sk-ant-'],
  format: 'anthropic',
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  // The version is said here, too: its SDKs leave it out of the base URL, and so do those who offer its API.
  freeCheck: { method: 'GET', path: '/v1/models' },
  endpoint: endpoints({ messages: '/v1/messages', count: '/v1/messages/count_tokens' }),
  models: anthropicModels,
  ownsModel: named(/claude-/),
  resetZone: 'UTC',
  presets: [],
  readings: anthropicReadings,
  account: ({ header }) => accountName('anthropic', header('anthropic-organization-id')),
}
