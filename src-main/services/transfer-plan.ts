/** What an import would do: to pools, keys, routes and prompts. Nothing is written here. */
import { isDeepStrictEqual } from 'node:util'
import {
  type ExportDocument,
  type ExportedKey,
  type ExportedPool,
  type ImportPlan,
  KeywheelError,
  providerIds,
} from '../../src-preload/contract/index.ts'
import type { KeyRow, PoolRow } from '../storage/types.ts'
import { mapInSlices } from '../vault/slices.ts'
import type { SecretEntry, Vault } from '../vault/types.ts'
import type { Catalog, Rank } from './catalog.ts'
import { withTargets } from './fallback-targets.ts'
import { withAllowances } from './key-add.ts'
import { newKey } from './new-key.ts'
import { newPool } from './pool-row.ts'
import { type PoolRehearsal, rehearsePools } from './rehearsal.ts'
import { type PromptStep, planPrompts } from './transfer-prompts.ts'
import { planRoutes, type RouteStep } from './transfer-routes.ts'

interface PoolStep {
  slug: string
  action: ImportPlan['pools'][number]['action']
  changes: string[]
  reason: string | null
  row?: PoolRow
}

interface KeyStep {
  label: string
  hint: string
  action: keyof ImportPlan['keys']['counts']
  reason: string | null
  row?: KeyRow
  secret?: SecretEntry
  pools?: ({ pool: string } & Rank)[]
}

export interface Steps {
  pools: PoolStep[]
  keys: KeyStep[]
  routes: RouteStep[]
  prompts: PromptStep[]
}

interface PlanDeps {
  catalog: Catalog
  vault: Vault
  now: number
}

/** VAULT_LOCKED when the document brings secrets. */
export async function planImport(document: ExportDocument, deps: PlanDeps): Promise<Steps> {
  const { catalog } = deps
  const pools = await planPools(document.pools, deps)
  const kinds = new Map<string, string>()
  for (const row of catalog.pools.values()) if (row.deletedAt === null) kinds.set(row.slug, row.provider)
  for (const { row } of pools) if (row) kinds.set(row.slug, row.provider)
  const seen = new Set<string>()
  const keys = await mapInSlices(document.keys, (key): KeyStep => {
    const reason = whyNot(key, kinds)
    if (reason !== null) return { label: key.label, hint: key.hint, action: 'refused', reason }
    return planKey(key, seen, deps)
  })
  const isPool = (slug: string) => kinds.has(slug)
  const routes = planRoutes(document.routes, { routes: catalog.routes.values(), isPool, now: deps.now })
  return { pools, keys, routes, prompts: planPrompts(document.prompts, deps) }
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
  return mapInSlices(steps, (step) => rehearsed(step, rows, rehearsal))
}

/** A pool whose fallback leads in a circle, to no pool or to another API is refused. */
function rehearsed(step: PoolStep, rows: ReadonlyMap<string, PoolRow>, rehearsal: PoolRehearsal): PoolStep {
  if (!step.row) return step
  try {
    const row = withTargets(step.row, (slug) => rows.get(slug))
    rehearsal.add(row)
    return { ...step, row }
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return refusedPool(step.slug, error.message)
  }
}

const refusedPool = (slug: string, reason: string): PoolStep => ({ slug, action: 'refused', changes: [], reason })

function planPool(pool: ExportedPool, { catalog, now }: PlanDeps): PoolStep {
  const { slug } = pool
  const isDemo = pool.provider === 'demo'
  if (isDemo && slug !== 'demo') return refusedPool(slug, 'only the demo pool itself has the provider "demo"')
  let row: PoolRow
  try {
    row = newPool({ ...pool, draft: false, baseUrl: isDemo ? undefined : pool.baseUrl }, now)
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return refusedPool(slug, error.message)
  }
  const before = catalog.pools.get(slug)
  if (!before || before.deletedAt !== null) return { slug, action: 'add', changes: [], reason: null, row }
  if ((before.provider === 'demo') !== isDemo)
    return refusedPool(slug, 'the demo pool and a pool of your own cannot take each other’s place; delete this one first')
  const compared = ['name', 'provider', 'baseUrl', 'auth', 'strategy', 'config'] as const
  const changes = compared.filter((field) => !isDeepStrictEqual(before[field], row[field]))
  if (changes.length === 0) return { slug, action: 'same', changes, reason: null }
  return { slug, action: 'replace', changes, reason: null, row: { ...row, createdAt: before.createdAt } }
}

/** Why a key cannot be taken, whatever is here already; null = it can. `kinds` = provider by pool, once the pools are there. */
function whyNot(key: ExportedKey, kinds: ReadonlyMap<string, string>): string | null {
  const missing = key.pools.find(({ pool }) => !kinds.has(pool))
  if (missing) return `there is no pool "${missing.pool}" here or in the document`
  if (key.pools.some(({ pool }) => kinds.get(pool) === 'demo')) return 'the demo pool takes no keys'
  if (key.provider === 'demo' || !providerIds.some((id) => id === key.provider)) return `there is no provider "${key.provider}"`
  const place = key.audience?.find((text) => URL.parse(text)?.origin !== text)
  return place === undefined ? null : `"${place.slice(0, 100)}" is no origin such as https://api.example.com`
}

function planKey(key: ExportedKey, seen: Set<string>, { catalog, vault, now }: PlanDeps): KeyStep {
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
  const row = withAllowances({ ...fresh, id: existing?.id ?? fresh.id, tags, notes, enabled, expiresAt }, key)
  const secret = { id: row.id, secret: key.secret, audience: row.audience }
  return { ...shown, action: 'add', reason: null, row, secret, pools: key.pools }
}

/** A key that is here: it stays as it is and joins the document's pools, with the document's rank there. */
function linkStep(key: ExportedKey, existing: KeyRow, catalog: Catalog): KeyStep {
  const shown = { label: key.label, hint: key.hint, reason: null }
  const now = new Map(catalog.livePoolsOf(existing.id).map((membership) => [membership.pool, membership]))
  if (key.pools.every((wanted) => isDeepStrictEqual(now.get(wanted.pool), { ...wanted }))) return { ...shown, action: 'same' }
  for (const wanted of key.pools) now.set(wanted.pool, wanted)
  return { ...shown, action: 'link', row: existing, pools: [...now.values()] }
}
