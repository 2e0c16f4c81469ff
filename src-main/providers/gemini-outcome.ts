/**
 * Gemini's answers as outcomes. It sends no rate headers: everything is in the body's `details`.
 * Source: ai.google.dev/gemini-api/docs/troubleshooting and /rate-limits; google.rpc error details.
 */
import type { Outcome } from '../pool/types.ts'
import { detailsOf, quotaZone, retryInfoMs, saysNone, wholeOf } from './gemini-error.ts'
import { inBandOutcome } from './in-band.ts'
import { isOverload, isSuccess, outcome } from './outcome.ts'
import { listAt, textAt } from './read.ts'
import { longest, messageHintMs, retryAfterMs, untilMidnightMs } from './retry-hint.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf, type UpstreamError } from './upstream-error.ts'

export function geminiOutcome(answer: UpstreamAnswer, now: number): Outcome {
  if (isSuccess(answer.status)) return inBandOutcome(answer, now, geminiOutcome) ?? { class: 'ok' }
  const error = errorOf(answer.body)
  const details = detailsOf(answer.body)
  switch (answer.status) {
    case 400:
      return outcome(badRequest(error, answer.body, details), error.message)
    case 401:
      return outcome('key-invalid', error.message)
    case 402:
      return outcome('no-credit', error.message)
    case 403:
      // A file or a tuned model of another project is the request's mistake; everything else is the key's standing.
      return outcome(
        /\b(file|tuned ?model|cached ?content|corpus)\b/i.test(error.message) ? 'request-bad' : 'key-invalid',
        error.message,
      )
    case 429:
      return tooMany(answer, error, details, now)
    default:
      return isOverload(answer.status)
        ? outcome('overloaded', error.message, longest(retryAfterMs(answer.header, now), retryInfoMs(details)))
        : outcome('request-bad', error.message)
  }
}

function badRequest(
  error: UpstreamError,
  body: unknown,
  details: readonly unknown[],
): 'key-invalid' | 'no-credit' | 'request-bad' {
  const reasons = details.map((detail) => textAt(detail, 'reason'))
  if (reasons.includes('API_KEY_INVALID') || /API key (not valid|expired)/i.test(error.message)) return 'key-invalid'
  // Billing is not set up, or the free tier does not exist where this account is.
  return textAt(wholeOf(body), 'error', 'status') === 'FAILED_PRECONDITION' ? 'no-credit' : 'request-bad'
}

function tooMany(answer: UpstreamAnswer, error: UpstreamError, details: readonly unknown[], now: number): Outcome {
  const violations = details.flatMap((detail) => listAt(detail, 'violations'))
  const quotas = violations.map((violation) => textAt(violation, 'quotaId'))
  // A limit of 0 is a model that this account's tier does not have: waiting is useless.
  const shutOut = saysNone(error.message) || violations.some((violation) => textAt(violation, 'quotaValue') === '0')
  if (shutOut) return outcome('model-unavailable', error.message)
  const hint = longest(retryInfoMs(details), messageHintMs(error.message), retryAfterMs(answer.header, now))
  const daily = quotas.some((quota) => quota.includes('PerDay')) || error.code === 'quota_exceeded'
  return daily
    ? outcome('rate-daily', error.message, hint ?? untilMidnightMs(now, quotaZone))
    : outcome('rate-short', error.message, hint)
}
