/** What one pool or client has spent this day, this month and ever. Amounts are billionths of a US dollar. */
import type { Budget } from '../../../src-preload/contract/index.ts'
import type { Calendar } from '../../pool/types.ts'
import type { SpentRow } from '../../storage/types.ts'

const nanosPerUsd = 1e9
const hour = 3_600_000
// The longest day has 25 hours, the longest month 31 days and one hour. An end further away than this much more means that the
// wall clock was ahead and has been put right; below that, a step back must not open the same day twice.
const furthest = { day: (25 + 12) * hour, month: (31 * 24 + 1 + 12) * hour }

export class SpendingAccount {
  /** Set aside for calls under way. */
  reserved = 0
  readonly #row: SpentRow
  /** Null = as it was when the row was written. */
  #zone: string | null = null

  constructor(row: SpentRow) {
    this.#row = { ...row }
  }

  static empty(scope: SpentRow['scope'], owner: string): SpendingAccount {
    return new SpendingAccount({ scope, owner, day: 0, dayEndsAt: 0, month: 0, monthEndsAt: 0, total: 0 })
  }

  /** Begins a new day or month when `wall` (ms) has passed the end of the old one in `zone`. */
  turn(zone: string, wall: number, calendar: Calendar): void {
    const moved = this.#zone !== null && this.#zone !== zone
    this.#zone = zone
    const row = this.#row
    if (moved || wall >= row.dayEndsAt || row.dayEndsAt - wall > furthest.day) {
      if (wall >= row.dayEndsAt) row.day = 0
      row.dayEndsAt = calendar.periodEnd('day', zone, wall)
    }
    if (moved || wall >= row.monthEndsAt || row.monthEndsAt - wall > furthest.month) {
      if (wall >= row.monthEndsAt) row.month = 0
      row.monthEndsAt = calendar.periodEnd('month', zone, wall)
    }
  }

  /** Something is left of the budget, and `nanos` more are. */
  has(budget: Budget, nanos: number): boolean {
    const limit = budget.usd * nanosPerUsd
    const taken = this.used(budget.per) + this.reserved
    return taken < limit && taken + nanos <= limit
  }

  /** When `nanos` may be spent again at the latest; null = never. */
  renewedAt(budget: Budget, nanos: number): number | null {
    return budget.usd === 0 || nanos > budget.usd * nanosPerUsd ? null : this.endOf(budget.per)
  }

  settle(reserved: number, nanos: number): void {
    this.reserved -= reserved
    this.#row.day += nanos
    this.#row.month += nanos
    this.#row.total += nanos
  }

  used(per: Budget['per']): number {
    return this.#row[per]
  }

  endOf(per: Budget['per']): number | null {
    switch (per) {
      case 'day':
        return this.#row.dayEndsAt
      case 'month':
        return this.#row.monthEndsAt
      case 'total':
        return null
    }
  }

  row(): SpentRow {
    return { ...this.#row }
  }
}
