/** How often a secret may be shown: 5 times a minute and 30 times an hour. */
import { KeywheelError } from '../../src-preload/contract/index.ts'

/** Counts one reveal at `now` (ms, never backwards); RATE_LIMITED when it is one too many. */
export function createRevealLimit(): (now: number) => void {
  let recent: number[] = []
  return (now) => {
    recent = recent.filter((at) => now - at < 3_600_000)
    const minute = recent.filter((at) => now - at < 60_000)
    const oldest = minute.length >= 5 ? minute[0] : recent.length >= 30 ? recent[0] : undefined
    if (oldest !== undefined) {
      const retryAfter = Math.ceil((oldest + (minute.length >= 5 ? 60_000 : 3_600_000) - now) / 1000)
      throw new KeywheelError('RATE_LIMITED', `Secrets were shown often just now; wait ${retryAfter} s.`, { retryAfter })
    }
    recent.push(now)
  }
}
