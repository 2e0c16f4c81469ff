/** Sums of the coarse rollups by time slot, and what people are told of them. */
import type { SeriesPoint } from '../../src-preload/contract/index.ts'
import { percentile } from './histogram.ts'
import type { Segment } from './plan.ts'
import type { CoarseRow, LatencyRow } from './schema.ts'
import { andIs, type Sql, text } from './sql.ts'

const sums = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
] as const satisfies readonly (keyof CoarseRow)[]

type Told = Omit<SeriesPoint, 'at'>

interface Totals {
  told: Told
  attempts: number
  costKnown: number
  costNanos: number
  /** Count by bucket (histogram.ts). */
  latency: Map<number, number>
}

export function noTotals(): Totals {
  const told: Told = {
    requests: 0,
    ok: 0,
    failed: 0,
    byOutcome: {},
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    costNanos: null,
    costUnknown: 0,
    p50Ms: null,
    p95Ms: null,
  }
  return { told, attempts: 0, costKnown: 0, costNanos: 0, latency: new Map() }
}

/** Totals of the segments, told apart by `slotOf(start of a rollup)`; slots without requests are absent. */
export function totalsBySlot(
  sql: Sql,
  segments: readonly Segment[],
  pool: string | undefined,
  slotOf: (at: number) => number,
  percentiles = true,
): Map<number, Totals> {
  const slots = new Map<number, Totals>()
  const slot = (at: number): Totals => {
    const key = slotOf(at)
    const totals = slots.get(key) ?? noTotals()
    slots.set(key, totals)
    return totals
  }
  for (const segment of segments) {
    for (const row of sql.all(outcomeSums(segment, pool))) addSums(slot(row.at), row)
    if (!percentiles) continue
    for (const { at, bucket, count } of sql.all(latencySums(segment, pool))) {
      const { latency } = slot(at)
      latency.set(bucket, (latency.get(bucket) ?? 0) + count)
    }
  }
  return slots
}

/** What people are told of totals. */
export function tell({ told, costKnown, costNanos, latency }: Totals): Told {
  return {
    ...told,
    // Beyond this a sum is no whole number any more; the contract wants one.
    costNanos: costKnown === 0 ? null : Math.min(costNanos, Number.MAX_SAFE_INTEGER),
    p50Ms: percentile(latency, 0.5),
    p95Ms: percentile(latency, 0.95),
  }
}

type OutcomeSums = Omit<CoarseRow, 'period' | 'pool' | 'model' | 'okAttempts' | 'limitedAttempts'>

function addSums(totals: Totals, row: OutcomeSums): void {
  const { told } = totals
  told.requests += row.requests
  told.byOutcome[row.outcome] = (told.byOutcome[row.outcome] ?? 0) + row.requests
  if (row.outcome === 'ok') told.ok += row.requests
  else told.failed += row.requests
  for (const name of sums) told[name] += row[name]
  told.costUnknown += row.costUnknown
  totals.attempts += row.attempts
  totals.costNanos += row.costNanos
  totals.costKnown += row.costKnown
}

function outcomeSums({ period, from, to }: Segment, pool: string | undefined) {
  return text<OutcomeSums>`
    SELECT at, outcome, sum(requests) AS requests, sum(attempts) AS attempts, sum(inputTokens) AS inputTokens,
      sum(outputTokens) AS outputTokens, sum(cacheReadTokens) AS cacheReadTokens, sum(cacheWriteTokens) AS cacheWriteTokens,
      sum(reasoningTokens) AS reasoningTokens, sum(costNanos) AS costNanos, sum(costKnown) AS costKnown,
      sum(costUnknown) AS costUnknown
    FROM coarse WHERE period = ${period} AND at >= ${from} AND at < ${to}${andIs('pool', pool)}
    GROUP BY at, outcome`
}

function latencySums({ period, from, to }: Segment, pool: string | undefined) {
  return text<Pick<LatencyRow, 'at' | 'bucket' | 'count'>>`
    SELECT at, bucket, sum(count) AS count
    FROM latency WHERE period = ${period} AND at >= ${from} AND at < ${to}${andIs('pool', pool)}
    GROUP BY at, bucket`
}
