/** Anthropic's answers as outcomes. Source: platform.claude.com/docs/en/api/errors and /rate-limits. */
import type { Outcome } from '../pool/types.ts'
import { inBandOutcome } from './in-band.ts'
import { isOverload, isSuccess, outcome } from './outcome.ts'
import { textAt } from './read.ts'
import { longest, momentMs, resetMs, retryAfterMs, untilNextMonthMs } from './retry-hint.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf, type UpstreamError } from './upstream-error.ts'

export function anthropicOutcome(answer: UpstreamAnswer, now: number): Outcome {
  if (isSuccess(answer.status)) return inBandOutcome(answer, now, anthropicOutcome) ?? { class: 'ok' }
  const error = errorOf(answer.body)
  switch (answer.status) {
    case 400:
      return badRequest(error, now)
    case 401:
      return outcome('key-invalid', error.message)
    case 402:
      return outcome('no-credit', error.message)
    case 403:
      // Without Anthropic's own type it is a gateway on the way that refuses the request.
      return outcome(error.type === 'permission_error' ? 'key-invalid' : 'request-bad', error.message)
    case 429:
      return tooMany(answer, error, now)
    default:
      return isOverload(answer.status)
        ? outcome('overloaded', error.message, retryAfterMs(answer.header, now))
        : outcome('request-bad', error.message)
  }
}

/** Two ways of being out of money come as 400. */
function badRequest({ message }: UpstreamError, now: number): Outcome {
  if (/^You have reached your specified (workspace )?API usage limits/.test(message)) {
    const [, day, time] = /regain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC/.exec(message) ?? []
    return outcome('no-credit', message, day === undefined ? undefined : momentMs(`${day}T${time}:00Z`, now))
  }
  return outcome(/credit balance is too low/i.test(message) ? 'no-credit' : 'request-bad', message)
}

function tooMany(answer: UpstreamAnswer, error: UpstreamError, now: number): Outcome {
  const hint = retryAfterMs(answer.header, now)
  const spendLimit = textAt(answer.body, 'error', 'details', 'error_code') === 'enforced_spend_limit_reached'
  if (spendLimit && hint === undefined) return outcome('no-credit', error.message, untilNextMonthMs(now))
  return outcome('rate-short', error.message, hint ?? spentWindowMs(answer, now))
}

/** When the windows that are used up come back. */
function spentWindowMs({ header }: UpstreamAnswer, now: number): number | undefined {
  const kinds = ['requests', 'tokens', 'input-tokens', 'output-tokens']
  const spent = kinds.filter((kind) => header(`anthropic-ratelimit-${kind}-remaining`) === '0')
  return longest(...spent.map((kind) => resetMs(header(`anthropic-ratelimit-${kind}-reset`), now)))
}
