/** What the overview looks at: a span of time and a pool, as a query and as the address of the rows behind a number. */
import type { UsageQuery } from '../../../src-preload/contract/index.ts'
import { type Range, rangeBounds } from '../../parts/range.ts'
import { hrefOf } from '../../route.ts'
import { paramsFromFilter, type TrafficFilter } from '../traffic/filter.ts'

export interface Scope {
  range: Range
  pool: string | null
  /** Where the range begins and ends; `to` is null while it goes on. Wall ms. */
  from: number
  to: number | null
  /** Where a drawing of it ends: with the range, or with the present minute. */
  end: number
  /** Whole minutes. */
  now: number
}

/** Whole minutes are looked at. */
export const minute = 60_000
const day = 86_400_000

/**
 * `now` in wall ms, whole minutes: a range that goes on begins at the same instant for a minute, so that its answers can be kept.
 * `since` is when the log begins, for drawing all of it; null = there is none yet.
 */
export function scopeOf(range: Range, pool: string | null, now: number, since: number | null = null): Scope {
  const { from, to } = rangeBounds(range, now)
  if (range.kind === 'custom') return { range, pool, from, to, end: to, now }
  const begun = range.kind === 'all' ? (since ?? now - day) : from
  return { range, pool, from: begun, to: null, end: now + minute, now }
}

/** All of time is asked for as such; how far it reaches is in the answer. */
export function wholeOf(scope: Scope): Scope {
  return scope.range.kind === 'all' ? { ...scope, from: 0 } : scope
}

export function queryOf({ pool, from, to }: Scope): UsageQuery {
  return { from, ...(to === null ? {} : { to }), ...(pool === null ? {} : { pool }) }
}

/** The requests behind a number. */
export function trafficHref({ range, pool }: Scope, filter: Omit<TrafficFilter, 'range'> = {}, stretch?: Range): string {
  return hrefOf('traffic', paramsFromFilter({ ...(pool === null ? {} : { pool }), ...filter, range: stretch ?? range }))
}

/** The requests behind a percentile: those that took at least so long. */
export function slowHref(scope: Scope, ms: number | null): string {
  return trafficHref(scope, ms === null || ms < 1 ? {} : { minMs: Math.floor(ms) })
}
