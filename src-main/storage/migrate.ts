/** Numbered migrations, forward only, each in one transaction; the number is the file's user_version. */
import { renameSync, rmSync } from 'node:fs'
import type { Connection } from './connection.ts'
import { cannotOpen } from './errors.ts'
import { claimFile } from './files.ts'

export interface Migration {
  /** 1, 2, 3… without gaps. */
  version: number
  name: string
  sql: string
}

/** The schema number of a file; 0 = empty. Throws STORAGE_FAILED (action `update`) when it is newer than what we know. */
export function knownVersion(connection: Connection, file: string, migrations: readonly Migration[]): number {
  const version = connection.pragma('user_version') as number
  const latest = migrations.at(-1)?.version ?? 0
  if (version <= latest) return version
  throw cannotOpen(
    'update',
    `${file} was written by a newer Keywheel (schema ${version}, this one knows ${latest}). Nothing was changed; update Keywheel.`,
  )
}

/** Brings a file up to date. An existing one is first copied to `<file>.backup-v<number>`. */
export function migrate(connection: Connection, file: string, migrations: readonly Migration[]): void {
  const version = knownVersion(connection, file, migrations)
  const missing = migrations.filter((migration) => migration.version > version)
  if (version > 0 && missing.length > 0) copyDatabase(connection, `${file}.backup-v${version}`)
  for (const migration of missing)
    connection.transaction(() => {
      connection.exec(migration.sql)
      connection.pragma(`user_version = ${migration.version}`)
    })
}

/** A copy with everything committed so far; a plain file copy would miss what is still in the WAL. */
export function copyDatabase(connection: Connection, to: string): void {
  const unfinished = `${to}.tmp`
  rmSync(unfinished, { force: true })
  // VACUUM INTO takes an empty file as it is, with our mode.
  claimFile(unfinished)
  connection.run({ sql: 'VACUUM INTO ?', parameters: [unfinished] })
  renameSync(unfinished, to)
}
