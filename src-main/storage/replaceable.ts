/** A database that may be lost: a damaged one gives way to a fresh one, and work goes on. */
import type { Connection } from './connection.ts'
import { isCorrupt } from './errors.ts'

export interface ReplaceableFile {
  /** Runs `work`; when the file turns out to be damaged, once more over a fresh one. */
  run<T>(work: (connection: Connection) => T): T
  /** Begins anew though nothing is damaged. */
  renew(): void
  close(): void
}

/** `discard` moves the file out of the way; `damage` null = there is none. Throws what `open` throws, damage met for the first time excepted. */
export function replaceableFile(open: () => Connection, discard: (damage: unknown) => void): ReplaceableFile {
  let connection: Connection | null = attempt()

  function attempt(): Connection {
    try {
      return open()
    } catch (error) {
      return replace(error)
    }
  }

  function replace(error: unknown): Connection {
    if (!isCorrupt(error)) throw error
    discard(error)
    return open()
  }

  return {
    run(work) {
      // None there: the last try to replace it failed, on a full disk for example.
      connection ??= attempt()
      try {
        return work(connection)
      } catch (error) {
        if (!isCorrupt(error)) throw error
        connection.close()
        connection = null
        connection = replace(error)
        return work(connection)
      }
    },
    renew() {
      connection?.close()
      connection = null
      discard(null)
    },
    close: () => connection?.close(),
  }
}

/** Throws SQLITE_CORRUPT when the file's structure is damaged. */
export function assertSound(connection: Connection): void {
  const result = connection.pragma('quick_check(1)')
  if (result !== 'ok') throw corrupt(String(result))
}

/** Damage that SQLite itself does not see. */
export function corrupt(message: string): Error {
  return Object.assign(new Error(message), { name: 'SqliteError', code: 'SQLITE_CORRUPT' })
}
