/** What an import would do: to pools, keys, routes, prompts, clients, servers and settings. Nothing is written here. */
import { isDeepStrictEqual } from 'node:util'
import {
  type ExportDocument,
  type ExportedKey,
  type ExportedPool,
  type ExportedSettings,
  type ImportPlan,
  KeywheelError,
  type NewPools,
  providerIds,
} from '../../../src-preload/contract/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { SecretEntry, Vault } from '../../vault/types.ts'
import type { Catalog, Rank } from '../catalog.ts'
import { withAllowances } from '../keys/key-add.ts'
import { freeIdentifier } from '../keys/key-identifier.ts'
import { newKey } from '../keys/new-key.ts'
import { withTargets } from '../pools/fallback-targets.ts'
import { newPool } from '../pools/pool-row.ts'
import { type PoolRehearsal, rehearsePools } from '../pools/rehearsal.ts'
import { type ClientStep, planClients } from './clients.ts'
import { exportedPool } from './document.ts'
import { type PromptStep, planPrompts } from './prompts.ts'
import { planRemotes, type RemoteStep } from './remotes.ts'
import { planRoutes, type RouteStep } from './routes.ts'
import { changedSettings } from './settings.ts'
import { successorIssue } from './successors.ts'

interface PoolStep {
  slug: string
  action: ImportPlan['pools'][number]['action']
  changes: string[]
  /** What changes of it; null unless it is replaced. */
  before: PoolState | null
  after: PoolState | null
  reason: string | null
  row?: PoolRow
}

type PoolState = Partial<ExportedPool>
const noStates = { before: null, after: null }

export interface KeyStep {
  label: string
  hint: string
  action: keyof ImportPlan['keys']['counts']
  reason: string | null
  row?: KeyRow
  /** Written before it: they give up their identifier. */
  freed?: KeyRow[]
  secret?: SecretEntry
  pools?: ({ pool: string } & Rank)[]
}

/** All of an import but its keys, which come slice by slice. */
export interface Steps {
  pools: PoolStep[]
  routes: RouteStep[]
  prompts: PromptStep[]
  clients: ClientStep[]
  remotes: RemoteStep[]
  settings: ExportedSettings
}

/** Fingerprints and identifiers of the document's keys so far. */
interface Met {
  seen: Set<string>
  named: Set<string>
}

export interface PlanDeps {
  catalog: Catalog
  vault: Vault
  now: number
}

/** Provider by pool, as it is here; what is planned comes before it. Undefined = there is no such pool. */
type KindOf = (slug: string) => string | undefined

export async function planImport(document: ExportDocument, deps: PlanDeps): Promise<Steps> {
  const { catalog } = deps
  const pools = await planPools(document.pools, deps)
  const kindOf = kindsWith(pools, catalog)
  const isPool = (slug: string) => kindOf(slug) !== undefined
  const routes = planRoutes(document.routes, { routes: catalog.routes.values(), isPool, now: deps.now })
  return {
    pools,
    routes,
    prompts: planPrompts(document.prompts, deps),
    clients: planClients(document.clients, { catalog, isPool, now: deps.now }),
    remotes: planRemotes(document.remotes, { catalog, providerOf: kindOf, now: deps.now }),
    settings: changedSettings(document.settings, catalog),
  }
}

function kindsWith(pools: readonly PoolStep[], catalog: Catalog): KindOf {
  const planned = new Map(pools.flatMap(({ row }) => (row ? [[row.slug, row.provider]] : [])))
  return (slug) => {
    const row = catalog.pools.get(slug)
    return planned.get(slug) ?? (row?.deletedAt === null ? row.provider : undefined)
  }
}

export interface KeyPlanner {
  /** What becomes of the document's next key. VAULT_LOCKED when it brings a secret. */
  plan(key: ExportedKey): KeyStep
  /** The planned pools are there: from now on those count that are. */
  settled(): void
}

/** Plans one key of a document after the other, with the pools that it brings. */
export function createKeyPlanner(pools: readonly PoolStep[], deps: PlanDeps): KeyPlanner {
  const met: Met = { seen: new Set(), named: new Set() }
  let kindOf = kindsWith(pools, deps.catalog)
  return {
    plan(key) {
      const reason = whyNot(key, kindOf)
      if (reason !== null) return { label: key.label, hint: key.hint, action: 'refused', reason }
      return planKey(key, met, deps)
    },
    settled() {
      kindOf = kindsWith([], deps.catalog)
    },
  }
}

async function planPools(exported: readonly ExportedPool[], deps: PlanDeps): Promise<PoolStep[]> {
  const { catalog } = deps
  const named = new Set<string>()
  const steps = await mapInSlices(exported, (pool) => {
    if (named.has(pool.slug)) return refusedPool(pool.slug, 'the document has another pool of this name before it')
    named.add(pool.slug)
    return planPool(pool, deps)
  })
  const rows = new Map([...catalog.pools.values()].filter((row) => row.deletedAt === null).map((row) => [row.slug, row]))
  for (const { row } of steps) if (row) rows.set(row.slug, row)
  // Without rules the document's own pools are only there to be led to; one after the other then brings its rules.
  const brought = new Set(steps.flatMap(({ row }) => row?.slug ?? []))
  const bare = [...rows.values()].map((row) => (brought.has(row.slug) ? { ...row, config: {} } : row))
  const rehearsal = rehearsePools(bare)
  const successors = new Map([...rows.values()].map(({ slug, successor }) => [slug, successor]))
  return mapInSlices(steps, (step) => rehearsed(step, { rows, successors, rehearsal }))
}

interface Stage {
  /** As they will be. */
  rows: ReadonlyMap<string, PoolRow>
  successors: ReadonlyMap<string, string | null>
  rehearsal: PoolRehearsal
}

/** A pool whose fallback or successors lead in a circle, to no pool or to another API is refused. */
function rehearsed(step: PoolStep, { rows, successors, rehearsal }: Stage): PoolStep {
  if (!step.row) return step
  try {
    const issue = successorIssue('pool', step.slug, successors)
    if (issue !== null) return refusedPool(step.slug, issue)
    const row = withTargets(step.row, (slug) => rows.get(slug))
    rehearsal.add(row)
    return { ...step, row }
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return refusedPool(step.slug, error.message)
  }
}

const refusedPool = (slug: string, reason: string): PoolStep => ({ slug, action: 'refused', changes: [], ...noStates, reason })

function planPool(pool: ExportedPool, { catalog, now }: PlanDeps): PoolStep {
  const { slug } = pool
  const isDemo = pool.provider === 'demo'
  if (isDemo && slug !== 'demo') return refusedPool(slug, 'only the demo pool itself has the provider "demo"')
  if (pool.successor && pool.state !== 'retired') return refusedPool(slug, 'only a retired pool has a successor')
  const known = catalog.pools.get(slug)
  const before = known?.deletedAt === null ? known : undefined
  let row: PoolRow
  try {
    row = withLife(
      newPool({ ...pool, ...rulesFor(pool, catalog, before), draft: false, baseUrl: isDemo ? undefined : pool.baseUrl }, now),
      pool,
      before,
    )
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return refusedPool(slug, error.message)
  }
  if (!before) return { slug, action: 'add', changes: [], ...noStates, reason: null, row }
  if ((before.provider === 'demo') !== isDemo)
    return refusedPool(slug, 'the demo pool and a pool of your own cannot take each other’s place; delete this one first')
  const [here, there] = [exportedPool(before, catalog), exportedPool(row, catalog)]
  const changes = compared.filter((field) => !isDeepStrictEqual(here[field], there[field]))
  if (changes.length === 0) return { slug, action: 'same', changes, ...noStates, reason: null }
  const changedIn = (state: ExportedPool): PoolState => Object.fromEntries(changes.map((field) => [field, state[field]]))
  const states = { before: changedIn(here), after: changedIn(there) }
  return { slug, action: 'replace', changes, ...states, reason: null, row: { ...row, createdAt: before.createdAt } }
}

const compared = [
  ...(['name', 'provider', 'baseUrl', 'auth', 'strategy', 'config', 'alias', 'state', 'successor', 'extras'] as const),
]

/** What a document says is whole: a field that it leaves out of `config` has the built-in default, whatever new pools begin with. */
function rulesFor(pool: ExportedPool, catalog: Pick<Catalog, 'settings'>, before: PoolRow | undefined): NewPools {
  const { strategy, config } = before ?? catalog.settings().newPools
  return { strategy: pool.strategy ?? strategy, config: pool.config ?? config }
}

/** Documents before version 4 say nothing of these: they stay as they are here. */
function withLife(fresh: PoolRow, pool: ExportedPool, before: PoolRow | undefined): PoolRow {
  const { alias, state, successor, extras } = before ?? fresh
  return {
    ...fresh,
    alias: pool.alias === undefined ? alias : pool.alias,
    state: pool.state ?? state,
    successor: pool.successor === undefined ? (pool.state === undefined ? successor : null) : pool.successor,
    extras: pool.extras === undefined ? extras : pool.extras,
  }
}

/** Why a key cannot be taken, whatever is here already; null = it can. */
function whyNot(key: ExportedKey, kindOf: KindOf): string | null {
  const missing = key.pools.find(({ pool }) => kindOf(pool) === undefined)
  if (missing) return `there is no pool "${missing.pool}" here or in the document`
  if (key.pools.some(({ pool }) => kindOf(pool) === 'demo')) return 'the demo pool takes no keys'
  if (key.provider === 'demo' || !providerIds.some((id) => id === key.provider)) return `there is no provider "${key.provider}"`
  const place = key.audience?.find((text) => URL.parse(text)?.origin !== text)
  return place === undefined ? null : `"${place.slice(0, 100)}" is no origin such as https://api.example.com`
}

function planKey(key: ExportedKey, { seen, named }: Met, { catalog, vault, now }: PlanDeps): KeyStep {
  const shown = { label: key.label, hint: key.hint }
  const fingerprint = key.secret === undefined ? key.fingerprint : vault.fingerprint(key.secret)
  if (fingerprint !== null && seen.has(fingerprint))
    return { ...shown, action: 'refused', reason: 'the document has the same key before it' }
  if (fingerprint !== null) seen.add(fingerprint)
  const existing = fingerprint === null ? undefined : catalog.keyByFingerprint(fingerprint)
  if (existing?.deletedAt === null) return linkStep(key, existing, catalog)
  if (key.secret === undefined || fingerprint === null) {
    // Just deleted, and its secret still here: the document brings it back.
    if (existing) return { ...shown, action: 'link', reason: null, row: { ...existing, deletedAt: null }, pools: key.pools }
    return { ...shown, action: 'no-secret', reason: 'the document holds no secret for it, and it is not in the vault' }
  }
  // The addresses a key is bound to travel with it; a pool that points elsewhere has to be confirmed.
  const { provider, tags, notes, enabled, expiresAt, label } = key
  const fresh = newKey({ secret: key.secret, fingerprint, label, provider, origins: key.audience ?? [], now })
  const id = existing?.id ?? fresh.id
  const names = namesOf(key, id, named, catalog)
  if (typeof names === 'string') return { ...shown, action: 'refused', reason: names }
  const { identifier, clientConfig, freed } = names
  const row = withAllowances({ ...fresh, id, identifier, clientConfig, tags, notes, enabled, expiresAt }, key)
  const secret = { id: row.id, secret: key.secret, audience: row.audience }
  return { ...shown, action: 'add', reason: null, row, freed, secret, pools: key.pools }
}

/** What the apipool protocol calls it, with the rows in the trash that give up that name; or why it cannot be called so. */
function namesOf({ identifier = null, clientConfig = null }: ExportedKey, id: string, named: Set<string>, catalog: Catalog) {
  if (identifier === null) return { identifier, clientConfig, freed: [] }
  if (named.has(identifier)) return `the document has another key with the identifier "${identifier}" before it`
  named.add(identifier)
  try {
    return { identifier, clientConfig, freed: freeIdentifier(identifier, catalog, id) }
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return `another key here has the identifier "${identifier}"`
  }
}

/** A key that is here: it stays as it is and joins the document's pools, with the document's rank there. */
function linkStep(key: ExportedKey, existing: KeyRow, catalog: Catalog): KeyStep {
  const shown = { label: key.label, hint: key.hint, reason: null }
  const now = new Map(catalog.livePoolsOf(existing.id).map((membership) => [membership.pool, membership]))
  if (key.pools.every((wanted) => isDeepStrictEqual(now.get(wanted.pool), { ...wanted }))) return { ...shown, action: 'same' }
  for (const wanted of key.pools) now.set(wanted.pool, wanted)
  return { ...shown, action: 'link', row: existing, pools: [...now.values()] }
}
