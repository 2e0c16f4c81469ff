/** Counts wrong tries in windows of a minute. A right one is never held up: 128 bits are not guessed in a minute. */
import { KeywheelError } from '../../src-preload/contract/index.ts'

const minute = 60_000

export interface Attempts {
  /** Notes a wrong try. Throws RATE_LIMITED with `retryAfter` when there were too many within a minute. */
  wrong(): void
}

/** `now` in milliseconds, never going backwards. */
export function limitAttempts(perMinute: number, now: () => number): Attempts {
  let since = Number.NEGATIVE_INFINITY
  let count = 0
  return {
    wrong() {
      if (now() - since >= minute) {
        since = now()
        count = 0
      }
      count += 1
      if (count <= perMinute) return
      const retryAfter = Math.ceil((since + minute - now()) / 1000)
      throw new KeywheelError('RATE_LIMITED', `Too many wrong tries; wait ${retryAfter} s.`, { retryAfter })
    },
  }
}
