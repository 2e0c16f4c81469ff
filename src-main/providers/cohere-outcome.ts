/** Cohere's answers as outcomes. Source: docs.cohere.com/reference/errors and /docs/rate-limits. */
import { openaiLike } from './openai-outcome.ts'
import { isSuccess, outcome } from './outcome.ts'
import { at, textAt } from './read.ts'
import { retryAfterMs, untilNextMonthMs } from './retry-hint.ts'

export const cohereOutcome = openaiLike(({ status, body, header }, error, now) => {
  // The free check and a broken stream both come with status 200.
  if (isSuccess(status)) {
    if (at(body, 'valid') === false) return outcome('key-invalid', 'The provider calls this key invalid.')
    const broken = [textAt(body, 'finish_reason'), textAt(body, 'delta', 'finish_reason')].includes('ERROR')
    return broken ? outcome('overloaded', textAt(body, 'delta', 'error') || 'The answer broke off with an error.') : null
  }
  // A billing cap and the calls of a trial key both start again with the month.
  if (status === 402) return outcome('no-credit', error.message, untilNextMonthMs(now))
  if (status !== 429 || !/\/ ?month|per month|monthly/i.test(error.message)) return null
  return outcome('rate-daily', error.message, retryAfterMs(header, now) ?? untilNextMonthMs(now))
})
