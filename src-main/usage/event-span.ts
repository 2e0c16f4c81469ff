/** Which part of a span the rollups answer, and which the request log. */
import { ceilTo, grainAt, plan, type Range, type Segment, type Tier } from './plan.ts'
import type { Period } from './schema.ts'
import { type Sql, text } from './sql.ts'

export interface Span {
  segments: Segment[]
  /** The beginning of the span up to where the rollups can tell; null = there is none. */
  edge: Range | null
}

/** Rows of the log that are counted one by one at most. */
const mostRows = 100_000

/**
 * Rollups count whole minutes, hours or days: the piece before the first whole one is counted in the log, so that a span of a
 * minute is one. Where the log does not reach back so far, or is too long there, the whole minute, hour or day counts.
 */
export function spanOf(sql: Sql, range: Range, tiers: readonly Tier[], now: number, coarsest?: Period): Span {
  const start = Math.min(ceilTo(range.from, grainAt(range.from, tiers, now)), range.to)
  const edge = { from: range.from, to: start }
  if (start === range.from || !isCountable(sql, edge)) return { segments: plan(range, tiers, now, coarsest), edge: null }
  return { segments: start < range.to ? plan({ from: start, to: range.to }, tiers, now, coarsest) : [], edge }
}

function isCountable(sql: Sql, { from, to }: Range): boolean {
  const [found] = sql.all(
    text<{ oldest: number | null; count: number }>`
      SELECT (SELECT min(at) FROM requests) AS oldest,
        (SELECT count(*) FROM (SELECT 1 FROM requests WHERE at >= ${from} AND at < ${to} LIMIT ${mostRows + 1})) AS count`,
  )
  return found !== undefined && found.oldest !== null && found.oldest <= from && found.count <= mostRows
}
