/** From a provider's rules for answers to its rule for bodies that hide an error behind status 200. */
import type { Outcome } from '../pool/types.ts'
import type { UpstreamAnswer } from './types.ts'

/** The error in a body or event that came with status 200; null = there is none. */
export type ErrorReader = (event: unknown) => Outcome | null

const noHeader = () => undefined

/** A meter has no headers; `now` in wall ms, for errors that hold until a moment. */
export function bodyError(classify: (answer: UpstreamAnswer, now: number) => Outcome, now: () => number): ErrorReader {
  return (body) => {
    const outcome = classify({ status: 200, header: noHeader, body }, now())
    return outcome.class === 'ok' ? null : outcome
  }
}
