/** Changes of state of keys in usage.db: of each key the newest stay. */
import { text } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import { keyEvents } from './tables.ts'
import type { KeyEventRow } from './types.ts'

const kept = 20

/** The newest first. */
export function eventsOf(usage: Connection, keyId: string): KeyEventRow[] {
  return usage.all(text<KeyEventRow>`SELECT * FROM keyEvents WHERE keyId = ${keyId} ORDER BY at DESC, rowid DESC LIMIT ${kept}`)
}

export function addEvents(usage: Connection, rows: readonly KeyEventRow[]): void {
  usage.transaction(() => {
    for (const row of rows) keyEvents.put(usage, row)
    for (const keyId of new Set(rows.map((row) => row.keyId))) {
      usage.run(text`
        DELETE FROM keyEvents WHERE rowid IN (
          SELECT rowid FROM keyEvents WHERE keyId = ${keyId} ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ${kept})`)
    }
  })
}

export function forgetEvents(usage: Connection, keyIds: readonly string[]): void {
  usage.transaction(() => {
    for (const keyId of keyIds) keyEvents.remove(usage, { keyId })
  })
}
