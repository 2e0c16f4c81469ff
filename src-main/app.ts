/** The application, whole: storage → vault → engine → proxy → services; closed in reverse. */
import type { ProxyStatus } from '../src-preload/contract/index.ts'
import { createClientDirectory } from './clients/index.ts'
import { systemClock } from './pool/clock.ts'
import { createPoolEngine } from './pool/engine.ts'
import { costNanos } from './providers/index.ts'
import { createProxy } from './proxy/index.ts'
import type { ProxyLog } from './proxy/types.ts'
import { createBus } from './services/bus.ts'
import { createCatalog } from './services/catalog.ts'
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
  const { dataDir, log } = options
  const clock = systemClock()
  const now = () => clock.now()
  const storage = await openStorage({ folder: dataDir, log, now })
  const loaded = await storage.load()
  const catalog = createCatalog(storage, loaded)
  const bus = createBus()

  const keychain = startKeychain({ timeoutMs: 5000, ...(options.keychainFork ? { fork: options.keychainFork } : {}) })
  const vault = createVault({ store: storage.vault, keychain, clock, dataDir, log })

  const demo = createDemoUpstream()
  if (catalog.pools.get('demo')?.deletedAt === null) await demo.start()
  const engine = createPoolEngine({ clock, random: Math.random })
  syncEngine(engine, catalog)
  const marks = keepMarks(engine, storage, loaded.marks, clock, log)
  const views = createKeyViews(catalog, engine)
  await seedLastUsed(views, storage.usage, clock)

  const recorder = createUsageRecorder({ store: storage.usage, clock, log, maxQueued: 20_000 })
  const directory = createClientDirectory()
  const clients = keepClientsKnown(directory, catalog, clock)
  const facts = publishFacts({ bus, catalog, engine, vault, views, clock, onReadiness: () => proxy.refresh() })
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
    readyKeys: () => [...catalog.pools.keys()].reduce((sum, slug) => sum + (engine.pool(slug)?.ready ?? 0), 0),
    onState: (status: ProxyStatus) => bus.publish({ type: 'proxy.state', status }),
    borrowToken: clients.borrowToken,
    fetch: globalThis.fetch,
  })
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
    fetch: globalThis.fetch,
    about: { version: options.version, shell: options.shell, dataDir, revealAllowed: options.allowReveal },
    copySecret: options.copySecret,
    lastSeen: clients.lastSeen,
  })

  const opening = await openVault(vault, { ...options.opening, shell: options.shell }, clock, log)
  await proxy.restore(options.proxyPort)

  const trash = createTrash(catalog, vault, clock)
  const chores = [
    every(5000, () => trash.sweep()),
    every(minute, () => clients.save()),
    every(60 * minute, async () => {
      const { retentionDays, retentionMb } = catalog.settings()
      await storage.usage.retain({ days: retentionDays, megabytes: retentionMb })
    }),
  ]

  /** Runs a chore now and again; one that fails is logged and tried at its next turn. */
  function every(ms: number, run: () => Promise<unknown>): () => void {
    let cancel = () => {}
    const turn = () => {
      run().catch((error: unknown) => log.warn({ error: String(error) }, 'a background chore failed'))
      cancel = clock.after(ms, turn)
    }
    cancel = clock.after(ms, turn)
    return () => cancel()
  }

  return {
    services,
    async close() {
      for (const stop of chores) stop()
      opening.stop()
      await proxy.close()
      facts.stop()
      await clients.save()
      await marks.close()
      await recorder.close()
      engine.close()
      await demo.close()
      vault.close()
      keychain.close()
      await storage.close()
    },
  }
}
