/**
 * Google Gemini: https://ai.google.dev/api. The key goes in a header: in `?key=` it would leak into addresses and errors.
 * The base URL has no version, because clients bring their own: Google's SDK says /v1 since 3.0 and said /v1beta before.
 */
import { bodyError } from './body-error.ts'
import { geminiOutcome } from './gemini-outcome.ts'
import { meterFor } from './meter.ts'
import { requestFacts } from './request-facts.ts'
import type { ProviderDefinition } from './types.ts'

export const gemini: ProviderDefinition = {
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
  classify: geminiOutcome,
  requestFacts,
  meter: (contentType, now) => meterFor(contentType, bodyError(geminiOutcome, now)),
}
