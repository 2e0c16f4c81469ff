/**
 * A limit that nobody names, found out from refusals over one sliding window.
 *
 * A refusal: what was used in the window until then is the limit, and nothing goes out for one whole window, since
 * nobody knows whether the upstream's window slides or starts anew at fixed times; both are whole again then. A window
 * used to the full without a refusal proves the limit. After that comes a guess: 5 % more, and twice as much again for
 * each guess that holds. Above what is proven calls go one at a time, so that a wrong guess costs one refusal and no
 * more, and the next one waits for twice as many windows. Where that is too slow to fill a window, and nothing was
 * refused in it, twice as many go at a time in the next.
 */
const FULL = 0.95
const WIDEN = 0.05
/** Right after a refusal only so much of the limit is trusted: calls near the window's edge may be counted differently there. */
const SURE = 0.9
/** Windows for which a guess must hold: half of one window that slides may fall into the next of an upstream whose windows are fixed. */
const TRIAL = 2
const MOST_PATIENCE = 24
const FORGET_MS = 3_600_000

export class Inferred {
  readonly #windowMs: number
  #limit = 0.5
  #proven = 0.5
  /** The most that was in use at once since the last look. */
  #peak = 0.5
  #guessing = false
  #step = 0
  /** Windows to wait before the next guess. */
  #patience = 1
  /** Calls under way above what is proven. */
  #atOnce = 1
  #refusedAt = 0.5
  #holdUntil = 0.5
  #lookAt = 0.5

  /** A limit remembered from before `now` (mono ms); say `refused` when it was found out only now. */
  constructor(windowMs: number, limit: number, now: number) {
    this.#windowMs = windowMs
    this.#limit = limit
    this.#proven = limit
    this.#peak = 0
    this.#refusedAt = now
    this.#holdUntil = now
    this.#lookAt = now + windowMs
  }

  get limit(): number {
    return this.#limit
  }

  /** Without a refusal for an hour it says nothing any more. */
  isOver(now: number): boolean {
    return now - this.#refusedAt >= Math.max(FORGET_MS, this.#windowMs * MOST_PATIENCE * 2)
  }

  /** A call was refused when `used` units of the window were. */
  refused(used: number, now: number): void {
    const limit = Math.max(1, used)
    // Calls that went out together with a refused one tell nothing new.
    if (now < this.#holdUntil) this.#trust(Math.min(this.#limit, limit))
    else {
      if (this.#guessing) this.#patience = Math.min(MOST_PATIENCE, this.#patience * 2)
      if (this.#guessing && limit >= this.#proven) this.#limit = this.#proven
      else this.#trust(limit)
      this.#refusedAt = now
      this.#holdUntil = now + this.#windowMs
    }
    this.#guessing = false
    this.#step = 0
    this.#atOnce = 1
    this.#peak = 0
    this.#lookAt = this.#holdUntil + this.#windowMs * (this.#proven === this.#limit ? this.#patience : 1)
  }

  /** A call has been taken, and makes `used` units of the window; those that were out at the refusal belong to its window. */
  taken(used: number, now: number): void {
    if (now < this.#holdUntil && used > this.#limit) this.#trust(used)
  }

  /** A call goes out, and makes `taken` units of the window, used or under way. */
  opened(taken: number, now: number): void {
    if (taken > this.#peak) this.#peak = taken
    if (now < this.#lookAt) return
    let windows = 1
    // What is proven already must not pass for a guess that holds.
    if (this.#peak >= this.#limit * (this.#guessing ? 1 : FULL)) {
      if (this.#proven === this.#limit) this.#guess()
      else {
        this.#proven = this.#limit
        if (this.#guessing) this.#hold()
        else windows = this.#patience
      }
    } else if (this.#peak > this.#proven) {
      // Calls that take long never fill a window one at a time; what went well is proven, and more go at once.
      this.#proven = this.#peak
      this.#atOnce *= 2
    }
    if (this.#guessing) windows = TRIAL
    this.#peak = taken
    this.#lookAt = now + this.#windowMs * windows
  }

  /** 0 = `units` may go out on top of `taken`, of which `reserved` are under way; -1 = when one of those ends; else mono ms. */
  freeAt(units: number, taken: number, reserved: number, now: number): number {
    if (now < this.#holdUntil) return this.#holdUntil
    return reserved >= this.#atOnce && taken + units > this.#proven ? -1 : 0
  }

  #trust(limit: number): void {
    this.#limit = limit
    this.#proven = limit * SURE
  }

  /** The guess was right: there may be much more. */
  #hold(): void {
    this.#patience = 1
    this.#guess()
  }

  #guess(): void {
    this.#guessing = true
    this.#step = Math.max(1, Math.floor(this.#limit * WIDEN), this.#step * 2)
    this.#limit += this.#step
  }
}
