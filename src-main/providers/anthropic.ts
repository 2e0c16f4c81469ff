/** Anthropic: https://platform.claude.com/docs/en/api/overview */
import { anthropicOutcome } from './anthropic-outcome.ts'
import { bodyError } from './body-error.ts'
import { meterFor } from './meter.ts'
import { requestFacts } from './request-facts.ts'
import type { ProviderDefinition } from './types.ts'

export const anthropic: ProviderDefinition = {
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
  classify: anthropicOutcome,
  requestFacts,
  meter: (contentType, now) => meterFor(contentType, bodyError(anthropicOutcome, now)),
}
