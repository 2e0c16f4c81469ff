/** xAI's answers as outcomes. Source: docs.x.ai/developers/debugging. */
import { openaiLike, saysBadKey, saysNoCredit } from './openai-outcome.ts'
import { isSuccess, outcome } from './outcome.ts'
import { at } from './read.ts'

export const xaiOutcome = openaiLike(({ status, body }, error) => {
  // The free check describes a blocked key, too, with status 200.
  if (isSuccess(status)) {
    const blocked = ['api_key_blocked', 'api_key_disabled', 'team_blocked'].find((name) => at(body, name) === true)
    return blocked === undefined ? null : outcome('key-invalid', blocked.replaceAll('_', ' '))
  }
  if ((status === 403 || status === 429) && saysNoCredit(error.message)) return outcome('no-credit', error.message)
  if (status === 400 && saysBadKey(error.message)) return outcome('key-invalid', error.message)
  if (status !== 403) return null
  return outcome(/content violates|safety/i.test(error.message) ? 'request-bad' : 'key-invalid', error.message)
})
