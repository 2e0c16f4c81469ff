/** The read model: pools, keys, memberships, clients, routes, prompts and settings in memory, written to disk first and always in step with it. */
import { KeywheelError, type Settings, settingsSchema } from '../../src-preload/contract/index.ts'
import { serial } from '../base/serial.ts'
import type {
  ApprovalRow,
  ClientRow,
  ConfigWrites,
  KeyRow,
  LinkKeyRow,
  LinkRow,
  Loaded,
  NoticeRow,
  PoolRow,
  PromptRow,
  PromptVersionRow,
  RefreshRow,
  RemoteRow,
  RouteRow,
  Storage,
  UserRow,
} from '../storage/types.ts'
import { withHistory } from './changes.ts'
import { withoutGrants } from './pools/pool-grants.ts'

export interface Rank {
  priority: number
  weight: number
}

/** Called after a change is on disk and in memory. */
type CatalogObserver = (writes: ConfigWrites) => void

export interface Catalog {
  readonly pools: ReadonlyMap<string, PoolRow>
  readonly keys: ReadonlyMap<string, KeyRow>
  readonly clients: ReadonlyMap<string, ClientRow>
  readonly approvals: ReadonlyMap<string, ApprovalRow>
  readonly remotes: ReadonlyMap<string, RemoteRow>
  /** By the pool here. */
  readonly links: ReadonlyMap<string, LinkRow>
  /** Keys of a synced pool by their names at its server. */
  linkKeysOf(pool: string): ReadonlyMap<string, LinkKeyRow>
  readonly users: ReadonlyMap<string, UserRow>
  readonly refreshes: ReadonlyMap<string, RefreshRow>
  readonly routes: ReadonlyMap<string, RouteRow>
  readonly prompts: ReadonlyMap<string, PromptRow>
  readonly notices: ReadonlyMap<string, NoticeRow>
  /** Live pools and keys, without the trash. POOL_NOT_FOUND naming the `field` it was given in, KEY_NOT_FOUND. */
  pool(slug: string, field?: string): PoolRow
  key(id: string): KeyRow
  keyByFingerprint(fingerprint: string): KeyRow | undefined
  /** By its name in the apipool protocol: its identifier, or else its id. The trash included, as by fingerprint. */
  keyNamed(name: string): KeyRow | undefined
  /** Pools of a key with its rank there, and keys of a pool; the trash included. */
  poolsOf(keyId: string): ReadonlyMap<string, Rank>
  keysOf(slug: string): ReadonlySet<string>
  /** The same without pools in the trash. */
  livePoolsOf(keyId: string): (Rank & { pool: string })[]
  /** Keys of a pool without the trash. */
  liveKeysOf(slug: string): KeyRow[]
  /** Versions of a prompt, the oldest first. */
  versionsOf(prompt: string): readonly PromptVersionRow[]
  settings(): Settings
  /** A remembered fact that is no setting, such as whether the proxy was on. */
  remembered(name: string): unknown
  /** Writes one change and applies it; STORAGE_FAILED or DISK_FULL leave everything as it was. */
  commit(writes: ConfigWrites): Promise<void>
  /** Runs a change alone: nothing it has looked at moves until it is done. */
  exclusive<T>(change: () => Promise<T>): Promise<T>
  observe(observer: CatalogObserver): void
}

const none: ReadonlyMap<string, Rank> = new Map()
const noKeys: ReadonlySet<string> = new Set()
const noLinkKeys: ReadonlyMap<string, LinkKeyRow> = new Map()
const noVersions: ReadonlyMap<number, PromptVersionRow> = new Map()

export function createCatalog(storage: Pick<Storage, 'write'>, loaded: Loaded): Catalog {
  const pools = new Map(loaded.pools.map((row) => [row.slug, row]))
  const keys = new Map<string, KeyRow>()
  const fingerprints = new Map<string, string>()
  const identifiers = new Map<string, string>()
  const clients = new Map(loaded.clients.map((row) => [row.id, row]))
  const approvals = new Map(loaded.approvals.map((row) => [row.id, row]))
  const remotes = new Map(loaded.remotes.map((row) => [row.id, row]))
  const links = new Map(loaded.links.map((row) => [row.pool, row]))
  const linkKeys = new Map<string, Map<string, LinkKeyRow>>()
  const users = new Map(loaded.users.map((row) => [row.id, row]))
  const refreshes = new Map(loaded.refreshes.map((row) => [row.id, row]))
  const routes = new Map(loaded.routes.map((row) => [row.id, row]))
  const prompts = new Map(loaded.prompts.map((row) => [row.slug, row]))
  const notices = new Map(loaded.notices.map((row) => [row.id, row]))
  const versions = new Map<string, Map<number, PromptVersionRow>>()
  const poolsOf = new Map<string, Map<string, Rank>>()
  const keysOf = new Map<string, Set<string>>()
  const observers: CatalogObserver[] = []
  let stored = loaded.settings
  let settings = settingsSchema.strip().parse(stored)

  const putKey = (row: KeyRow) => {
    dropNames(row.id)
    keys.set(row.id, row)
    if (row.fingerprint) fingerprints.set(row.fingerprint, row.id)
    if (row.identifier !== null) identifiers.set(row.identifier, row.id)
  }
  const dropNames = (id: string) => {
    const { fingerprint, identifier } = keys.get(id) ?? {}
    if (fingerprint && fingerprints.get(fingerprint) === id) fingerprints.delete(fingerprint)
    if (identifier && identifiers.get(identifier) === id) identifiers.delete(identifier)
  }
  const setMemberships = (keyId: string, memberships: readonly ({ pool: string } & Rank)[]) => {
    for (const slug of poolsOf.get(keyId)?.keys() ?? []) keysOf.get(slug)?.delete(keyId)
    poolsOf.set(keyId, new Map(memberships.map(({ pool, priority, weight }) => [pool, { priority, weight }])))
    for (const { pool } of memberships) keysOf.set(pool, (keysOf.get(pool) ?? new Set()).add(keyId))
  }
  const removeKey = (id: string) => {
    setMemberships(id, [])
    dropNames(id)
    keys.delete(id)
    poolsOf.delete(id)
  }
  const removePool = (slug: string) => {
    for (const keyId of keysOf.get(slug) ?? []) poolsOf.get(keyId)?.delete(slug)
    keysOf.delete(slug)
    pools.delete(slug)
  }
  const putVersion = (row: PromptVersionRow) => {
    const known = versions.get(row.slug)
    if (known) known.set(row.version, row)
    else versions.set(row.slug, new Map([[row.version, row]]))
  }
  const putLinkKey = (row: LinkKeyRow) => {
    const known = linkKeys.get(row.pool)
    if (known) known.set(row.identifier, row)
    else linkKeys.set(row.pool, new Map([[row.identifier, row]]))
  }
  const removeLink = (pool: string) => {
    links.delete(pool)
    linkKeys.delete(pool)
  }
  const removeRemote = (id: string) => {
    remotes.delete(id)
    for (const [pool, link] of links) if (link.remoteId === id) removeLink(pool)
  }
  /** With a key goes what is known of it at a server. */
  const removeLinkedKeys = (ids: ReadonlySet<string>) => {
    if (ids.size === 0) return
    for (const rows of linkKeys.values()) for (const [name, row] of rows) if (ids.has(row.keyId)) rows.delete(name)
  }
  const removeUser = (id: string) => {
    users.delete(id)
    for (const [token, { userId }] of refreshes) if (userId === id) refreshes.delete(token)
  }
  const removePrompt = (slug: string) => {
    prompts.delete(slug)
    versions.delete(slug)
  }
  const apply = (writes: ConfigWrites) => {
    for (const slug of writes.removePools ?? []) removePool(slug)
    for (const id of writes.removeKeys ?? []) removeKey(id)
    for (const id of writes.removeClients ?? []) clients.delete(id)
    for (const id of writes.removeApprovals ?? []) approvals.delete(id)
    for (const id of writes.removeRemotes ?? []) removeRemote(id)
    for (const { pool } of writes.removeLinks ?? []) removeLink(pool)
    for (const { pool, identifier } of writes.removeLinkKeys ?? []) linkKeys.get(pool)?.delete(identifier)
    removeLinkedKeys(new Set(writes.removeKeys))
    for (const id of writes.removeUsers ?? []) removeUser(id)
    for (const id of writes.removeRefreshes ?? []) refreshes.delete(id)
    for (const id of writes.removeRoutes ?? []) routes.delete(id)
    for (const slug of writes.removePrompts ?? []) removePrompt(slug)
    for (const id of writes.removeNotices ?? []) notices.delete(id)
    for (const row of writes.putPools ?? []) pools.set(row.slug, row)
    for (const row of writes.putKeys ?? []) putKey(row)
    for (const { keyId, pools: list } of writes.setMemberships ?? []) setMemberships(keyId, list)
    for (const row of writes.putClients ?? []) clients.set(row.id, row)
    for (const row of writes.putApprovals ?? []) approvals.set(row.id, row)
    for (const row of writes.putRemotes ?? []) remotes.set(row.id, row)
    for (const row of writes.putLinks ?? []) links.set(row.pool, row)
    for (const row of writes.putLinkKeys ?? []) putLinkKey(row)
    for (const row of writes.putUsers ?? []) users.set(row.id, row)
    for (const row of writes.putRefreshes ?? []) refreshes.set(row.id, row)
    for (const row of writes.putRoutes ?? []) routes.set(row.id, row)
    for (const row of writes.putPrompts ?? []) prompts.set(row.slug, row)
    for (const row of writes.putPromptVersions ?? []) putVersion(row)
    for (const row of writes.putNotices ?? []) notices.set(row.id, row)
    if (writes.putSettings) {
      stored = { ...stored, ...writes.putSettings }
      settings = settingsSchema.strip().parse(stored)
    }
  }

  for (const row of loaded.keys) putKey(row)
  for (const row of loaded.promptVersions) putVersion(row)
  for (const row of loaded.linkKeys) putLinkKey(row)
  for (const { keyId, pool, priority, weight } of loaded.memberships) {
    poolsOf.set(keyId, (poolsOf.get(keyId) ?? new Map<string, Rank>()).set(pool, { priority, weight }))
    keysOf.set(pool, (keysOf.get(pool) ?? new Set()).add(keyId))
  }

  return {
    pools,
    keys,
    clients,
    approvals,
    remotes,
    links,
    users,
    refreshes,
    routes,
    prompts,
    notices,
    linkKeysOf: (pool) => linkKeys.get(pool) ?? noLinkKeys,
    pool(slug, field = 'slug') {
      const row = pools.get(slug)
      if (row && row.deletedAt === null) return row
      const message = `There is no pool "${slug.slice(0, 64)}".`
      throw new KeywheelError('POOL_NOT_FOUND', message, { fields: [{ path: field, message }] })
    },
    key(id) {
      const row = keys.get(id)
      if (!row || row.deletedAt !== null) throw new KeywheelError('KEY_NOT_FOUND')
      return row
    },
    keyByFingerprint(fingerprint) {
      const id = fingerprints.get(fingerprint)
      return id === undefined ? undefined : keys.get(id)
    },
    keyNamed(name) {
      return keys.get(identifiers.get(name) ?? name)
    },
    poolsOf: (keyId) => poolsOf.get(keyId) ?? none,
    keysOf: (slug) => keysOf.get(slug) ?? noKeys,
    livePoolsOf: (keyId) =>
      [...(poolsOf.get(keyId) ?? none)]
        .filter(([slug]) => pools.get(slug)?.deletedAt === null)
        .map(([pool, rank]) => ({ pool, ...rank })),
    liveKeysOf: (slug) =>
      [...(keysOf.get(slug) ?? noKeys)].flatMap((id) => {
        const row = keys.get(id)
        return row?.deletedAt === null ? [row] : []
      }),
    versionsOf: (prompt) => [...(versions.get(prompt) ?? noVersions).values()].toSorted((a, b) => a.version - b.version),
    settings: () => settings,
    remembered: (name) => stored[name],
    async commit(given) {
      const writes = withHistory(withoutGrants(given, { clients, users, approvals }), { pools, stored })
      await storage.write(writes)
      apply(writes)
      for (const observer of observers) observer(writes)
    },
    exclusive: serial(),
    observe: (observer) => void observers.push(observer),
  }
}
