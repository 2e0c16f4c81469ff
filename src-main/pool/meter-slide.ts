/**
 * A sliding window: the amounts used, each with the moment until which it may have been used. Fine = every moment is
 * kept as it is; else moments are rounded up to the end of a slot, so that no amount ever leaves too early.
 */
import type { Tally } from './meter-tally.ts'

/** Limits up to here are kept exactly. */
export const EXACT = 128
const SLOTS = 240
/** A power of two above both. When even this is full the two oldest entries become one, which only ever leaves later. */
const MOST = 256
// Of a hundred thousand keys most are used a few times a minute at most.
const FIRST = 2

export class SlideTally implements Tally {
  readonly #slideMs: number
  #fine: boolean
  /** Moment and amount by turns, a ring; null = nothing is used, and nothing is held. */
  #ring: number[] | null = null
  #first = 0
  #count = 0
  #sum = 0

  constructor(slideMs: number, fine: boolean) {
    this.#slideMs = slideMs
    this.#fine = fine
  }

  set fine(fine: boolean) {
    this.#fine = fine
  }

  add(units: number, now: number): void {
    this.#prune(now)
    const slot = this.#slideMs / SLOTS
    this.#append(units, this.#fine ? now : (Math.floor(now / slot) + 1) * slot)
  }

  take(units: number, now: number): void {
    this.#prune(now)
    let left = units
    while (left > 0 && this.#count > 0) {
      const at = this.#at(this.#count - 1) + 1
      const ring = this.#ring as number[]
      const part = Math.min(left, ring[at] as number)
      ring[at] = (ring[at] as number) - part
      this.#sum -= part
      left -= part
      if (ring[at] === 0) this.#count--
    }
    if (this.#count === 0) this.#clear()
  }

  used(now: number): number {
    this.#prune(now)
    return this.#sum
  }

  fallsTo(most: number, now: number): number {
    this.#prune(now)
    let left = this.#sum
    if (left <= most) return 0
    for (let i = 0; i < this.#count; i++) {
      const at = this.#at(i)
      left -= (this.#ring as number[])[at + 1] as number
      if (left <= most) return ((this.#ring as number[])[at] as number) + this.#slideMs
    }
    return Number.POSITIVE_INFINITY
  }

  /** What was used at `since` (mono ms) or later, and perhaps some of what was used before. */
  usedAfter(since: number): number {
    let used = 0
    for (let i = this.#count - 1; i >= 0; i--) {
      const at = this.#at(i)
      const ring = this.#ring as number[]
      if ((ring[at] as number) < since) break
      used += ring[at + 1] as number
    }
    return used
  }

  endsAt(): number {
    return Number.POSITIVE_INFINITY
  }

  recall(units: number, at: number, now: number): void {
    if (at + this.#slideMs > now) this.#merge([[at, units]], now)
  }

  absorb(other: Tally, now: number): void {
    if (other instanceof SlideTally) this.#merge(other.#entries(), now)
  }

  #merge(more: (readonly [number, number])[], now: number): void {
    const all = [...this.#entries(), ...more].toSorted(([a], [b]) => a - b)
    this.#clear()
    for (const [end, units] of all) if (end + this.#slideMs > now) this.#append(units, end)
  }

  #entries(): (readonly [number, number])[] {
    const ring = this.#ring ?? []
    return Array.from({ length: this.#count }, (_, i) => [ring[this.#at(i)] as number, ring[this.#at(i) + 1] as number] as const)
  }

  #append(units: number, end: number): void {
    this.#sum += units
    if (this.#count > 0) {
      const last = this.#at(this.#count - 1)
      const ring = this.#ring as number[]
      if ((ring[last] as number) >= end) {
        ring[last + 1] = (ring[last + 1] as number) + units
        return
      }
      if (this.#count === MOST) this.#joinOldest(ring)
    }
    const ring = this.#roomy()
    const next = this.#at(this.#count++)
    ring[next] = end
    ring[next + 1] = units
  }

  #joinOldest(ring: number[]): void {
    const [oldest, next] = [this.#at(0), this.#at(1)]
    ring[next + 1] = (ring[next + 1] as number) + (ring[oldest + 1] as number)
    this.#first = (this.#first + 1) & (ring.length / 2 - 1)
    this.#count--
  }

  #roomy(): number[] {
    const ring = this.#ring
    if (ring === null) {
      this.#ring = doubles(FIRST * 2)
    } else if (this.#count * 2 === ring.length) {
      const wider = doubles(ring.length * 2)
      for (let i = 0; i < ring.length; i++) wider[i] = ring[(this.#first * 2 + i) & (ring.length - 1)] as number
      this.#ring = wider
      this.#first = 0
    }
    return this.#ring as number[]
  }

  #prune(now: number): void {
    const ring = this.#ring
    if (ring === null) return
    // The same sum as in `fallsTo`, to the last bit: at the moment it names there is room.
    while (this.#count > 0 && (ring[this.#first * 2] as number) + this.#slideMs <= now) {
      this.#sum -= ring[this.#first * 2 + 1] as number
      this.#first = (this.#first + 1) & (ring.length / 2 - 1)
      this.#count--
    }
    if (this.#count === 0) this.#clear()
  }

  #clear(): void {
    this.#ring = null
    this.#first = 0
    this.#count = 0
    this.#sum = 0
  }

  #at(index: number): number {
    return ((this.#first + index) * 2) & ((this.#ring?.length ?? 1) - 1)
  }
}

// Fractions, so that V8 holds the numbers in the array itself from the start; written out, for the one that nearly all stay with.
function doubles(length: number): number[] {
  const few = [0.5, 0.5, 0.5, 0.5]
  return length === few.length ? few : Array.from({ length }, () => 0.5)
}
