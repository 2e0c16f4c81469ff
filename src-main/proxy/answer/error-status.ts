/** The status that an answer goes to the client with: an error that came with 200 gets the one it would have had. */
import type { Outcome, OutcomeClass } from '../../pool/types.ts'

/** `error` = what the answer says instead of being one; null = it is one. */
export function statusOf(status: number, error: Outcome | null): number {
  return error === null || status >= 400 ? status : errorStatus[error.class]
}

const errorStatus: Readonly<Record<OutcomeClass, number>> = {
  ok: 200,
  'rate-short': 429,
  'rate-daily': 429,
  'no-credit': 402,
  'key-invalid': 401,
  'model-unavailable': 404,
  overloaded: 503,
  'request-bad': 400,
  network: 502,
  aborted: 502,
}
