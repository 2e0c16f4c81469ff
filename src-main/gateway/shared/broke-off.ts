/** A stream that ended without its end. */
import type { AnswerError } from '../types.ts'

export const brokeOff: AnswerError = {
  status: 502,
  code: 'UPSTREAM_BROKE_OFF',
  message: 'The upstream broke off in the middle of its answer.',
}
