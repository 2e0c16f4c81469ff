/** OpenAI: https://developers.openai.com/api/reference/overview */

import { bodyError } from './body-error.ts'
import { meterFor } from './meter.ts'
import { openaiOutcome } from './openai-outcome.ts'
import { requestFacts } from './request-facts.ts'
import type { ProviderDefinition } from './types.ts'

export const openai: ProviderDefinition = {
  id: 'openai',
  name: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  auth: { in: 'header', name: 'Authorization', format: 'Bearer {key}' },
  keysUrl: 'https://platform.openai.com/api-keys',
  keyHint: 'sk-…',
  keyPrefixes: ['sk-svcacct-', 'sk-admin-', 'sk-proj-', 'sk-'],
  format: 'openai',
  defaultHeaders: {},
  freeCheck: { method: 'GET', path: '/models' },
  classify: openaiOutcome,
  requestFacts,
  meter: (contentType, now) => meterFor(contentType, bodyError(openaiOutcome, now)),
}
