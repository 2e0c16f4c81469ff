/** Writes to usage.db that are storage's own: what must not be forgotten, cleaning, erasing. */
import { retainSlice } from '../usage/retain.ts'
import type { Keep } from '../usage/types.ts'
import { forgetDays, newestDays, putDay } from './client-days.ts'
import { shrink } from './config.ts'
import type { Connection } from './connection.ts'
import { clientDays, keyEvents, marks, meters, quotas, spent } from './tables.ts'
import type { MemoryRows, MemoryWrites } from './types.ts'

/** Pages given back to the disk after each slice of deletions. */
const vacuumPages = 256

export function saveMemory(usage: Connection, changes: MemoryWrites): void {
  usage.transaction(() => {
    for (const { scope, owner, model } of changes.goneMarks) marks.remove(usage, { scope, owner, model })
    for (const { scope, owner, model, unit, window } of changes.goneMeters)
      meters.remove(usage, { scope, owner, model, unit, window })
    for (const { scope, owner } of changes.goneSpent) spent.remove(usage, { scope, owner })
    for (const mark of changes.marks) marks.put(usage, mark)
    for (const meter of changes.meters) meters.put(usage, meter)
    for (const { client, duration } of changes.goneQuotas) quotas.remove(usage, { client, duration })
    for (const span of changes.goneClientDays) forgetDays(usage, span)
    for (const row of changes.spent) spent.put(usage, row)
    for (const row of changes.quotas) quotas.put(usage, row)
    for (const row of changes.clientDays) putDay(usage, row)
  })
}

export function loadMemory(usage: Connection): MemoryRows {
  return {
    marks: marks.all(usage),
    meters: meters.all(usage),
    spent: spent.all(usage),
    quotas: quotas.all(usage),
    clientDays: newestDays(usage),
  }
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
    marks.remove(usage, {})
    meters.remove(usage, {})
    for (const each of [spent, quotas, clientDays, keyEvents]) each.remove(usage, {})
    usage.exec('DELETE FROM requests; DELETE FROM coarse; DELETE FROM latency; DELETE FROM fine; DELETE FROM reports')
  })
  shrink(usage)
}
