/** Finished requests into increments of the rollups. Pure; used where rows are written and where they have to be given up. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { isLimit } from './event-status.ts'
import { bucketOf } from './histogram.ts'
import { type CoarseRow, type FineRow, type LatencyRow, type Period, periodMs, type Rollups } from './schema.ts'

const coarsePeriods = ['minute', 'hour', 'day'] as const
const finePeriods = ['hour', 'day'] as const

interface Fold {
  add(row: RequestRow): void
  /** Everything added since the last call. */
  take(): Rollups
}

/** Its size grows with the number of different periods, pools, models, keys and clients, never with the number of requests. */
export function createFold(): Fold {
  let coarse = new Map<string, CoarseRow>()
  let latency = new Map<string, LatencyRow>()
  let fine = new Map<string, FineRow>()
  return {
    add(row) {
      for (const period of coarsePeriods) {
        addCoarse(coarse, row, period)
        addLatency(latency, row, period)
      }
      for (const period of finePeriods) addFine(fine, row, period)
    },
    take() {
      const taken = { coarse: [...coarse.values()], latency: [...latency.values()], fine: [...fine.values()] }
      coarse = new Map()
      latency = new Map()
      fine = new Map()
      return taken
    },
  }
}

function startOf(at: number, period: Period): number {
  return Math.floor(at / periodMs[period]) * periodMs[period]
}

function modelOf(row: RequestRow): string {
  return row.modelServed ?? row.modelAsked ?? ''
}

/** What a request used and cost. A kept answer used nothing: its tokens were counted when it was made. */
function useOf(row: RequestRow): Use {
  if (row.cache === 'hit') return noUse
  return {
    inputTokens: row.inputTokens ?? 0,
    outputTokens: row.outputTokens ?? 0,
    cacheReadTokens: row.cacheReadTokens ?? 0,
    cacheWriteTokens: row.cacheWriteTokens ?? 0,
    reasoningTokens: row.reasoningTokens ?? 0,
    costNanos: row.costNanos ?? 0,
    costKnown: row.costNanos === null ? 0 : 1,
  }
}

type Use = typeof noUse
const noUse = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNanos: 0,
  costKnown: 1,
}

function addCoarse(into: Map<string, CoarseRow>, row: RequestRow, period: Period): void {
  const at = startOf(row.at, period)
  const { outcome, pool } = row
  const model = modelOf(row)
  // The model comes last because it is the only part that may hold any character.
  const key = `${period} ${at} ${outcome} ${pool} ${model}`
  let sums = into.get(key)
  if (!sums) {
    sums = { period, at, outcome, pool, model, ...noSums }
    into.set(key, sums)
  }
  sums.requests += 1
  for (const { outcome: ended } of row.attempts) {
    sums.attempts += 1
    if (ended === 'ok') sums.okAttempts += 1
    else if (isLimit(ended)) sums.limitedAttempts += 1
  }
  const use = useOf(row)
  sums.inputTokens += use.inputTokens
  sums.outputTokens += use.outputTokens
  sums.cacheReadTokens += use.cacheReadTokens
  sums.cacheWriteTokens += use.cacheWriteTokens
  sums.reasoningTokens += use.reasoningTokens
  sums.costNanos += use.costNanos
  sums.costKnown += use.costKnown
  sums.costUnknown += use.costKnown === 0 && outcome === 'ok' ? 1 : 0
}

const noSums = {
  requests: 0,
  attempts: 0,
  okAttempts: 0,
  limitedAttempts: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNanos: 0,
  costKnown: 0,
  costUnknown: 0,
}

function addLatency(into: Map<string, LatencyRow>, row: RequestRow, period: Period): void {
  const at = startOf(row.at, period)
  const bucket = bucketOf(row.msTotal)
  const { outcome, pool } = row
  const model = modelOf(row)
  const key = `${period} ${at} ${bucket} ${outcome} ${pool} ${model}`
  const sums = into.get(key)
  if (sums) sums.count += 1
  else into.set(key, { period, at, bucket, outcome, pool, model, count: 1 })
}

/** Each attempt counts for its own key; tokens and cost count for the key that served, and for the client. */
function addFine(into: Map<string, FineRow>, row: RequestRow, period: FineRow['period']): void {
  for (const attempt of row.attempts) {
    const sums = fineSums(into, row, period, 'key', attempt.keyId)
    sums.calls += 1
    sums.failed += attempt.outcome === 'ok' ? 0 : 1
    sums.limited += isLimit(attempt.outcome) ? 1 : 0
  }
  if (row.keyId !== null) addUse(fineSums(into, row, period, 'key', row.keyId), row)
  if (row.clientId === null) return
  const sums = fineSums(into, row, period, 'client', row.clientId)
  sums.calls += 1
  sums.failed += row.outcome === 'ok' ? 0 : 1
  addUse(sums, row)
}

function addUse(sums: FineRow, row: RequestRow): void {
  const use = useOf(row)
  sums.inputTokens += use.inputTokens
  sums.outputTokens += use.outputTokens
  sums.costNanos += use.costNanos
  sums.costKnown += use.costKnown
  sums.costUnknown += use.costKnown === 0 && row.outcome === 'ok' ? 1 : 0
}

function fineSums(
  into: Map<string, FineRow>,
  row: RequestRow,
  period: FineRow['period'],
  kind: FineRow['kind'],
  subject: string,
): FineRow {
  const at = startOf(row.at, period)
  const key = `${kind} ${period} ${at} ${row.pool} ${subject}`
  let sums = into.get(key)
  if (!sums) {
    const none = { calls: 0, failed: 0, limited: 0, inputTokens: 0, outputTokens: 0, costNanos: 0, costKnown: 0, costUnknown: 0 }
    sums = { kind, period, at, subject, pool: row.pool, ...none, lastAt: row.at }
    into.set(key, sums)
  }
  sums.lastAt = Math.max(sums.lastAt, row.at)
  return sums
}
