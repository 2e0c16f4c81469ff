/** Which rollups answer a question about a range of time. */
import { invalid } from '../../src-preload/contract/errors.ts'
import { type Period, periodMs } from './schema.ts'

export interface Range {
  /** Inclusive, wall ms. */
  from: number
  /** Exclusive, wall ms. */
  to: number
}

export interface Segment extends Range {
  period: Period
}

/** One kind of rollup and how long it is there for. */
export interface Tier {
  period: Period
  keepMs: number
}

const { day } = periodMs

/** Finest first. */
export const coarseTiers: readonly Tier[] = [
  { period: 'minute', keepMs: 2 * day },
  { period: 'hour', keepMs: 90 * day },
  { period: 'day', keepMs: Number.POSITIVE_INFINITY },
]
export const fineTiers: readonly Tier[] = [
  { period: 'hour', keepMs: 14 * day },
  { period: 'day', keepMs: Number.POSITIVE_INFINITY },
]

/** What a Date can hold, to either side of 1970. */
const lastMoment = 8.64e15

/**
 * The asked range, or the 24 hours before its end, or before now. Without an end it reaches one ms past now, so that what
 * happened this very ms is in it. Throws INVALID_INPUT for a range that ends before it begins,
 * and for moments that no calendar knows.
 */
export function rangeOf(query: { from?: number | undefined; to?: number | undefined }, now: number): Range {
  const to = query.to ?? now + 1
  const from = query.from ?? to - day
  for (const [name, at] of Object.entries({ from, to }))
    if (!(Math.abs(at) <= lastMoment)) throw invalid(name, 'this is no moment; give an ISO 8601 time, or ms since 1970')
  if (from >= to) throw invalid('to', 'the end of a range must be after its beginning')
  return { from, to }
}

/** The finest period that is still there for moment `at`. */
export function grainAt(at: number, tiers: readonly Tier[], now: number): Period {
  return tiers.find(({ keepMs }) => at >= now - keepMs)?.period ?? 'day'
}

export function floorTo(at: number, period: Period): number {
  return Math.floor(at / periodMs[period]) * periodMs[period]
}

export function ceilTo(at: number, period: Period): number {
  return Math.ceil(at / periodMs[period]) * periodMs[period]
}

/**
 * Splits a range into stretches of rollups, the coarsest that fit. An edge counts its whole smallest unit: the minute in the
 * last 2 days, further back the hour, beyond 90 days the UTC day (per key: the hour in the last 14 days, then the day).
 * Nothing coarser than `coarsest` is used, so that sums can be told apart by it.
 */
export function plan(range: Range, tiers: readonly Tier[], now: number, coarsest: Period = 'day'): Segment[] {
  const from = floorTo(range.from, grainAt(range.from, tiers, now))
  const to = ceilTo(range.to, grainAt(range.to, tiers, now))
  const periods = tiers.map(({ period }) => period).filter((period) => periodMs[period] <= periodMs[coarsest])
  return cover({ from, to }, periods.toReversed())
}

/** `periods` from coarse to fine; the edges of the range lie on units of the last one. */
function cover({ from, to }: Range, periods: readonly Period[]): Segment[] {
  const [period, ...finer] = periods
  if (period === undefined || from >= to) return []
  if (finer.length === 0) return [{ period, from, to }]
  const start = ceilTo(from, period)
  const end = floorTo(to, period)
  if (start >= end) return cover({ from, to }, finer)
  return [...cover({ from, to: start }, finer), { period, from: start, to: end }, ...cover({ from: end, to }, finer)]
}

/** How long the rollups of a period stay on disk: one coarser unit longer than promised, because ranges cut at coarser units reach back that far. */
export function storedMs(tiers: readonly Tier[], period: Period): number {
  const index = tiers.findIndex((tier) => tier.period === period)
  const coarser = tiers[index + 1]
  return (tiers[index]?.keepMs ?? Number.POSITIVE_INFINITY) + (coarser ? periodMs[coarser.period] : 0)
}
