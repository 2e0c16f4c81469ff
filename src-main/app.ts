/** The application, whole: storage → vault → engine → proxy → services; closed in reverse. */
import type { ProxyStatus } from '../src-preload/contract/index.ts'
import { createClientDirectory } from './clients/index.ts'
import { systemClock } from './pool/clock.ts'
import { createPoolEngine } from './pool/engine.ts'
import type { PoolEngine } from './pool/types.ts'
import { costNanos } from './providers/index.ts'
import { createGuardedFetch } from './proxy/guarded-fetch.ts'
import { createProxy } from './proxy/index.ts'
import type { ProxyLog } from './proxy/types.ts'
import { createBus } from './services/bus.ts'
import { type Catalog, createCatalog } from './services/catalog.ts'
import { type Close, createClosers, repeat } from './services/chores.ts'
import { keepClientsKnown } from './services/client-sync.ts'
import { createDemoUpstream } from './services/demo.ts'
import { syncEngine } from './services/engine-sync.ts'
import { publishFacts } from './services/facts.ts'
import { createServices } from './services/index.ts'
import { createKeyViews } from './services/key-view.ts'
import type { KeyServiceDeps } from './services/keys.ts'
import { keepMarks, seedLastUsed } from './services/memory.ts'
import { createProxyService } from './services/proxy.ts'
import { proxyDeps } from './services/proxy-deps.ts'
import { createTrash } from './services/trash.ts'
import type { Services } from './services/types.ts'
import { type OpeningWays, openVault } from './services/vault-opening.ts'
import { openStorage } from './storage/open.ts'
import { createUsageRecorder } from './usage/recorder.ts'
import { type KeychainOptions, startKeychain } from './vault/keychain.ts'
import type { Vault } from './vault/types.ts'
import { createVault } from './vault/vault.ts'

export interface AppOptions {
  /** Folder of this workspace: both databases, the vault, the admin token. Made with mode 0700 if absent. */
  dataDir: string
  shell: 'desktop' | 'headless'
  version: string
  /** Lets scripts reveal keys. */
  allowReveal: boolean
  /** Port for the proxy; absent = the setting, 0 = any free one. */
  proxyPort: number | undefined
  opening: OpeningWays
  log: ProxyLog
  /** How the keychain helper is started; a child process unless the desktop gives its own. */
  keychainFork?: KeychainOptions['fork']
  copySecret?: KeyServiceDeps['copySecret']
}

export interface App {
  services: Services
  /** Finishes what is under way, writes everything down and lets go of the folder. */
  close(): Promise<void>
}

const minute = 60_000

/** Opens the folder and starts what runs in it. Rejects when the folder is in use, damaged, or newer than this program. */
export async function createApp(options: AppOptions): Promise<App> {
  const closers = createClosers()
  try {
    return { services: await start(options, closers.add), close: closers.run }
  } catch (error) {
    await closers.run().catch(() => undefined) // why it could not start is what counts
    throw error
  }
}

/** Everything in its order; each part says with `atClose` how it ends, and they end in the reverse order. */
async function start(options: AppOptions, atClose: (close: Close) => void): Promise<Services> {
  const { dataDir, log } = options
  const clock = systemClock()
  const now = () => clock.now()
  const storage = await openStorage({ folder: dataDir, log, now })
  atClose(() => storage.close())
  const loaded = await storage.load()
  const catalog = createCatalog(storage, loaded)
  const bus = createBus()

  const keychain = startKeychain({ timeoutMs: 5000, ...(options.keychainFork ? { fork: options.keychainFork } : {}) })
  atClose(() => keychain.close())
  const vault = createVault({ store: storage.vault, keychain, clock, dataDir, log })
  atClose(() => vault.close())

  const demo = createDemoUpstream()
  atClose(() => demo.close())
  if (catalog.pools.get('demo')?.deletedAt === null) await demo.start()
  const engine = createPoolEngine({ clock, random: Math.random })
  atClose(() => engine.close())
  syncEngine(engine, catalog)
  const marks = keepMarks(engine, storage, loaded.marks, clock, log)
  const views = createKeyViews(catalog, engine)
  await seedLastUsed(views, storage.usage, clock, log)

  const recorder = createUsageRecorder({ store: storage.usage, clock, log, maxQueued: 20_000 })
  atClose(() => recorder.close())
  atClose(() => marks.close())
  const directory = createClientDirectory()
  const clients = keepClientsKnown(directory, catalog, clock)
  atClose(() => clients.save())
  const facts = publishFacts({ bus, catalog, engine, vault, views, clock, onReadiness: () => proxy.refresh() })
  atClose(() => facts.stop())
  // Changes under way are finished while everything they need is there.
  atClose(() => catalog.exclusive(async () => undefined))
  const proxy = createProxyService({
    proxy: createProxy(
      proxyDeps({
        clock,
        engine,
        catalog,
        vault,
        demo,
        directory,
        log,
        cost: costNanos,
        onFinished: (row) => {
          recorder.record(row)
          facts.requestFinished(row)
        },
      }),
    ),
    catalog,
    clock,
    readyKeys: () => readyKeys(catalog, engine, vault),
    onState: (status: ProxyStatus) => bus.publish({ type: 'proxy.state', status }),
    borrowToken: clients.borrowToken,
    fetch: globalThis.fetch,
  })
  atClose(() => proxy.close())
  const checks = createGuardedFetch()
  atClose(() => checks.close())
  const services = createServices({
    storage,
    vault,
    engine,
    catalog,
    recorder,
    clock,
    bus,
    views,
    demo,
    proxy,
    fetch: checks.fetch,
    about: { version: options.version, shell: options.shell, dataDir, revealAllowed: options.allowReveal },
    copySecret: options.copySecret,
    lastSeen: clients.lastSeen,
  })

  const opening = await openVault(vault, { ...options.opening, shell: options.shell }, clock, log)
  atClose(() => opening.stop())
  await proxy.restore(options.proxyPort)

  const trash = createTrash(catalog, vault, clock)
  const retain = () => {
    const { retentionDays, retentionMb } = catalog.settings()
    return storage.usage.retain({ days: retentionDays, megabytes: retentionMb })
  }
  atClose(repeat(clock, log, { firstMs: 5000, everyMs: 5000 }, () => trash.sweep()))
  atClose(repeat(clock, log, { firstMs: minute, everyMs: minute }, () => clients.save()))
  // Soon after the start as well, for a Keywheel that never runs for an hour.
  atClose(repeat(clock, log, { firstMs: minute, everyMs: 60 * minute }, retain))
  return services
}

/** Keys that could serve now; while the vault is locked only the demo pool's can. */
function readyKeys(catalog: Catalog, engine: PoolEngine, vault: Vault): number {
  const open = vault.status().state === 'unlocked'
  let ready = 0
  for (const { slug, provider } of catalog.pools.values()) {
    if (open || provider === 'demo') ready += engine.pool(slug)?.ready ?? 0
  }
  return ready
}
