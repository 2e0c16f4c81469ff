/** Writes to usage.db that are storage's own: the engine's marks, cleaning, erasing. */
import { retainSlice } from '../usage/retain.ts'
import { db } from '../usage/sql.ts'
import type { Keep } from '../usage/types.ts'
import { shrink } from './config.ts'
import type { Connection } from './connection.ts'
import { marks } from './tables.ts'
import type { MarkRow } from './types.ts'

/** Pages given back to the disk after each slice of deletions. */
const vacuumPages = 256

export function saveMarks(usage: Connection, { set, gone }: { set: MarkRow[]; gone: { keyId: string; model: string }[] }): void {
  usage.transaction(() => {
    for (const { keyId, model } of gone) marks.remove(usage, { keyId, model })
    for (const mark of set) marks.put(usage, mark)
  })
}

/** One slice of retention; gives back the number of rows deleted. */
export function retain(usage: Connection, keep: Keep, now: number): number {
  const deleted = retainSlice(usage, keep, now)
  usage.exec(`PRAGMA incremental_vacuum(${vacuumPages})`)
  return deleted
}

/** The number of the last batch stays: the next one must not look like a repeated one. */
export function eraseUsage(usage: Connection): void {
  usage.transaction(() => {
    for (const each of ['requests', 'coarse', 'latency', 'fine'] as const) usage.run(db.deleteFrom(each).compile())
    marks.remove(usage, {})
  })
  shrink(usage)
}
