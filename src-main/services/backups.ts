/** Copies of the configuration in the data folder: made when asked and once a day, listed, deleted. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Backup, KeywheelError } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import { flush } from '../storage/copies.ts'
import type { CopyFacts, Storage } from '../storage/types.ts'
import type { Bus } from './bus.ts'
import type { Catalog } from './catalog.ts'
import { trashMs } from './trash.ts'
import type { Actor, BackupService } from './types.ts'

export interface BackupDeps {
  /** Of the workspace. */
  folder: string
  storage: Pick<Storage, 'copyConfig' | 'readCopy' | 'vault'>
  catalog: Pick<Catalog, 'settings' | 'commit'>
  clock: Pick<Clock, 'now'>
  bus: Pick<Bus, 'publish'>
}

/** What only Keywheel itself does with them. */
export interface BackupKeeper extends BackupService {
  /** The file of a copy that can be put back, every page of it looked at. BACKUP_NOT_FOUND, BACKUP_UNUSABLE. */
  soundFile(name: string): Promise<string>
  /** A copy of what is about to be replaced. */
  beforeRestore(): Promise<{ backup: Backup; file: string }>
  /** Makes the daily copy when it is due and destroys what was deleted; call it often. */
  chore(): Promise<void>
}

const dayMs = 86_400_000
/** `keywheel-20261121-203805-123-daily.db`, in UTC; what was deleted has another ending until it is destroyed. */
const pattern = /^keywheel-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{3})-(asked|daily|before-restore)\.db$/
const goneEnd = '.removed'

export function createBackupService(deps: BackupDeps): BackupKeeper {
  const { storage, catalog, clock, bus } = deps
  const folder = join(deps.folder, 'backups')
  const changed = () => bus.publish({ type: 'changed', what: 'backups' })
  const note = (actor: Actor, action: string, subject: string) =>
    catalog.commit({ audit: [{ at: clock.now(), actor, action, subject }] })
  // A copy never changes: it is opened once.
  const known = new Map<string, CopyFacts | null>()

  const factsOf = async (name: string): Promise<CopyFacts | null> => {
    const found = known.get(name)
    if (found !== undefined) return found
    const facts = await storage.readCopy(join(folder, name), false).catch((error: unknown) => {
      if (error instanceof KeywheelError && error.code === 'BACKUP_UNUSABLE') return null
      throw error
    })
    known.set(name, facts)
    return facts
  }
  const view = async (name: string): Promise<Backup> => {
    const named = nameOf(name)
    const file = named && (await stat(join(folder, name)).catch(noneIfAbsent))
    if (!named || !file) throw new KeywheelError('BACKUP_NOT_FOUND')
    const facts = await factsOf(name)
    const vaultId = (await storage.vault.load()).header?.vaultId ?? null
    return { name, ...named, bytes: file.size, holds: facts && holdsOf(facts, vaultId) }
  }
  const make = async (why: Backup['why']): Promise<Backup> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const taken = new Set(await readdir(folder))
    let at = clock.now()
    while (taken.has(fileName(at, why))) at += 1
    const name = fileName(at, why)
    await storage.copyConfig(join(folder, name))
    await flush(join(folder, name))
    changed()
    return view(name)
  }
  const names = async () => (await readdir(folder).catch(noneIfAbsent)) ?? []
  const daily = async () => {
    const kept = catalog.settings().backupsKept
    if (kept === 0) return
    const days = (await names()).filter((name) => nameOf(name)?.why === 'daily').toSorted()
    const last = nameOf(days.at(-1) ?? '')?.at ?? 0
    // A clock that was put back must not keep the next one from being made.
    if (last <= clock.now() && clock.now() - last < dayMs) return
    days.push((await make('daily')).name)
    for (const name of days.toSorted().slice(0, -kept)) await rm(join(folder, name), { force: true })
    changed()
  }
  const sweep = async () => {
    for (const name of await names()) {
      if (!name.endsWith(goneEnd)) continue
      const file = await stat(join(folder, name)).catch(noneIfAbsent)
      if (file && file.ctimeMs + trashMs <= clock.now()) await rm(join(folder, name), { force: true })
    }
  }

  return {
    async list() {
      const found = (await names()).filter((name) => nameOf(name) !== null)
      const views = await Promise.all(found.map(view))
      return views.toSorted((a, b) => b.at - a.at)
    },
    async create(actor) {
      const made = await make('asked')
      await note(actor, 'backup.create', made.name)
      return made
    },
    async remove(name, actor) {
      await view(name)
      await rename(join(folder, name), join(folder, name + goneEnd))
      await note(actor, 'backup.remove', name)
      changed()
      return { undoUntil: clock.now() + trashMs }
    },
    async undelete(name, actor) {
      if (nameOf(name) === null) throw new KeywheelError('BACKUP_NOT_FOUND')
      const gone = join(folder, name + goneEnd)
      if (await stat(gone).catch(noneIfAbsent)) await rename(gone, join(folder, name))
      const back = await view(name)
      await note(actor, 'backup.undelete', name)
      changed()
      return back
    },
    async soundFile(name) {
      await view(name)
      const file = join(folder, name)
      await storage.readCopy(file, true)
      return file
    },
    async beforeRestore() {
      const backup = await make('before-restore')
      return { backup, file: join(folder, backup.name) }
    },
    async chore() {
      await sweep()
      await daily()
    },
  }
}

function holdsOf({ pools, keys, vaultId }: CopyFacts, present: string | null): NonNullable<Backup['holds']> {
  return { pools, keys, vault: vaultId === null ? 'none' : vaultId === present ? 'same' : 'other' }
}

function fileName(at: number, why: Backup['why']): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T')
  return `keywheel-${date.replaceAll('-', '')}-${time.replace('Z', '').replace(/[:.]/g, (mark) => (mark === '.' ? '-' : ''))}-${why}.db`
}

/** Null = no copy of ours is called so; a path never is. */
function nameOf(name: string): Pick<Backup, 'at' | 'why'> | null {
  const [, year, month, day, hour, minute, second, ms, why] = pattern.exec(name) ?? []
  if (why === undefined) return null
  return { at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`), why: why as Backup['why'] }
}

function noneIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
