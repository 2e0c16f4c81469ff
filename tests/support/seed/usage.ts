/**
 * Fills a usage.db with requests and their rollups, as the application would have left it: the calls of the last days are
 * counted one by one, and SQLite makes the days before of them.
 */
import { type Connection, connect } from '../../../src-main/storage/connection.ts'
import { append, nextBatch } from '../../../src-main/usage/append.ts'
import { createFold } from '../../../src-main/usage/fold.ts'
import { coarseTiers, fineTiers, storedMs, type Tier } from '../../../src-main/usage/plan.ts'
import { usageMigrations } from '../../../src-main/usage/schema.ts'
import { text } from '../../../src-main/usage/sql.ts'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { type Cast, seededRequest } from './requests.ts'

const day = 86_400_000

export interface SeedRequests {
  count: number
  days: number
  /** After so many days (a whole part of `days`) the same calls come again; as many as `days`, unless told. */
  ownDays?: number
  cast: Cast
  /** The newest request is from just before, wall ms. */
  now: number
}

interface Rollup {
  table: 'coarse' | 'latency' | 'fine'
  tiers: readonly Tier[]
  key: string
}

const rollups: readonly Rollup[] = [
  { table: 'coarse', tiers: coarseTiers, key: 'period, at, outcome, pool, model' },
  { table: 'latency', tiers: coarseTiers, key: 'period, at, bucket, outcome, pool, model' },
  { table: 'fine', tiers: fineTiers, key: 'kind, period, at, subject, pool' },
]

/** Into a file that has its schema and no requests. The application must not have it open. */
export function seedUsageFile(file: string, { ownDays, ...options }: SeedRequests): void {
  const { days, now } = options
  const times = days / (ownDays ?? days)
  const own = connect(':memory:')
  try {
    for (const { sql } of usageMigrations) own.exec(sql)
    seedOwnDays(own, { ...options, count: options.count / times, days: days / times })
    // A seed that is cut short is thrown away.
    own.exec(`ATTACH '${file}' AS seeded; PRAGMA seeded.journal_mode = OFF; PRAGMA seeded.cache_size = -200000`)
    own.transaction(() => copyDays(own, { times, apartMs: (days / times) * day, now }))
  } finally {
    own.close()
  }
}

/** Whole days by themselves: a rollup belongs to one of them. */
function seedOwnDays(connection: Connection, { count: total, days, cast, now }: Omit<SeedRequests, 'ownDays'>): void {
  connection.exec('DROP TRIGGER requestWritten')
  const insert = inserter()
  const step = (days * day) / total
  const fold = createFold()
  const count = () => append(connection, { number: nextBatch(connection), rows: [], counted: fold.take() })
  let today = 0
  connection.transaction(() => {
    for (let index = 0; index < total; index += 1) {
      const row = seededRequest(index, Math.floor(now - (total - index) * step), cast)
      connection.run(insert(row))
      if (Math.floor(row.at / day) !== today) count()
      today = Math.floor(row.at / day)
      fold.add(row)
    }
    count()
  })
}

interface Copies {
  times: number
  apartMs: number
  now: number
}

/** The oldest first, so that what is sorted by time only grows at its end. What is too old to be there is never written. */
function copyDays(connection: Connection, { times, apartMs, now }: Copies): void {
  const copies = Array.from({ length: times }, (_, copy) => `(${copy}, ${(times - 1 - copy) * apartMs})`)
  const from = (table: string) => `FROM copies CROSS JOIN main.${table} AS own`
  const withCopies = `WITH copies (copy, earlier) AS (VALUES ${copies.join(', ')})`
  const columns = columnsOf(connection, 'requests')
  const [trigger] = connection.all(text<{ sql: string }>`SELECT sql FROM seeded.sqlite_master WHERE name = 'requestWritten'`)
  if (!trigger) throw new Error('this is no usage.db')
  connection.exec(`
    DROP TRIGGER seeded.requestWritten;
    ${withCopies} INSERT INTO seeded.requests (${columns.join(', ')}) SELECT ${moved(columns)} ${from('requests')};
    -- Sorting a million rows once is faster than putting each where it belongs.
    ${withCopies} INSERT INTO seeded.requestKeys
      SELECT DISTINCT attempt.value ->> 'keyId', own.at - earlier, copy || '-' || own.id
        ${from('requests')}, json_each(own.attempts) AS attempt ORDER BY 1, 2, 3;
    ${trigger.sql.replace('CREATE TRIGGER ', 'CREATE TRIGGER seeded.')};
    INSERT INTO seeded.counters SELECT * FROM main.counters`)
  for (const { table, tiers, key } of rollups) {
    const all = columnsOf(connection, table)
    const sums = all.filter((column) => !key.split(', ').includes(column))
    const kept = tiers.map(
      ({ period }) => `WHEN '${period}' THEN own.at - earlier >= ${Math.max(0, now - storedMs(tiers, period))}`,
    )
    connection.exec(`
      ${withCopies} INSERT INTO seeded.${table} (${all.join(', ')})
        SELECT ${moved(all)} ${from(table)} WHERE CASE own.period ${kept.join(' ')} END
        ON CONFLICT (${key}) DO UPDATE SET ${sums.map(added).join(', ')}`)
  }
}

function columnsOf(connection: Connection, table: string): string[] {
  return connection.all(text<{ name: string }>`SELECT name FROM pragma_table_info(${table}, 'main')`).map(({ name }) => name)
}

function moved(columns: readonly string[]): string {
  const values = columns.map((column) => {
    if (column === 'id') return `copy || '-' || own.id`
    return column === 'at' || column === 'lastAt' ? `own.${column} - earlier` : `own.${column}`
  })
  return values.join(', ')
}

/** Days of two copies meet in one. */
function added(column: string): string {
  return column === 'lastAt' ? 'lastAt = max(lastAt, excluded.lastAt)' : `${column} = ${column} + excluded.${column}`
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
    sql ??= `INSERT INTO requests (${Object.keys(stored).join(', ')}) VALUES (${Object.keys(stored)
      .map(() => '?')
      .join(', ')})`
    return { sql, parameters: Object.values(stored) }
  }
}
