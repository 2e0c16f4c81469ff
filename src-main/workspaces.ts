/** Keywheel, whole: the workspace that is open, and another one in its place while windows, scripts and streams stay. */
import type { Backup } from '../src-preload/contract/index.ts'
import { type App, type AppOptions, createApp } from './app.ts'
import { systemClock } from './pool/clock.ts'
import { createClosers } from './services/chores.ts'
import type { Actor, Services } from './services/types.ts'
import { createWorkspaceDoor } from './services/workspaces/door.ts'
import {
  createWorkspaceFolders,
  defaultWorkspace,
  type WorkspaceFolders,
  workspaceFolder,
} from './services/workspaces/folders.ts'
import { createWorkspaceService } from './services/workspaces/workspaces.ts'
import { stageCopy } from './storage/copies.ts'
import { lockDataFolder } from './storage/folder-lock.ts'
import { openStorage } from './storage/open.ts'
import { forgetVault } from './vault/forget-vault.ts'
import { startKeychain } from './vault/keychain.ts'

interface KeywheelOptions extends Omit<AppOptions, 'workspace' | 'preferences' | 'beforeServing'> {
  /** Opened for this run; absent = the one that was open last. */
  workspace: string | undefined
}

export interface Keywheel {
  /** The same objects whichever workspace is open. */
  services: Services
  /** Finishes what is under way, writes everything down and lets go of the data folder. */
  close(): Promise<void>
}

/** How long calls to the workspace that is left may take to end, in ms; its proxy has a grace of its own. */
const graceMs = 10_000

/** Opens a workspace of the data folder. Rejects as `createApp` does, when another Keywheel uses the folder, or with WORKSPACE_NOT_FOUND. */
export async function openKeywheel(options: KeywheelOptions): Promise<Keywheel> {
  const closers = createClosers()
  try {
    const lock = lockDataFolder(options.dataDir)
    closers.add(() => lock.close())
    const folders = createWorkspaceFolders(options.dataDir)
    await folders.tidy()
    const slug = await firstToOpen(options, folders)
    const app = await createApp({ ...options, workspace: slug })
    const desk = createDesk({ slug, app }, options, folders)
    closers.add(desk.close)
    return { services: desk.services, close: closers.run }
  } catch (error) {
    await closers.run()
    throw error
  }
}

async function firstToOpen({ workspace, log }: KeywheelOptions, folders: WorkspaceFolders): Promise<string> {
  if (workspace !== undefined) return (await folders.get(workspace)).slug
  const last = await folders.remembered()
  if ((await folders.list()).some(({ slug }) => slug === last)) return last
  log.warn({ workspace: last }, 'the workspace that was open last is not there any more; the default one is opened')
  return defaultWorkspace
}

interface OpenWorkspace {
  slug: string
  app: App
}

/** The open workspace and how it changes. */
function createDesk(first: OpenWorkspace, options: KeywheelOptions, folders: WorkspaceFolders) {
  const { log } = options
  const clock = systemClock()
  const door = createWorkspaceDoor(first.app.services, clock)
  let current = first
  let { proxyPort } = options

  const keepPort = () => {
    // "Any free one" is chosen once: programs that were pointed to it find it there again.
    if (proxyPort === 0) proxyPort = current.app.services.proxy.status().port ?? 0
  }
  const shut = async ({ app }: OpenWorkspace) => {
    await app.close().catch((error: unknown) => log.warn({ error: String(error) }, 'a workspace was not left in order'))
  }

  const open = async (slug: string, former: OpenWorkspace, leave?: () => Promise<void>): Promise<OpenWorkspace> => {
    const { theme, language } = former.app.services.settings.get()
    const app = await createApp({
      ...options,
      workspace: slug,
      proxyPort,
      preferences: { theme, language },
      ...(leave ? { beforeServing: leave } : {}),
    })
    return { slug, app }
  }

  /** The other one is opened whole before this one is left, so that what cannot be opened costs nobody a call. */
  const switchTo = async (slug: string): Promise<void> => {
    const former = current
    keepPort()
    let left = false
    const leave = async () => {
      // Before the one is closed and after the other is open: a crash anywhere leaves one of them to start with.
      await folders.remember(slug)
      await door.shut(graceMs)
      left = true
      await shut(former)
    }
    try {
      current = await open(slug, former, leave)
    } catch (error) {
      if (left) {
        await folders.remember(former.slug)
        current = await open(former.slug, former)
        door.leadTo(current.app.services)
      }
      throw error
    }
    door.leadTo(current.app.services)
  }

  /** Unlike a switch this cannot be tried out beside the open one: it is the same folder. What is put back was looked at before. */
  const restore = async (name: string, actor: Actor): Promise<Backup> => {
    const former = current
    const { app } = former
    const file = await app.backups.soundFile(name)
    keepPort()
    const folder = workspaceFolder(options.dataDir, former.slug)
    const wasOn = isOn(app)
    await door.shut(graceMs)
    let kept: { backup: Backup; file: string }
    try {
      kept = await app.backups.beforeRestore()
      await stageCopy(folder, file)
    } catch (error) {
      door.leadTo(app.services)
      throw error
    }
    await shut(former)
    try {
      current = await open(former.slug, former)
    } catch (error) {
      await stageCopy(folder, kept.file)
      current = await open(former.slug, former)
      throw error
    } finally {
      door.leadTo(current.app.services)
    }
    await current.app.note(actor, 'backup.restore', name)
    await keepProxy(current.app, wasOn).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'the proxy is not as it was before the restore'),
    )
    return kept.backup
  }

  const workspaces = createWorkspaceService({
    folders,
    clock,
    current: () => current.slug,
    switchTo,
    forget: (slug) => forgetSecrets(workspaceFolder(options.dataDir, slug), options),
    note: (...row) => current.app.note(...row),
    onChange: () => door.tell({ type: 'changed', what: 'workspaces' }),
  })
  const { alone, ...changes } = workspaces
  const backups = { ...door.services.backups, restore: (name: string, actor: Actor) => alone(() => restore(name, actor)) }
  const services: Services = { ...door.services, workspaces: changes, backups }
  return {
    services,
    async close() {
      await workspaces.close()
      await current.app.close()
    },
  }
}

const isOn = ({ services }: App) => ['on', 'degraded'].includes(services.proxy.status().state)

/** A backup remembers whether the proxy was on when it was made; what counts is how it was left. */
async function keepProxy(app: App, wasOn: boolean): Promise<void> {
  if (isOn(app) === wasOn) return
  if (wasOn) await app.services.proxy.start({}, 'system')
  else await app.services.proxy.stop('system')
}

/** Takes the secrets of a workspace that is not open out of the OS keychain. */
async function forgetSecrets(folder: string, { log, keychainFork }: KeywheelOptions): Promise<void> {
  const storage = await openStorage({ folder, log, now: Date.now })
  const keychain = startKeychain({ timeoutMs: 5000, ...(keychainFork ? { fork: keychainFork } : {}) })
  try {
    await forgetVault({ store: storage.vault, keychain })
  } finally {
    keychain.close()
    await storage.close()
  }
}
