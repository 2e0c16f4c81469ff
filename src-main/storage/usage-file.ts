/** usage.db in the writer: a damaged one is put aside and replaced, because calls must go on being served and counted. */
import { usageMigrations } from '../usage/schema.ts'
import { type Connection, connect, tuneUsage } from './connection.ts'
import { isCorrupt } from './errors.ts'
import { claimFile, type Files, setAside, sizeOf } from './files.ts'
import { knownVersion, migrate } from './migrate.ts'

export interface UsageFile {
  /** Runs `work`; when the file turns out to be damaged, once more over a fresh one. */
  run<T>(work: (connection: Connection) => T): T
  /** Looks through the whole file and replaces it when it is damaged. */
  check(): void
  close(): void
}

/** Above this, looking through the file at the start would take more than a moment; damage is then found when it is met. */
const checkedAtStart = 32 * 1024 * 1024

/** `replaced` is told the new name of a damaged file. Throws STORAGE_FAILED (action `update`) for a newer schema. */
export function openUsageFile(files: Files, now: () => number, replaced: (aside: string, error: unknown) => void): UsageFile {
  let connection: Connection | null = open()

  function open(): Connection {
    try {
      return openOnce()
    } catch (error) {
      return replace(error)
    }
  }

  function openOnce(): Connection {
    claimFile(files.usage)
    const opened = connect(files.usage)
    try {
      knownVersion(opened, files.usage, usageMigrations)
      tuneUsage(opened)
      migrate(opened, files.usage, usageMigrations)
      if (sizeOf(files.usage) <= checkedAtStart) assertSound(opened)
      return opened
    } catch (error) {
      opened.close()
      throw error
    }
  }

  function replace(error: unknown): Connection {
    if (!isCorrupt(error)) throw error
    replaced(setAside(files.usage, now()), error)
    return openOnce()
  }

  function run<T>(work: (connection: Connection) => T): T {
    // None there: the last try to replace it failed, on a full disk for example.
    connection ??= open()
    try {
      return work(connection)
    } catch (error) {
      if (!isCorrupt(error)) throw error
      connection.close()
      connection = null
      connection = replace(error)
      return work(connection)
    }
  }

  return { run, check: () => run(assertSound), close: () => connection?.close() }
}

/** Throws SQLITE_CORRUPT when the file's structure is damaged. */
export function assertSound(connection: Connection): void {
  const result = connection.pragma('quick_check(1)')
  if (result === 'ok') return
  throw Object.assign(new Error(String(result)), { name: 'SqliteError', code: 'SQLITE_CORRUPT' })
}
