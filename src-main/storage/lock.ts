/** One Keywheel per folder: a SQLite file locked for as long as the process lives; the system frees it even after a kill. */
import { type Connection, connect } from './connection.ts'
import { cannotOpen, sqliteCode } from './errors.ts'
import { claimFile } from './files.ts'

/** Takes the lock or throws STORAGE_FAILED (action `close-other`); closing the connection gives it back. */
export function takeLock(file: string): Connection {
  claimFile(file)
  const connection = connect(file, { busyMs: 0 })
  try {
    connection.exec('BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    if (sqliteCode(error) !== 'SQLITE_BUSY') throw error
    throw cannotOpen('close-other', 'Another Keywheel uses this folder. Close it first, or give this one a folder of its own.')
  }
}
