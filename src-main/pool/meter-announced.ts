/** Where the upstream last said that a limit stands, and what has been used of that since. It ends with the announced reset. */

export class Announced {
  #left: number
  /** Mono ms when this was known. */
  readonly at: number
  readonly #resetAt: number
  /** Units that flow back each ms; 0 = all of it comes back at the reset. */
  readonly #refill: number
  readonly #most: number

  /** `left` units of `limit` (Infinity = unknown) are free at `now`; all of them are at `resetAt`. Mono ms. */
  constructor(left: number, limit: number, refills: boolean, now: number, resetAt: number) {
    this.#left = left
    this.at = now
    this.#resetAt = resetAt
    this.#most = limit
    const flows = refills && Number.isFinite(limit) && Number.isFinite(resetAt)
    this.#refill = flows ? Math.max(0, limit - Math.max(0, left)) / Math.max(1, resetAt - now) : 0
  }

  get resetAt(): number {
    return this.#resetAt
  }

  get refills(): boolean {
    return this.#refill > 0
  }

  isOver(now: number): boolean {
    return now >= this.#resetAt
  }

  left(now: number): number {
    return Math.min(this.#most, this.#left + this.#refill * Math.max(0, now - this.at))
  }

  spend(units: number): void {
    this.#left -= units
  }

  /** 0 = `units` fit now, else mono ms. */
  freeAt(units: number, now: number): number {
    const missing = units - this.left(now)
    if (missing <= 0 || this.isOver(now)) return 0
    // At least a millisecond: a crumb that is missing would be there at a moment that no clock can tell from now.
    return this.#refill > 0 ? Math.min(this.#resetAt, now + Math.max(1, missing / this.#refill)) : this.#resetAt
  }

  /** Of its own from here on. */
  copy(now: number): Announced {
    return new Announced(this.left(now), this.#most, this.refills, now, this.#resetAt)
  }

  /** The one of two that leaves less; null = there is none. */
  static tighter(one: Announced | null, other: Announced, now: number): Announced {
    return one !== null && one.left(now) <= other.left(now) ? one : other
  }
}
