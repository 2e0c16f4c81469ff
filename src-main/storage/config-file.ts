/** keywheel.db in the writer: opened with care, and never made anew when something was there. */
import { existsSync } from 'node:fs'
import { type Connection, connect, tuneConfig } from './connection.ts'
import { takeStaged } from './copies.ts'
import { cannotOpen, isCorrupt } from './errors.ts'
import { claimFile, type Files, sizeOf } from './files.ts'
import { knownVersion, migrate } from './migrate.ts'
import { assertSound } from './replaceable.ts'
import { configMigrations } from './tables.ts'

/** Throws STORAGE_FAILED: action `update` for a newer schema, `restore` for a damaged or vanished file. Both leave everything as it is. */
export function openConfigFile(files: Files): Connection {
  takeStaged(files)
  // usage.db is always made second: with it there, an empty or missing keywheel.db has lost its content.
  if (sizeOf(files.config) === 0 && existsSync(files.usage)) throw damaged(files.config, 'it is empty')
  claimFile(files.config)
  const connection = connect(files.config)
  try {
    knownVersion(connection, files.config, configMigrations)
    assertSound(connection)
    tuneConfig(connection)
    migrate(connection, files.config, configMigrations)
    return connection
  } catch (error) {
    connection.close()
    throw isCorrupt(error) ? damaged(files.config, (error as Error).message) : error
  }
}

function damaged(file: string, reason: string) {
  return cannotOpen(
    'restore',
    `${file} is damaged (${reason}). It was left as it is: put back a backup, or move the whole folder away to start anew.`,
  )
}
