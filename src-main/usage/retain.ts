/** Deletes what is too old or too much, a small slice at a time, so that new rows never wait long. */
import { coarseTiers, fineTiers, storedMs } from './plan.ts'
import { periodMs } from './schema.ts'
import { type Sql, text } from './sql.ts'
import type { Keep } from './types.ts'

/** Rows in one slice. */
const sliceRows = 500

/**
 * Deletes at most 500 rows in one transaction and gives back how many; 0 = there is nothing (more) to delete. Request rows
 * and reports go when they are older than `keep.days`, and the oldest of them while the database holds more than `keep.megabytes`; rollups go by
 * their own terms (plan.ts).
 */
export function retainSlice(sql: Sql, keep: Keep, now: number): number {
  return sql.transaction(() => {
    const old = now - keep.days * periodMs.day
    const deleted = deleteRequests(sql, old) || deleteReports(sql, old) || deleteRollups(sql, now)
    if (deleted > 0 || usedBytes(sql) <= keep.megabytes * 1024 * 1024) return deleted
    return deleteRequests(sql, Number.MAX_SAFE_INTEGER) || deleteReports(sql, Number.MAX_SAFE_INTEGER)
  })
}

/** What the rows take, free pages not counted. */
function usedBytes(sql: Sql): number {
  return sql.all(sizeQuery)[0]?.bytes ?? 0
}

const sizeQuery = text<{ bytes: number }>`
  SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`

function deleteRequests(sql: Sql, before: number): number {
  return sql.run(text`DELETE FROM requests WHERE at < ${before} ORDER BY at LIMIT ${sliceRows}`)
}

function deleteReports(sql: Sql, before: number): number {
  return sql.run(text`DELETE FROM reports WHERE at < ${before} ORDER BY at LIMIT ${sliceRows}`)
}

function deleteRollups(sql: Sql, now: number): number {
  let left = sliceRows
  for (const tier of coarseTiers.slice(0, -1)) {
    const before = now - storedMs(coarseTiers, tier.period)
    left -= sql.run(text`DELETE FROM coarse WHERE period = ${tier.period} AND at < ${before} LIMIT ${left}`)
    left -= sql.run(text`DELETE FROM latency WHERE period = ${tier.period} AND at < ${before} LIMIT ${left}`)
  }
  for (const kind of ['key', 'client'] as const) {
    const before = now - storedMs(fineTiers, 'hour')
    left -= sql.run(text`DELETE FROM fine WHERE kind = ${kind} AND period = 'hour' AND at < ${before} LIMIT ${left}`)
  }
  return sliceRows - left
}
