/** Requests in the order in which they were written down, a bounded stretch at a time. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { compiler, type Sql } from './sql.ts'
import type { Followed, FollowQuery } from './types.ts'

/** Rows looked at for one answer, whoever they belong to. */
const stretch = 5000

type NumberedRow = Omit<Followed['rows'][number], 'attempts'> & { attempts: string }
const db = compiler<{ requests: NumberedRow & { rowid: number } }>()

/** By rowid: a long request is written after shorter ones that began later, so its time says nothing about what was read. */
export function follow(sql: Sql, { pool, after }: FollowQuery): Followed {
  const [newest] = sql.all(
    db
      .selectFrom('requests')
      .select(({ fn }) => fn.max<number | null>('rowid').as('rowid'))
      .compile(),
  )
  const last = newest?.rowid ?? 0
  if (after === null) return { rows: [], to: last, more: false }
  // An emptied log counts from 1 again; everything in it is new then.
  const from = after > last ? 0 : after
  const to = Math.min(last, from + stretch)
  const named = `"pool":${JSON.stringify(pool)}`
  const rows = sql.all(
    db
      .selectFrom('requests')
      .select(['rowid as number', 'id', 'at', 'pool', 'method', 'path', 'msQueued', 'attempts'])
      .where('rowid', '>', from)
      .where('rowid', '<=', to)
      .where((eb) => eb.or([eb('pool', '=', pool), eb(eb.fn<number>('instr', ['attempts', eb.val(named)]), '>', 0)]))
      .orderBy('rowid')
      .compile(),
  )
  const parsed = rows.map((row) => ({ ...row, attempts: JSON.parse(row.attempts) as RequestRow['attempts'] }))
  return { rows: parsed, to, more: to < last }
}
