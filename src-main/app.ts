/** The application with one workspace, whole: storage → vault → engine → proxy → services; closed in reverse. */
import type { RequestRow, Settings } from '../src-preload/contract/index.ts'
import { periodEnd } from './base/calendar.ts'
import { createClientDirectory } from './clients/index.ts'
import { systemClock } from './pool/clock.ts'
import { createPoolEngine } from './pool/engine.ts'
import type { PoolEngine } from './pool/types.ts'
import { createGuardedFetch } from './proxy/forward/guarded-fetch.ts'
import { createProxy } from './proxy/index.ts'
import type { ProxyLog } from './proxy/types.ts'
import { createPasswords } from './remote/server/index.ts'
import { createApipoolDoor } from './services/apipool/door.ts'
import { lendTokens } from './services/apipool/lending.ts'
import { apipoolServerOf } from './services/apipool/server.ts'
import { connectDoorOf } from './services/approvals/door.ts'
import { sweepApprovals } from './services/approvals/state.ts'
import { type BackupKeeper, createBackupService } from './services/backups.ts'
import { createBus } from './services/bus.ts'
import { answerCacheOf, sweepCache } from './services/cache.ts'
import { type Catalog, createCatalog } from './services/catalog.ts'
import { type Close, createClosers, repeat } from './services/chores.ts'
import { keepClientsKnown } from './services/clients/client-sync.ts'
import { createClientUse } from './services/clients/client-use.ts'
import { createDemoUpstream } from './services/demo.ts'
import { createDrill } from './services/drill/drill.ts'
import { syncEngine } from './services/engine-sync.ts'
import { publishFacts } from './services/facts.ts'
import { createServices } from './services/index.ts'
import { bucketOf } from './services/keys/account.ts'
import { createAccountFinder } from './services/keys/account-finder.ts'
import { checkPlace } from './services/keys/key-check.ts'
import { createKeyViews } from './services/keys/key-view.ts'
import type { KeyServiceDeps } from './services/keys/keys.ts'
import { keepInvalidChecked } from './services/keys/probes.ts'
import { keepTimeline } from './services/keys/timeline.ts'
import { keepMemory, seedLastUsed } from './services/memory.ts'
import { createMetrics } from './services/metrics/metrics.ts'
import { createModels } from './services/models/models.ts'
import { createNoticeDesk } from './services/notices/notices.ts'
import { createFetchFor, createWays } from './services/outbound/outbound.ts'
import { createTrust } from './services/outbound/trust.ts'
import { pricingOf } from './services/prices.ts'
import { createProxyService } from './services/proxy.ts'
import { proxyDeps } from './services/proxy-deps.ts'
import { createReach } from './services/reach.ts'
import { createRelay, withRelay } from './services/remotes/relay.ts'
import { openRemotes } from './services/remotes/room.ts'
import { spendingOf } from './services/spending/rules.ts'
import { createTrash } from './services/trash.ts'
import type { Actor, WorkspaceServices } from './services/types.ts'
import { type OpeningWays, openVault } from './services/vault-opening.ts'
import { workspaceFolder } from './services/workspaces/folders.ts'
import { openStorage } from './storage/open.ts'
import { createUsageRecorder } from './usage/recorder.ts'
import { type KeychainOptions, startKeychain } from './vault/keychain.ts'
import type { Vault } from './vault/types.ts'
import { createVault } from './vault/vault.ts'

export interface AppOptions {
  /** The data folder. */
  dataDir: string
  /** The workspace that is opened: its folder holds both databases and the vault, and is made with mode 0700 if absent. */
  workspace: string
  shell: 'desktop' | 'headless'
  version: string
  /** Lets scripts reveal keys. */
  allowReveal: boolean
  /** Port for the proxy; absent = the setting, 0 = any free one. */
  proxyPort: number | undefined
  opening: OpeningWays
  log: ProxyLog
  /** The log's last warnings, as JSON lines without secrets; none unless given. */
  recentWarnings?: () => readonly string[]
  /** How the keychain helper is started; a child process unless the desktop gives its own. */
  keychainFork?: KeychainOptions['fork']
  copySecret?: KeyServiceDeps['copySecret']
  /** Asks providers by itself which models they serve; otherwise only when told to. True unless told here or by KEYWHEEL_LIST_MODELS=0. */
  listModels?: boolean
  /** Taken over by a workspace that has none of its own yet. */
  preferences?: Preferences
  /** Awaited when all else is open, right before the proxy listens: whoever has its port now lets go of it. */
  beforeServing?: () => Promise<void>
}

type Preferences = Pick<Settings, 'theme' | 'language'>

/** One workspace, open. */
export interface App {
  services: WorkspaceServices
  /** Writes down who did what to a workspace as a whole. */
  note(actor: Actor, action: string, subject: string): Promise<void>
  backups: BackupKeeper
  /** Finishes what is under way, writes everything down and lets go of the folder. */
  close(): Promise<void>
}

const minute = 60_000

/** Opens a workspace and starts what runs in it. Rejects when the folder is in use, damaged, or newer than this program. */
export async function createApp(options: AppOptions): Promise<App> {
  const closers = createClosers()
  try {
    return { ...(await start(options, closers.add)), close: closers.run }
  } catch (error) {
    await closers.run().catch(() => undefined) // why it could not start is what counts
    throw error
  }
}

type AtClose = (close: Close) => void

/** Everything in its order; each part says with `atClose` how it ends, and they end in the reverse order. */
async function start(options: AppOptions, atClose: AtClose): Promise<Omit<App, 'close'>> {
  const ground = await openGround(options, atClose)
  const { clock, catalog, vault, storage, log } = ground
  const pools = await startPools(ground, atClose)
  // The thread that answers starts meanwhile; a workspace without keys does not need it yet.
  const seeded = catalog.keys.size > 0 ? seedLastUsed(pools.views, storage.usage, clock, log) : undefined
  const ways = startWays(ground, pools, options, atClose)
  const calls = startCalls(ground, pools, ways, atClose)
  const drill = createDrill(ground)
  atClose(() => drill.close())
  const remotes = await openRemotes({ ...ground, ...pools, ...ways, ...calls }, atClose)
  const passwords = createPasswords()
  const backups = createBackupService(ground)
  const notices = createNoticeDesk({ ...ground, ...pools })
  atClose(() => notices.stop())
  const closing = new AbortController()
  const services = createServices({
    ...ground,
    ...pools,
    ...ways,
    ...calls,
    drill,
    remotes,
    notices: notices.service,
    passwords,
    backups,
    about: aboutOf(options),
    closing: closing.signal,
    recentWarnings: options.recentWarnings ?? (() => []),
    copySecret: options.copySecret,
  })
  calls.apipool.lead(apipoolServerOf({ ...ground, ...pools, ...calls, services, passwords, allowReveal: options.allowReveal }))

  atClose(() => closing.abort())

  const opening = await openVault(vault, { ...options.opening, shell: options.shell }, clock, log)
  atClose(() => opening.stop())
  await seeded
  await options.beforeServing?.()
  await calls.proxy.restore(options.proxyPort)

  const trash = createTrash(catalog, vault, clock)
  const retain = () => {
    const { retentionDays, retentionMb } = catalog.settings()
    return storage.usage.retain({ days: retentionDays, megabytes: retentionMb })
  }
  const probes = keepInvalidChecked({
    ...ground,
    ...pools,
    placeOf: (id) => checkPlace(catalog.key(id), { catalog, demo: pools.demo }).name,
    check: (id) => services.keys.check(id, 'system'),
  })
  atClose(() => probes.stop())
  atClose(repeat(clock, log, { firstMs: 2000, everyMs: 2000 }, () => probes.run()))
  atClose(repeat(clock, log, { firstMs: 5000, everyMs: 5000 }, () => trash.sweep()))
  atClose(repeat(clock, log, { firstMs: 5000, everyMs: 5000 }, () => sweepApprovals(catalog, clock)))
  atClose(repeat(clock, log, { firstMs: 2000, everyMs: 2000 }, () => notices.look()))
  atClose(repeat(clock, log, { firstMs: minute, everyMs: minute }, () => calls.saveClients()))
  // Soon after the start as well, for a Keywheel that never runs for an hour.
  atClose(repeat(clock, log, { firstMs: minute, everyMs: 60 * minute }, retain))
  atClose(repeat(clock, log, { firstMs: minute, everyMs: 10 * minute }, () => sweepCache(storage.cache, catalog)))
  atClose(repeat(clock, log, { firstMs: minute, everyMs: minute }, () => notices.watch('backup-failed', backups.chore())))
  return {
    services,
    backups,
    note: (actor, action, subject) => catalog.commit({ audit: [{ at: clock.now(), actor, action, subject }] }),
  }
}

function aboutOf({ version, shell, dataDir, workspace, allowReveal }: AppOptions) {
  return { version, shell, dataDir, workspace, revealAllowed: allowReveal }
}

/** What everything stands on: the databases, the read model, the vault (not yet opened). */
async function openGround({ dataDir, workspace, preferences, log, keychainFork }: AppOptions, atClose: AtClose) {
  const clock = systemClock()
  const folder = workspaceFolder(dataDir, workspace)
  const storage = await openStorage({ folder, log, now: () => clock.now() })
  atClose(() => storage.close())
  const loaded = await storage.load()
  const keychain = startKeychain({ timeoutMs: 5000, ...(keychainFork ? { fork: keychainFork } : {}) })
  atClose(() => keychain.close())
  const vault = createVault({ store: storage.vault, keychain, clock, dataDir: folder, log })
  atClose(() => vault.close())
  const catalog = createCatalog(storage, loaded)
  await inheritPreferences(catalog, preferences)
  return { clock, log, folder, storage, vault, bus: createBus(), catalog, memory: loaded.memory }
}

/** A person who has chosen a language is not to choose it anew in every workspace. */
async function inheritPreferences(catalog: Catalog, preferences: Preferences | undefined): Promise<void> {
  const missing = Object.entries(preferences ?? {}).filter(([name]) => catalog.remembered(name) === undefined)
  if (missing.length > 0) await catalog.commit({ putSettings: Object.fromEntries(missing) })
}

type Ground = Awaited<ReturnType<typeof openGround>>

/** The engine with every pool and key in it, and with what it knew before the restart. */
async function startPools({ clock, log, storage, catalog, vault, memory: remembered }: Ground, atClose: AtClose) {
  const relay = createRelay(catalog)
  atClose(() => relay.close())
  const demo = withRelay(createDemoUpstream(), relay)
  atClose(() => demo.close())
  if (catalog.pools.get('demo')?.deletedAt === null) await demo.start()
  const engine = createPoolEngine({ clock, random: Math.random, calendar: { periodEnd } })
  atClose(() => engine.close())
  syncEngine(engine, catalog, log)
  const owners = { key: new Set(catalog.keys.keys()), bucket: new Set([...catalog.keys.values()].map(bucketOf)) }
  const spending = spendingOf(catalog, remembered.spent, clock, { periodEnd })
  const clientUse = createClientUse({ catalog, remembered, storage, clock, calendar: { periodEnd } })
  const memory = keepMemory(remembered, { engine, spending, clientUse, storage, clock, log, owners })
  atClose(() => memory.close())
  const accounts = createAccountFinder({ catalog, vault, clock, log })
  atClose(() => accounts.close())
  const views = createKeyViews(catalog, engine)
  const timeline = keepTimeline({ engine, catalog, views, storage, clock, log })
  atClose(() => timeline.close())
  return { demo, relay, engine, views, accounts, timeline, spending, clientUse, saveMemory: memory.save }
}

type Pools = Awaited<ReturnType<typeof startPools>>

/** How calls leave this machine, and what providers told of their models that way. */
function startWays(
  ground: Ground,
  pools: Pools,
  { listModels = process.env['KEYWHEEL_LIST_MODELS'] !== '0' }: AppOptions,
  atClose: AtClose,
) {
  const { catalog } = ground
  const wayFor = createWays({ catalog, env: process.env })
  const trust = createTrust(catalog)
  const own = createGuardedFetch({ trust })
  atClose(() => own.close())
  const reach = createReach({ ...ground, baseUrlOf: pools.demo.baseUrlOf })
  const fetchFor = reach.watched(createFetchFor(wayFor, own.fetchBy, pools.demo.baseUrlOf))
  const models = createModels({ ...ground, ...pools, fetchFor })
  atClose(() => models.stop())
  if (listModels) atClose(models.keepAsking())
  return { wayFor, trust, fetchFor, reach, models }
}

type Ways = ReturnType<typeof startWays>

/** The proxy, who may use it, and the record of what it did. */
function startCalls(ground: Ground, pools: Pools, ways: Ways, atClose: AtClose) {
  const { clock, log, storage, catalog, vault, bus } = ground
  const recorder = createUsageRecorder({ store: storage.usage, clock, log, maxQueued: 20_000 })
  atClose(() => recorder.close())
  const directory = createClientDirectory()
  const clients = keepClientsKnown(directory, catalog, clock)
  atClose(() => clients.save())
  const facts = publishFacts({ ...ground, ...pools, onReadiness: () => proxy.refresh() })
  atClose(() => facts.stop())
  // Changes under way are finished while everything they need is there.
  atClose(() => catalog.exclusive(async () => undefined))
  const metrics = createMetrics({
    catalog,
    readyKeys: (slug) => pools.engine.pool(slug)?.ready ?? 0,
    proxy: () => proxy.status(),
  })
  const onFinished = (row: RequestRow) => {
    recorder.record(row)
    pools.clientUse.finished(row)
    ways.reach.finished(row)
    facts.requestFinished(row)
    metrics.requestFinished(row)
  }
  const quotas = pools.clientUse
  const deps = {
    ...ground,
    ...pools,
    ...ways,
    directory,
    quotas,
    cost: pricingOf(catalog),
    cache: answerCacheOf(storage.cache, catalog),
  }
  const apipool = createApipoolDoor(catalog)
  const doors = { connect: connectDoorOf(catalog, clock), apipool: apipool.door }
  const proxy = createProxyService({
    proxy: createProxy(proxyDeps({ ...deps, doors, metrics: metrics.read, onFinished })),
    catalog,
    clock,
    readyKeys: () => readyKeys(catalog, pools.engine, vault),
    offline: () => ways.reach.offline(),
    onState: (status) => bus.publish({ type: 'proxy.state', status }),
    borrowToken: clients.borrowToken,
    fetch: globalThis.fetch,
  })
  atClose(() => proxy.close())
  atClose(ways.reach.onChange(() => proxy.refresh()))
  const { lastSeen, borrowToken, save: saveClients } = clients
  return { proxy, recorder, apipool, lending: lendTokens(directory), lastSeen, borrowToken, saveClients }
}

/** Keys that could serve now; while the vault is locked only the demo pool's can. */
function readyKeys(catalog: Catalog, engine: PoolEngine, vault: Vault): number {
  const open = vault.status().state === 'unlocked'
  let ready = 0
  for (const { slug, provider, state } of catalog.pools.values()) {
    if (state !== 'published') continue
    if (open || provider === 'demo') ready += engine.pool(slug)?.ready ?? 0
  }
  return ready
}
