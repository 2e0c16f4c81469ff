/** The machine's clock for a library: a cool-down that is still to end keeps no program alive, a call that is under way does. */
import { LONGEST_TIMER_MS } from '../pool/clock.ts'
import type { Clock } from '../pool/types.ts'

/** As the engine's system clock, but none of its timers holds the process. */
export function backgroundClock(): Clock {
  return { now: () => Date.now(), mono: () => performance.now(), after: (ms, run) => startTimer(Math.max(0, ms), run) }
}

function startTimer(ms: number, run: () => void): () => void {
  let left = ms
  let timer: ReturnType<typeof setTimeout>
  const next = () => {
    timer = setTimeout(step, Math.min(left, LONGEST_TIMER_MS))
    timer.unref()
  }
  function step(): void {
    left -= LONGEST_TIMER_MS
    if (left > 0) next()
    else run()
  }
  next()
  return () => clearTimeout(timer)
}

/** Holds the process while something is waited for; otherwise Node would end with the promise open. */
export class KeepAlive {
  #waiting = 0
  #handle: ReturnType<typeof setInterval> | undefined

  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    this.enter()
    try {
      return await work()
    } finally {
      this.leave()
    }
  }

  enter(): void {
    this.#waiting += 1
    this.#handle ??= setInterval(() => undefined, LONGEST_TIMER_MS)
  }

  leave(): void {
    this.#waiting -= 1
    if (this.#waiting > 0) return
    clearInterval(this.#handle)
    this.#handle = undefined
  }
}
