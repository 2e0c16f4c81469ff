/** What was used within one window. */
export interface Tally {
  /** `units` (> 0) were used at `now` at the latest. */
  add(units: number, now: number): void
  /** `units` (> 0) turn out not to have been used: the newest first. */
  take(units: number, now: number): void
  used(now: number): number
  /** Mono ms from which on no more than `most` counts as used if nothing comes; 0 = it is so now, Infinity = never. */
  fallsTo(most: number, now: number): number
  /** Mono ms when all of it starts anew at once; Infinity = it does not. */
  endsAt(now: number): number
  /** `units` that were used in the window that held `at` (mono ms, not after `now`) count here as far as they still do. */
  recall(units: number, at: number, now: number): void
  /** Counts what `other`, of the same window, has counted as well. */
  absorb(other: Tally, now: number): void
}

export class UsedForEver implements Tally {
  #used = 0

  add(units: number): void {
    this.#used += units
  }

  take(units: number): void {
    this.#used = Math.max(0, this.#used - units)
  }

  used(): number {
    return this.#used
  }

  fallsTo(most: number): number {
    return this.#used <= most ? 0 : Number.POSITIVE_INFINITY
  }

  endsAt(): number {
    return Number.POSITIVE_INFINITY
  }

  recall(units: number): void {
    this.#used += units
  }

  absorb(other: Tally, now: number): void {
    this.#used += other.used(now)
  }
}
