/** Requests in the order in which they were written down, a bounded stretch at a time. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { type Sql, text } from './sql.ts'
import type { Followed, FollowQuery } from './types.ts'

/** Rows looked at for one answer, whoever they belong to. */
const stretch = 5000

type NumberedRow = Omit<Followed['rows'][number], 'attempts'> & { attempts: string }
const newest = text<{ number: number | null }>`SELECT max(rowid) AS number FROM requests`

/** By rowid: a long request is written after shorter ones that began later, so its time says nothing about what was read. */
export function follow(sql: Sql, { pool, after }: FollowQuery): Followed {
  const last = sql.all(newest)[0]?.number ?? 0
  if (after === null) return { rows: [], to: last, more: false }
  // An emptied log counts from 1 again; everything in it is new then.
  const from = after > last ? 0 : after
  const to = Math.min(last, from + stretch)
  const named = `"pool":${JSON.stringify(pool)}`
  const rows = sql.all(
    text<NumberedRow>`
      SELECT rowid AS number, id, at, pool, method, path, msQueued, attempts FROM requests
      WHERE rowid > ${from} AND rowid <= ${to} AND (pool = ${pool} OR instr(attempts, ${named}) > 0)
      ORDER BY rowid`,
  )
  const parsed = rows.map((row) => ({ ...row, attempts: JSON.parse(row.attempts) as RequestRow['attempts'] }))
  return { rows: parsed, to, more: to < last }
}
