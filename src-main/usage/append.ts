/** Writes a batch: rows, their rollups and the batch's number in one transaction. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { createFold } from './fold.ts'
import type { CoarseRow, FineRow, LatencyRow, Rollups, StoredRequest } from './schema.ts'
import { insert, type Sql, text, upsert } from './sql.ts'
import type { UsageBatch } from './types.ts'

/**
 * Rows whose id is there already are neither stored nor counted again, and a batch number that was written before changes
 * nothing: a batch may be sent again when nobody knows how it ended.
 */
export function append(sql: Sql, batch: UsageBatch): void {
  sql.transaction(() => {
    if (batch.number < nextBatch(sql)) return
    const fold = createFold()
    for (const row of batch.rows)
      if (sql.run({ sql: insertRequest, parameters: values(stored(row), requestColumns) })) fold.add(row)
    addRollups(sql, fold.take())
    addRollups(sql, batch.counted)
    sql.run({ sql: setCounter, parameters: ['batch', batch.number] })
  })
}

/** The number that the next batch must have; 1 in an empty database. */
export function nextBatch(sql: Sql): number {
  return (sql.all(lastBatch)[0]?.value ?? 0) + 1
}

function addRollups(sql: Sql, rollups: Rollups): void {
  for (const row of rollups.coarse) sql.run({ sql: addCoarse, parameters: values(row, coarseColumns) })
  for (const row of rollups.latency) sql.run({ sql: addLatency, parameters: values(row, latencyColumns) })
  for (const row of rollups.fine) sql.run({ sql: addFine, parameters: values(row, fineColumns) })
}

function stored(row: RequestRow): StoredRequest {
  return {
    ...row,
    attempts: JSON.stringify(row.attempts),
    streamed: row.streamed ? 1 : 0,
    dropped: row.dropped.length === 0 ? null : JSON.stringify(row.dropped),
  }
}

function values<Row>(row: Row, columns: readonly (keyof Row)[]): unknown[] {
  return columns.map((column) => row[column])
}

const requestColumns = [
  'id',
  'at',
  'clientId',
  'clientName',
  'pool',
  'keyId',
  'keyLabel',
  'lane',
  'estimatedTokens',
  'credits',
  'chosenBy',
  'method',
  'path',
  'modelAsked',
  'modelServed',
  'status',
  'outcome',
  'attempts',
  'streamed',
  'msQueued',
  'msFirstByte',
  'msTotal',
  'bytesIn',
  'bytesOut',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costNanos',
  'priceVersion',
  'route',
  'clientFormat',
  'upstreamFormat',
  'dropped',
  'cache',
  'errorCode',
] as const satisfies readonly (keyof StoredRequest)[]

const insertRequest = `${insert('requests', requestColumns)} ON CONFLICT (id) DO NOTHING`

const coarseKeys = ['period', 'at', 'outcome', 'pool', 'model'] as const satisfies readonly (keyof CoarseRow)[]
const coarseSums = [
  'requests',
  'attempts',
  'okAttempts',
  'limitedAttempts',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costNanos',
  'costKnown',
  'costUnknown',
] as const satisfies readonly (keyof CoarseRow)[]
const coarseColumns = [...coarseKeys, ...coarseSums] as const
const addCoarse = upsert('coarse', coarseKeys, coarseColumns, sum)

const latencyKeys = ['period', 'at', 'bucket', 'outcome', 'pool', 'model'] as const satisfies readonly (keyof LatencyRow)[]
const latencyColumns = [...latencyKeys, 'count'] as const
const addLatency = upsert('latency', latencyKeys, latencyColumns, sum)

const fineKeys = ['kind', 'period', 'at', 'subject', 'pool'] as const satisfies readonly (keyof FineRow)[]
const fineSums = [
  'calls',
  'failed',
  'limited',
  'inputTokens',
  'outputTokens',
  'costNanos',
  'costKnown',
  'costUnknown',
] as const satisfies readonly (keyof FineRow)[]
const fineColumns = [...fineKeys, ...fineSums, 'lastAt'] as const
const addFine = upsert('fine', fineKeys, fineColumns, (old, added, column) =>
  column === 'lastAt' ? `max(${old}, ${added})` : sum(old, added),
)

/** Named numbers; `batch` is the last batch that was written. */
const lastBatch = text<{ value: number }>`SELECT value FROM counters WHERE name = 'batch'`
const setCounter = upsert('counters', ['name'], ['name', 'value'])

function sum(old: string, added: string): string {
  return `${old} + ${added}`
}
