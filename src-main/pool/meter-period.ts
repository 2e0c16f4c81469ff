/** A calendar day or month of a zone: what is used counts until the wall clock has passed its end. */
import type { Tally } from './meter-tally.ts'
import type { Calendar, Clock } from './types.ts'

export interface PeriodTools {
  clock: Clock
  calendar: Calendar
}

const HOUR = 3_600_000
// The longest day has 25 hours, the longest month 31 days and one hour. An end further away than this much more means
// that the wall clock was ahead and has been put right; below that, a step back must not open the same day twice.
const FURTHEST = { day: (25 + 12) * HOUR, month: (31 * 24 + 1 + 12) * HOUR }

export class PeriodTally implements Tally {
  readonly #period: 'day' | 'month'
  readonly #zone: string
  readonly #tools: PeriodTools
  #used = 0
  /** Wall ms; only meant while something is used. */
  #end = 0.5

  constructor(period: 'day' | 'month', zone: string, tools: PeriodTools) {
    this.#period = period
    this.#zone = zone
    this.#tools = tools
  }

  add(units: number): void {
    this.#turn(this.#tools.clock.now())
    this.#used += units
  }

  take(units: number): void {
    this.#turn(this.#tools.clock.now())
    this.#used = Math.max(0, this.#used - units)
  }

  used(): number {
    if (this.#used > 0) this.#turn(this.#tools.clock.now())
    return this.#used
  }

  fallsTo(most: number, now: number): number {
    if (this.used() <= most) return 0
    return most < 0 ? Number.POSITIVE_INFINITY : this.endsAt(now)
  }

  endsAt(now: number): number {
    const wall = this.#tools.clock.now()
    this.#turn(wall)
    return now + this.#end - wall
  }

  recall(units: number, at: number, now: number): void {
    const wall = this.#tools.clock.now()
    if (this.#tools.calendar.periodEnd(this.#period, this.#zone, wall - (now - at)) <= wall) return
    this.add(units)
  }

  absorb(other: Tally, now: number): void {
    const units = other.used(now)
    if (units > 0) this.add(units)
  }

  #turn(wall: number): void {
    if (wall < this.#end && this.#end - wall <= FURTHEST[this.#period]) return
    if (wall >= this.#end) this.#used = 0
    this.#end = this.#tools.calendar.periodEnd(this.#period, this.#zone, wall)
  }
}
