/**
 * OpenAI's answers as outcomes; also the sensible reading of everything that imitates OpenAI.
 * Sources: developers.openai.com/api/reference/overview, help.openai.com/en/articles/5955604; openrouter.ai/docs (402), docs.x.ai (400),
 * console.groq.com/docs/rate-limits (498).
 */
import type { Outcome } from '../pool/types.ts'
import { inBandOutcome } from './in-band.ts'
import { isOverload, isSuccess, outcome, saysDaily } from './outcome.ts'
import { textAt } from './read.ts'
import { longest, messageHintMs, resetMs, retryAfterMs } from './retry-hint.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf, type UpstreamError } from './upstream-error.ts'

const creditCodes = [
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]

export function openaiOutcome(answer: UpstreamAnswer, now: number): Outcome {
  if (isSuccess(answer.status)) return inBandOutcome(answer, now, openaiOutcome) ?? { class: 'ok' }
  const error = errorOf(answer.body)
  switch (answer.status) {
    case 401:
      return outcome('key-invalid', error.message)
    case 402:
      return outcome('no-credit', error.message)
    case 403:
      return outcome(forbidden(error), error.message)
    case 429:
      return tooMany(answer, error, now)
    default:
      return isOverload(answer.status)
        ? outcome('overloaded', error.message, retryAfterMs(answer.header, now))
        : outcome('request-bad', error.message)
  }
}

export type Classify = (answer: UpstreamAnswer, now: number) => Outcome

/** OpenAI's rules behind a provider's own; `own` sees every answer first, good ones too, and gives null for what is as usual. */
export function openaiLike(own: (answer: UpstreamAnswer, error: UpstreamError, now: number) => Outcome | null): Classify {
  function classify(answer: UpstreamAnswer, now: number): Outcome {
    const verdict = own(answer, errorOf(answer.body), now)
    if (verdict !== null) return verdict
    if (isSuccess(answer.status)) return inBandOutcome(answer, now, classify) ?? { class: 'ok' }
    return openaiOutcome(answer, now)
  }
  return classify
}

/** For upstreams of which nothing is known: keys refused with 400 or 403, and 402 for more than an empty account. */
export const genericOutcome = openaiLike((answer, error, now) => {
  const { status } = answer
  if (isSuccess(status)) return null
  if (status === 402) return payment(answer, error, now)
  if ((status === 403 || status === 429) && saysNoCredit(error.message)) return outcome('no-credit', error.message)
  const refusesKey =
    (status === 403 &&
      /api[ _-]?key|credential|\btoken\b|\b(account|team|consumer)\b.*(suspend|disabled|blocked)/i.test(error.message)) ||
    (status === 400 && saysBadKey(error.message)) ||
    ((status === 403 || status === 400) && /^invalid_api_key$/i.test(error.code))
  return refusesKey ? outcome('key-invalid', error.message) : null
})

/** xAI refuses a key with 400. */
export function saysBadKey(message: string): boolean {
  return /(incorrect|invalid) api[ _-]?key/i.test(message)
}

/** xAI's words for an empty account come as 403 or 429. Source: docs.x.ai/developers/debugging. */
export function saysNoCredit(message: string): boolean {
  return /\b(used all available|purchase more|out of|insufficient|not enough) (credits?|balance|funds)\b/i.test(message)
}

function forbidden(error: UpstreamError): 'key-invalid' | 'model-unavailable' | 'request-bad' {
  if (error.code === 'unsupported_country_region_territory' || error.code === 'account_deactivated') return 'key-invalid'
  if (error.code === 'invalid_api_key') return 'key-invalid'
  // A project that may not use this model; another key's may.
  if (error.code === 'model_not_found') return 'model-unavailable'
  // A restricted key that lacks one scope works elsewhere, so it is not called invalid.
  return 'request-bad'
}

function tooMany(answer: UpstreamAnswer, error: UpstreamError, now: number): Outcome {
  if (creditCodes.includes(error.code) || error.type === 'insufficient_quota') return outcome('no-credit', error.message)
  const hint = longest(retryAfterMs(answer.header, now), messageHintMs(error.message)) ?? spentWindowMs(answer, now)
  const daily = saysDaily(`${error.message} ${error.type} ${error.code}`)
  return outcome(daily ? 'rate-daily' : 'rate-short', error.message, hint)
}

/** When the windows that are used up come back (OpenAI: Go durations; Azure: seconds). */
function spentWindowMs({ header }: UpstreamAnswer, now: number): number | undefined {
  const spent = ['requests', 'tokens'].filter((kind) => header(`x-ratelimit-remaining-${kind}`) === '0')
  return longest(...spent.map((kind) => resetMs(header(`x-ratelimit-reset-${kind}`), now)))
}

/** OpenRouter's three meanings of 402. Source: openrouter.ai/docs/api/reference/errors-and-debugging. */
export function payment(answer: UpstreamAnswer, error: UpstreamError, now: number): Outcome {
  const reason = `${error.code} ${error.type} ${textAt(answer.body, 'error', 'metadata', 'reason')}`
  if (reason.includes('in_flight_budget_exhausted')) return outcome('rate-short', error.message, retryAfterMs(answer.header, now))
  if (reason.includes('weight_exceeds_budget')) return outcome('request-bad', error.message)
  return outcome('no-credit', error.message)
}
