/** The folder and its files: names, modes, sizes. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Files {
  folder: string
  lock: string
  config: string
  usage: string
  cache: string
  /** Copies of keywheel.db that were made for people. */
  backups: string
  /** A copy that takes the place of keywheel.db when that is opened next. */
  staged: string
}

export function filesIn(folder: string): Files {
  return {
    folder,
    lock: join(folder, 'keywheel.lock'),
    config: join(folder, 'keywheel.db'),
    usage: join(folder, 'usage.db'),
    cache: join(folder, 'cache.db'),
    backups: join(folder, 'backups'),
    staged: join(folder, 'keywheel.db.staged'),
  }
}

/**
 * Makes the folder and sees to it that only its owner can enter. A folder that was there before, with other things in it, keeps
 * its mode (it may be anybody's): false then, when others can look into it.
 */
export function claimFolder({ folder, lock }: Files): boolean {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined
  if (process.platform === 'win32') return true
  if (made || existsSync(lock) || readdirSync(folder).length === 0) chmodSync(folder, 0o700)
  return (statSync(folder).mode & 0o077) === 0
}

/**
 * Sees to it that the file exists, readable by its owner only; SQLite gives its -wal and -shm the same mode. A file that exists
 * is never opened here: closing it would drop every lock that this process holds on it.
 */
export function claimFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600))
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, 0o600)
}

export function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0), 0)
}

/** Moves a database and its side files out of the way; gives back the new name. */
export function setAside(file: string, now: number): string {
  const aside = `${file}.corrupt-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
  for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, aside + end)
  return aside
}

/** Deletes a database with its side files. */
export function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}

/** Backups and files set aside hold what was erased: they go too. */
export function removeCopies({ folder, backups }: Files): void {
  rmSync(backups, { recursive: true, force: true })
  for (const name of readdirSync(folder))
    if (/^(keywheel|usage)\.db\.((backup|corrupt)-|staged)/.test(name)) rmSync(join(folder, name), { force: true })
}
