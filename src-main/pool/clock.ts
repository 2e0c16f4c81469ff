/** The machine's clock: the only place of the engine that asks what time it is. */
import type { Clock } from './types.ts'

/** Node fires timers above 24.8 days at once; a day is far from that and wakes nobody too often. */
export const LONGEST_TIMER_MS = 86_400_000

/** The clock to use outside tests. Wall time from `Date`, monotonic time from `performance`; a wait of more than a day is made of several timers. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    mono: () => performance.now(),
    after: (ms, run) => startTimer(Math.max(0, ms), run),
  }
}

function startTimer(ms: number, run: () => void): () => void {
  let left = ms
  let timer = setTimeout(step, Math.min(left, LONGEST_TIMER_MS))
  function step(): void {
    left -= LONGEST_TIMER_MS
    if (left > 0) timer = setTimeout(step, Math.min(left, LONGEST_TIMER_MS))
    else run()
  }
  return () => clearTimeout(timer)
}
