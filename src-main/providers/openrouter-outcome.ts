/** OpenRouter's answers as outcomes. Source: openrouter.ai/docs/api/reference/errors-and-debugging and /limits. */
import type { Outcome } from '../pool/types.ts'
import { openaiLike, payment } from './openai-outcome.ts'
import { isSuccess, outcome, saysDaily } from './outcome.ts'
import { at, listAt, textAt } from './read.ts'
import { longest, messageHintMs, momentMs, resetMs, retryAfterMs, untilMidnightMs, untilNextMonthMs } from './retry-hint.ts'
import type { UpstreamAnswer } from './types.ts'
import type { UpstreamError } from './upstream-error.ts'

export const openrouterOutcome = openaiLike((answer, error, now) => {
  if (isSuccess(answer.status)) return inside(answer.body, now)
  switch (answer.status) {
    case 402:
      return limitReached(answer, error, now)
    case 403:
      return forbidden(error, now)
    case 429:
      return tooMany(answer, error, now)
    default:
      return null
  }
})

/** What the free check shows, and a generation that broke off without saying why. */
function inside(body: unknown, now: number): Outcome | null {
  const left = at(body, 'data', 'limit_remaining')
  if (typeof left === 'number' && left <= 0) {
    return outcome(
      'no-credit',
      'The spending limit of this key is reached.',
      limitEndMs(textAt(body, 'data', 'limit_reset'), now),
    )
  }
  const [choice] = listAt(body, 'choices')
  const unexplained = at(body, 'error') === undefined && at(choice, 'error') === undefined
  return textAt(choice, 'finish_reason') === 'error' && unexplained
    ? outcome('overloaded', 'The answer broke off with an error.')
    : null
}

/** "Key limit exceeded (monthly limit)" is money too. A guardrail or a moderator objects to the request, not to the key. */
function forbidden(error: UpstreamError, now: number): Outcome {
  const spent = /^Key limit exceeded(?: \((\w+) limit\))?/.exec(error.message)
  if (spent !== null) return outcome('no-credit', error.message, limitEndMs(spent[1] ?? '', now))
  return outcome(error.type === 'permission_denied' ? 'key-invalid' : 'request-bad', error.message)
}

function limitReached(answer: UpstreamAnswer, error: UpstreamError, now: number): Outcome {
  const found = payment(answer, error, now)
  if (found.class !== 'no-credit') return found
  const end = longest(limitEndMs(textAt(answer.body, 'error', 'metadata', 'limit_reset'), now), retryAfterMs(answer.header, now))
  return outcome('no-credit', error.message, end)
}

/** Until a key's spending limit starts again: `daily`, `weekly` and `monthly` end at midnight UTC, weeks on Sunday. */
function limitEndMs(reset: string, now: number): number | undefined {
  const today = untilMidnightMs(now, 'UTC')
  switch (reset) {
    case 'daily':
      return today
    case 'weekly':
      return today + ((7 - new Date(now).getUTCDay()) % 7) * 86_400_000
    case 'monthly':
      return untilNextMonthMs(now)
    default:
      return momentMs(reset, now)
  }
}

/** Its own limits come with their reset, as a moment in ms; those of the provider behind it at most in that one's words. */
function tooMany({ header, body }: UpstreamAnswer, error: UpstreamError, now: number): Outcome {
  const reset = header('x-ratelimit-reset') ?? textAt(body, 'error', 'metadata', 'headers', 'X-RateLimit-Reset')
  const hint = longest(retryAfterMs(header, now), resetMs(reset, now), messageHintMs(error.message))
  return outcome(saysDaily(error.message) ? 'rate-daily' : 'rate-short', error.message, hint)
}
