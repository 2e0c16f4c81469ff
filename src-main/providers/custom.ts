/** Any HTTP API with a key in a header or query parameter. */
import type { Outcome } from '../pool/types.ts'
import { meterFor } from './meter.ts'
import { genericOutcome } from './openai-outcome.ts'
import { isSuccess } from './outcome.ts'
import type { ProviderDefinition, UpstreamAnswer } from './types.ts'

export const custom: ProviderDefinition = {
  id: 'custom',
  name: 'Custom API',
  baseUrl: null,
  auth: { in: 'header', name: 'Authorization', format: 'Bearer {key}' },
  keysUrl: null,
  keyHint: 'any key',
  keyPrefixes: [],
  format: 'plain',
  defaultHeaders: {},
  freeCheck: null,
  classify,
  requestFacts: () => ({ model: null, stream: false }),
  meter: (contentType) => meterFor(contentType, () => null),
}

/** An `error` field in a good answer may mean anything here (JSON-RPC has one), so only the status counts. */
function classify(answer: UpstreamAnswer, now: number): Outcome {
  return isSuccess(answer.status) ? { class: 'ok' } : genericOutcome(answer, now)
}
