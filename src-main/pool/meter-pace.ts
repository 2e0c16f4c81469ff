/** How fast a meter is being used, lately: an average that forgets by half every ten minutes. */

export const PACE_MS = 600_000
const DECAY = Math.LN2 / PACE_MS
const HOUR_MS = 3_600_000
/** What comes within a second is added up first: the exponential is too dear for every call. */
const GATHER_MS = 1000
/** A meter used for a shorter time than this is taken to have been used for so long: one call makes no pace. */
const SHORTEST_MS = 60_000

export class Pace {
  #sum = 0.5
  #fresh = 0.5
  #at: number
  #since: number

  constructor(now: number) {
    this.#sum = 0
    this.#fresh = 0
    this.#at = now
    this.#since = now
  }

  add(units: number, now: number): void {
    if (now - this.#at > GATHER_MS) this.#fold(now)
    this.#fresh += units
  }

  /** Units per hour. */
  perHour(now: number): number {
    this.#fold(now)
    // The part of an endless past that it has been watched for.
    const seen = 1 - Math.exp(-DECAY * Math.max(SHORTEST_MS, now - this.#since))
    return (Math.max(0, this.#sum) * DECAY * HOUR_MS) / seen
  }

  #fold(now: number): void {
    const age = Math.max(0, now - this.#at)
    this.#sum = (this.#sum + this.#fresh) * Math.exp(-DECAY * age)
    this.#fresh = 0
    this.#at = now
  }
}
