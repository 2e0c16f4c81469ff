/** Calls that other programs made with our keys, as they told us, in usage.db. */
import { text } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import type { ReportRow } from './types.ts'

/** Events that are here already are not stored again. */
export function addReports(usage: Connection, rows: readonly ReportRow[]): { accepted: number; duplicates: number } {
  return usage.transaction(() => {
    let accepted = 0
    for (const { id, pool, reporter, key, status, latency, method, at } of rows)
      accepted += usage.run(text`
        INSERT INTO reports (id, pool, reporter, "key", status, latency, method, at)
        VALUES (${id}, ${pool}, ${reporter}, ${key}, ${status}, ${latency}, ${method}, ${at}) ON CONFLICT (id) DO NOTHING`)
    return { accepted, duplicates: rows.length - accepted }
  })
}
