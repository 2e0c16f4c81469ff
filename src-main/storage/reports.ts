/** Calls that other programs made with our keys, as they told us, in usage.db. */
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import type { ReportRow } from './types.ts'

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
