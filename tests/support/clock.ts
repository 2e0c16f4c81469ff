/** A clock that stands still until a test moves it. */
import type { Clock } from '../../src-main/pool/types.ts'

interface Timer {
  due: number
  seq: number
  run: () => void
}

export class VirtualClock implements Clock {
  #mono = 0
  #wall: number
  #seq = 0
  readonly #timers = new Set<Timer>()
  /** The longest wait that was ever asked for, in ms. */
  longestTimer = 0

  /** `wall` is the first answer of `now`, in ms since 1970. */
  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  mono(): number {
    return this.#mono
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#mono + ms, seq: this.#seq++, run }
    this.longestTimer = Math.max(this.longestTimer, ms)
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that are still to run. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` pass; what is due runs at its own moment, in order. */
  advance(ms: number): void {
    const end = this.#mono + ms
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#pass(Math.max(timer.due, this.#mono))
      this.#timers.delete(timer)
      timer.run()
    }
    this.#pass(end)
  }

  /** Lets `ms` pass without running any timer, as a blocked event loop does. */
  freeze(ms: number): void {
    this.#pass(this.#mono + ms)
  }

  /** Sets the wall clock forward or back, as a person or NTP does. */
  shiftWall(ms: number): void {
    this.#wall += ms
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.due <= end && (!first || timer.due < first.due || (timer.due === first.due && timer.seq < first.seq)))
        first = timer
    }
    return first
  }

  #pass(mono: number): void {
    this.#wall += mono - this.#mono
    this.#mono = mono
  }
}
