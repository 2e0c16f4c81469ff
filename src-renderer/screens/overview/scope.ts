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
}

/** `now` in wall ms, whole minutes: a range that goes on begins at the same instant for a minute, so that its answers can be kept. */
export function scopeOf(range: Range, pool: string | null, now: number): Scope {
  const { from, to } = rangeBounds(range, now)
  const ended = range.kind === 'custom'
  return { range, pool, from, to: ended ? to : null, end: ended ? to : now + 60_000 }
}

export function queryOf({ pool, from, to }: Scope): UsageQuery {
  return { from, ...(to === null ? {} : { to }), ...(pool === null ? {} : { pool }) }
}

/** The requests behind a number. */
export function trafficHref({ range, pool }: Scope, filter: Omit<TrafficFilter, 'range'> = {}, stretch?: Range): string {
  return hrefOf('traffic', paramsFromFilter({ ...(pool === null ? {} : { pool }), ...filter, range: stretch ?? range }))
}
