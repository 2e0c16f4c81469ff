/** What the providers that take JSON requests have in common. */
import { bodyError } from './body-error.ts'
import { meterFor } from './meter.ts'
import type { Classify } from './openai-outcome.ts'
import { requestFacts } from './request-facts.ts'
import { sessionOf } from './session.ts'
import type { ProviderDefinition } from './types.ts'
import { withModel } from './with-model.ts'

/** Errors by these rules, requests and token counts as all of them write them. */
export function jsonApi(
  classify: Classify,
): Pick<ProviderDefinition, 'classify' | 'requestFacts' | 'sessionOf' | 'withModel' | 'meter'> {
  return {
    classify,
    requestFacts,
    sessionOf,
    withModel,
    meter: (contentType, now) => meterFor(contentType, bodyError(classify, now)),
  }
}

export const bearer: ProviderDefinition['auth'] = { in: 'header', name: 'Authorization', format: 'Bearer {key}' }

/** Nothing that an answer shows tells its account. */
export function noAccount(): null {
  return null
}
