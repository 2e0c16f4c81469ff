/** Calls that other programs made with our keys, as they told us, in usage.db. */
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import type { ReportRow, ReportStore } from './types.ts'

const db = compiler<{ reports: ReportRow }>()

/** Events that are here already are not stored again. */
export function addReports(usage: Connection, rows: readonly ReportRow[]): { accepted: number; duplicates: number } {
  return usage.transaction(() => {
    let accepted = 0
    for (const row of rows) {
      const insert = db.insertInto('reports').values(row)
      accepted += usage.run(insert.onConflict((conflict) => conflict.column('id').doNothing()).compile())
    }
    return { accepted, duplicates: rows.length - accepted }
  })
}

export function listReports(
  usage: Connection,
  { pool, from, to, limit, offset }: Parameters<ReportStore['list']>[0],
): { rows: ReportRow[]; total: number } {
  const found = db.selectFrom('reports').where('pool', '=', pool).where('at', '>=', from).where('at', '<', to)
  const [count] = usage.all<{ total: number }>(found.select((eb) => eb.fn.countAll<number>().as('total')).compile())
  const page = found.selectAll().orderBy('at', 'desc').orderBy('id').limit(limit).offset(offset)
  return { rows: usage.all(page.compile()), total: count?.total ?? 0 }
}
