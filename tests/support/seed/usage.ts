/** Fills a usage.db with requests and their rollups, as the application would have left it. */
import { type Connection, connect } from '../../../src-main/storage/connection.ts'
import { append, nextBatch } from '../../../src-main/usage/append.ts'
import { createFold } from '../../../src-main/usage/fold.ts'
import { coarseTiers, fineTiers, storedMs, type Tier } from '../../../src-main/usage/plan.ts'
import type { Period, Rollups } from '../../../src-main/usage/schema.ts'
import { text } from '../../../src-main/usage/sql.ts'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { type Cast, seededRequest } from './requests.ts'

const day = 86_400_000

export interface SeedRequests {
  count: number
  days: number
  cast: Cast
  /** The newest request is from just before, wall ms. */
  now: number
}

/** Into a file that has its schema and no requests. The application must not have it open. */
export function seedUsageFile(file: string, options: SeedRequests): void {
  const connection = connect(file)
  try {
    seedUsage(connection, options)
  } finally {
    connection.close()
  }
}

/** Whole days by themselves: a rollup belongs to one of them, and what is too old to be there is never written. */
export function seedUsage(connection: Connection, { count, days, cast, now }: SeedRequests): void {
  // A seed that is cut short is thrown away.
  connection.pragma('synchronous = OFF')
  connection.pragma('cache_size = -100000')
  const trigger = takeTrigger(connection)
  const insert = inserter()
  const step = (days * day) / count
  const timeOf = (index: number) => Math.floor(now - (count - index) * step)
  let index = 0
  while (index < count) {
    const fold = createFold()
    const today = Math.floor(timeOf(index) / day)
    const rows: RequestRow[] = []
    for (; index < count && Math.floor(timeOf(index) / day) === today; index += 1)
      rows.push(seededRequest(index, timeOf(index), cast))
    connection.transaction(() => {
      for (const row of rows) {
        connection.run(insert(row))
        fold.add(row)
      }
    })
    append(connection, { number: nextBatch(connection), rows: [], counted: stillThere(fold.take(), now) })
  }
  connection.exec(`
    INSERT INTO requestKeys
      SELECT DISTINCT attempt.value ->> 'keyId', at, requests.id FROM requests, json_each(attempts) AS attempt ORDER BY 1, 2, 3;
    ${trigger}`)
}

/** Sorting a million rows once is faster than putting each where it belongs. */
function takeTrigger(connection: Connection): string {
  const [trigger] = connection.all(text<{ sql: string }>`SELECT sql FROM sqlite_master WHERE name = 'requestWritten'`)
  if (!trigger) throw new Error('this is no usage.db')
  connection.exec('DROP TRIGGER requestWritten')
  return trigger.sql
}

function inserter(): (row: RequestRow) => { sql: string; parameters: unknown[] } {
  let sql: string | undefined
  return ({ attempts, streamed, dropped, ...row }) => {
    const stored = {
      ...row,
      attempts: JSON.stringify(attempts),
      streamed: Number(streamed),
      dropped: dropped.length > 0 ? JSON.stringify(dropped) : null,
    }
    const columns = Object.keys(stored)
    sql ??= `INSERT INTO requests (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
    return { sql, parameters: Object.values(stored) }
  }
}

function stillThere({ coarse, latency, fine }: Rollups, now: number): Rollups {
  const kept =
    (tiers: readonly Tier[]) =>
    ({ period, at }: { period: Period; at: number }) =>
      at >= now - storedMs(tiers, period)
  return {
    coarse: coarse.filter(kept(coarseTiers)),
    latency: latency.filter(kept(coarseTiers)),
    fine: fine.filter(kept(fineTiers)),
  }
}
