/** Copies of keywheel.db: what one holds, and how it takes the place of the present one. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { copyFile, open, rename, rm } from 'node:fs/promises'
import { KeywheelError } from '../../src-preload/contract/errors.ts'
import { text } from '../usage/sql.ts'
import { type Connection, connect } from './connection.ts'
import { isCorrupt } from './errors.ts'
import { type Files, filesIn } from './files.ts'
import { knownVersion } from './migrate.ts'
import { assertSound } from './replaceable.ts'
import { configMigrations, headers } from './tables.ts'
import type { CopyFacts } from './types.ts'

/** Throws BACKUP_UNUSABLE for a damaged one, one that is none and one of a newer Keywheel. `whole` = every page is looked at. */
export function readCopy(file: string, whole: boolean): CopyFacts {
  try {
    const copy = connect(file, { readonly: true })
    try {
      const schema = knownVersion(copy, file, configMigrations)
      if (schema === 0) throw new KeywheelError('BACKUP_UNUSABLE', 'There is nothing in this file.')
      if (whole) assertSound(copy)
      return { ...counts(copy), vaultId: headers.all(copy)[0]?.vaultId ?? null, schema }
    } finally {
      copy.close()
    }
  } catch (error) {
    throw unusable(error)
  }
}

function counts(copy: Connection): Pick<CopyFacts, 'pools' | 'keys'> {
  const [row] = copy.all(text<Pick<CopyFacts, 'pools' | 'keys'>>`
    SELECT (SELECT count(*) FROM pools WHERE deletedAt IS NULL) AS pools, (SELECT count(*) FROM keys WHERE deletedAt IS NULL) AS keys`)
  return row ?? { pools: 0, keys: 0 }
}

function unusable(error: unknown): unknown {
  if (error instanceof KeywheelError && error.data.action === 'update') return new KeywheelError('BACKUP_UNUSABLE', error.message)
  return isCorrupt(error) ? new KeywheelError('BACKUP_UNUSABLE', 'This file is damaged, or no backup.') : error
}

/** From when this resolves, whoever opens the folder's storage next finds the copy in place of keywheel.db, whatever happens in between. */
export async function stageCopy(folder: string, from: string): Promise<void> {
  const { staged } = filesIn(folder)
  const unfinished = `${staged}.tmp`
  await rm(unfinished, { force: true })
  await copyFile(from, unfinished)
  await flush(unfinished)
  await rename(unfinished, staged)
}

/** Waits until a file's content is on the disk. */
export async function flush(file: string): Promise<void> {
  const opened = await open(file, 'r+')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}

/**
 * Puts a staged copy in place, under the folder's lock and before keywheel.db is opened. The side files go first: a WAL of the old
 * file would be played into the new one. Cut off anywhere, the next start finds the staged copy again and goes on.
 */
export function takeStaged({ folder, config, staged }: Files): void {
  if (!existsSync(staged)) return
  for (const end of ['-wal', '-shm']) rmSync(config + end, { force: true })
  renameSync(staged, config)
  // A folder cannot be flushed there, and need not be.
  if (process.platform === 'win32') return
  const entries = openSync(folder, 'r')
  fsyncSync(entries)
  closeSync(entries)
}
