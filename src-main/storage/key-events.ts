/** Changes of state of keys in usage.db: of each key the newest stay. */
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import { keyEvents } from './tables.ts'
import type { KeyEventRow } from './types.ts'

const kept = 20

const db = compiler<{ keyEvents: KeyEventRow & { rowid: number } }>()

/** The newest first. */
export function eventsOf(usage: Connection, keyId: string): KeyEventRow[] {
  return usage.all(newest(keyId).select(['keyId', 'at', 'state', 'model', 'reason', 'until']).limit(kept).compile())
}

export function addEvents(usage: Connection, rows: readonly KeyEventRow[]): void {
  usage.transaction(() => {
    for (const row of rows) keyEvents.put(usage, row)
    for (const keyId of new Set(rows.map((row) => row.keyId))) {
      const older = newest(keyId).select('rowid').limit(-1).offset(kept)
      usage.run(db.deleteFrom('keyEvents').where('rowid', 'in', older).compile())
    }
  })
}

export function forgetEvents(usage: Connection, keyIds: readonly string[]): void {
  usage.transaction(() => {
    for (const keyId of keyIds) keyEvents.remove(usage, { keyId })
  })
}

function newest(keyId: string) {
  return db.selectFrom('keyEvents').where('keyId', '=', keyId).orderBy('at', 'desc').orderBy('rowid', 'desc')
}
