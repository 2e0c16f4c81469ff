/** Dashboard questions, answered from rollups. */
import { invalid } from '../../src-preload/contract/errors.ts'
import type { KeyUsage, ModelUsage, UsageQuery, UsageSummary } from '../../src-preload/contract/index.ts'
import { ceilTo, coarseTiers, fineTiers, floorTo, grainAt, plan, type Range, rangeOf } from './plan.ts'
import { type Period, periodMs } from './schema.ts'
import { firstCounted } from './since.ts'
import { andIs, type Sql, text } from './sql.ts'
import { noTotals, tell, totalsBySlot } from './totals.ts'
import type { SeriesAsk, SeriesTold } from './types.ts'

const maxPoints = 10_000

/** Everything in the range; how its edges are counted is told at `plan`. Throws INVALID_INPUT for a range that ends before it begins. */
export function summary(sql: Sql, query: UsageQuery, now: number): UsageSummary {
  const range = rangeOf(query, now)
  const totals = totalsBySlot(sql, plan(range, coarseTiers, now), query.pool, () => 0).get(0) ?? noTotals()
  return { ...range, ...tell(totals), attempts: totals.attempts, since: firstCounted(sql, query.pool, now) }
}

/**
 * One point per bucket, empty ones included. The first and the last point count only their part of the range (edges as told at
 * `plan`), so that the points add up to the summary of the same range. Minutes are kept for 2 days and hours for 90: a longer
 * range is answered in the next coarser bucket, which the answer names. Throws INVALID_INPUT for more than 10,000 points.
 */
export function series(sql: Sql, query: SeriesAsk, now: number): SeriesTold {
  const range = rangeOf(query, now)
  const { bucket, coarsest, starts, startOf } = gridOf(query, range, now)
  const slots = totalsBySlot(sql, plan(range, coarseTiers, now, coarsest), query.pool, startOf, query.percentiles)
  return { bucket, ...range, points: starts.map((at) => ({ at, ...tell(slots.get(at) ?? noTotals()) })) }
}

interface PointGrid {
  bucket: Period
  /** The coarsest rollups that can be told apart by it. */
  coarsest: Period
  starts: readonly number[]
  /** Of the point that a rollup belongs to. */
  startOf: (at: number) => number
}

function gridOf({ bucket: asked, starts: given }: SeriesAsk, range: Range, now: number): PointGrid {
  const bucket = bucketFor(asked, range, now)
  if (given && bucket === asked) {
    const startOf = (at: number) => given.findLast((start) => start <= at) ?? given[0] ?? at
    // Days of a zone are summed up from hours.
    return { bucket, coarsest: bucket === 'day' ? 'hour' : bucket, starts: given, startOf }
  }
  const from = floorTo(range.from, bucket)
  const count = (ceilTo(range.to, bucket) - from) / periodMs[bucket]
  if (count > maxPoints)
    throw invalid('from', `this range has more than ${maxPoints} points; take a shorter one or a coarser bucket`)
  const starts = Array.from({ length: count }, (_, index) => from + index * periodMs[bucket])
  return { bucket, coarsest: bucket, starts, startOf: (at) => floorTo(at, bucket) }
}

/** Use by model and bucket (as `series`), only where there was any; '' = the model is unknown. */
export function models(sql: Sql, query: SeriesAsk, now: number): ModelUsage[] {
  const range = rangeOf(query, now)
  const { coarsest, startOf } = gridOf(query, range, now)
  const found = new Map<string, ModelUsage & { known: number }>()
  for (const { period, from, to } of plan(range, coarseTiers, now, coarsest)) {
    const rows = sql.all(
      text<ModelSums & { at: number }>`
        SELECT at, model, sum(requests) AS requests, sum(inputTokens) AS inputTokens, sum(outputTokens) AS outputTokens,
          sum(costNanos) AS costNanos, sum(costKnown) AS costKnown, sum(costUnknown) AS costUnknown
        FROM coarse WHERE period = ${period} AND at >= ${from} AND at < ${to}${andIs('pool', query.pool)}
        GROUP BY at, model`,
    )
    for (const row of rows) addModel(found, startOf(row.at), row)
  }
  return [...found.values()]
    .map(({ known, ...usage }) => ({
      ...usage,
      costNanos: known === 0 ? null : Math.min(usage.costNanos ?? 0, Number.MAX_SAFE_INTEGER),
    }))
    .toSorted((a, b) => a.at - b.at || b.requests - a.requests || (a.model < b.model ? -1 : 1))
}

type ModelSums = {
  model: string
  requests: number
  inputTokens: number
  outputTokens: number
  costNanos: number
  costKnown: number
  costUnknown: number
}

function addModel(into: Map<string, ModelUsage & { known: number }>, at: number, row: ModelSums): void {
  const key = `${at} ${row.model}`
  const { model } = row
  const none = { requests: 0, inputTokens: 0, outputTokens: 0, costNanos: 0, costUnknown: 0, known: 0 }
  const sums = into.get(key) ?? { at, model, ...none }
  sums.requests += row.requests
  sums.inputTokens += row.inputTokens
  sums.outputTokens += row.outputTokens
  sums.costNanos = (sums.costNanos ?? 0) + row.costNanos
  sums.costUnknown += row.costUnknown
  sums.known += row.costKnown
  into.set(key, sums)
}

/** Attempts per key (failed ones too) with the tokens of the requests it served, the busiest key first. */
export function keys(sql: Sql, query: UsageQuery, now: number): KeyUsage[] {
  const found = new Map<string, KeyUsage>()
  for (const { period, from, to } of plan(rangeOf(query, now), fineTiers, now)) {
    const rows = sql.all(
      text<Omit<KeyUsage, 'keyId'> & { subject: string }>`
        SELECT subject, sum(calls) AS attempts, sum(failed) AS failed, sum(inputTokens) AS inputTokens,
          sum(outputTokens) AS outputTokens, max(lastAt) AS lastAt
        FROM fine WHERE kind = 'key' AND period = ${period === 'minute' ? 'hour' : period}
          AND at >= ${from} AND at < ${to}${andIs('pool', query.pool)}
        GROUP BY subject`,
    )
    for (const { subject, ...sums } of rows) addKey(found, subject, sums)
  }
  return [...found.values()].toSorted((a, b) => b.attempts - a.attempts || (a.keyId < b.keyId ? -1 : 1))
}

function addKey(into: Map<string, KeyUsage>, keyId: string, sums: Omit<KeyUsage, 'keyId'>): void {
  const key = into.get(keyId) ?? { keyId, attempts: 0, failed: 0, inputTokens: 0, outputTokens: 0, lastAt: null }
  key.attempts += sums.attempts
  key.failed += sums.failed
  key.inputTokens += sums.inputTokens
  key.outputTokens += sums.outputTokens
  key.lastAt = Math.max(key.lastAt ?? 0, sums.lastAt ?? 0)
  into.set(keyId, key)
}

/** The asked bucket, or the finest one that is still there for the whole range. */
function bucketFor(asked: Period, range: Range, now: number): Period {
  const grain = grainAt(range.from, coarseTiers, now)
  return periodMs[grain] > periodMs[asked] ? grain : asked
}
