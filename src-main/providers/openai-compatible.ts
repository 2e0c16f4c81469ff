/** Everything that imitates OpenAI: OpenRouter, DeepSeek, Mistral, Groq, xAI, Azure, a server of one's own. */
import { bodyError } from './body-error.ts'
import { meterFor } from './meter.ts'
import { genericOutcome } from './openai-outcome.ts'
import { requestFacts } from './request-facts.ts'
import type { ProviderDefinition } from './types.ts'

export const openaiCompatible: ProviderDefinition = {
  id: 'openai-compatible',
  name: 'OpenAI-compatible',
  baseUrl: null,
  auth: { in: 'header', name: 'Authorization', format: 'Bearer {key}' },
  keysUrl: null,
  keyHint: 'sk-or-…, gsk_…, xai-…',
  keyPrefixes: ['sk-or-v1-', 'sk-or-', 'nvapi-', 'pplx-', 'gsk_', 'xai-', 'csk-', 'hf_', 'fw_'],
  format: 'openai',
  defaultHeaders: {},
  // Many of them list their models to anybody (OpenRouter, most local servers), so that list proves nothing.
  freeCheck: null,
  classify: genericOutcome,
  requestFacts,
  meter: (contentType, now) => meterFor(contentType, bodyError(genericOutcome, now)),
}
