/** Anthropic: https://platform.claude.com/docs/en/api/overview */
import { accountName } from './account.ts'
import { anthropicReadings } from './anthropic-limits.ts'
import { anthropicOutcome } from './anthropic-outcome.ts'
import { endpoints } from './endpoint.ts'
import { jsonApi } from './json-api.ts'
import { modelsAt, named } from './model-list.ts'
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
  freeCheck: { method: 'GET', path: '/models' },
  endpoint: endpoints({ messages: '/messages', count: '/messages/count_tokens' }),
  // The most that one page holds.
  models: modelsAt('/models?limit=1000'),
  ownsModel: named(/claude-/),
  resetZone: 'UTC',
  presets: [],
  readings: anthropicReadings,
  account: ({ header }) => accountName('anthropic', header('anthropic-organization-id')),
}
