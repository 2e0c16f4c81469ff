/** Any HTTP API with a key in a header or query parameter. */
import type { Outcome } from '../pool/types.ts'
import { plainReadings } from './common-limits.ts'
import { bearer, noAccount } from './json-api.ts'
import { meterFor } from './meter.ts'
import { modelsAt, ownsNothing } from './model-list.ts'
import { genericOutcome } from './openai-outcome.ts'
import { isSuccess } from './outcome.ts'
import { noFacts } from './request-facts.ts'
import type { ProviderDefinition, UpstreamAnswer } from './types.ts'

export const custom: ProviderDefinition = {
  id: 'custom',
  name: 'Custom API',
  baseUrl: null,
  auth: bearer,
  keysUrl: null,
  keyHint: 'any key',
  keyPrefixes: [],
  format: 'plain',
  defaultHeaders: {},
  freeCheck: null,
  endpoint: () => null,
  models: modelsAt(null),
  ownsModel: ownsNothing,
  resetZone: 'UTC',
  presets: [],
  classify,
  requestFacts: noFacts,
  sessionOf: () => null,
  withModel: () => null,
  readings: plainReadings,
  account: noAccount,
  meter: (contentType) => meterFor(contentType, () => null),
}

/** An `error` field in a good answer may mean anything here (JSON-RPC has one), so only the status counts. */
function classify(answer: UpstreamAnswer, now: number): Outcome {
  return isSuccess(answer.status) ? { class: 'ok' } : genericOutcome(answer, now)
}
