/** Keeps the engine in step with the catalog: what was configured is what it leases by. */
import { EngineError } from '../pool/errors.ts'
import type { KeySpec, PoolEngine, PoolRules } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import { keepBucketLimits } from './bucket-limits.ts'
import type { Catalog } from './catalog.ts'
import { budgetLimits, joined, limitsOf } from './limit-rules.ts'
import { rulesOf } from './pool-rules.ts'

export function syncEngine(engine: PoolEngine, catalog: Catalog, log: ProxyLog): void {
  const buckets = keepBucketLimits(engine, catalog)
  const isPool = (slug: string) => catalog.pools.get(slug)?.deletedAt === null
  const setPool = (row: PoolRow) => {
    const { slug: pool } = row
    if (row.deletedAt !== null) return engine.removePool(pool)
    setRules(engine, pool, rulesOf(row, isPool), (error) =>
      log.warn({ pool, error }, 'the fallback of this pool cannot be followed and is left out'),
    )
  }
  /** Rules that lead to a pool which has come or gone are other rules now. */
  const setFallbacks = (except: ReadonlySet<string>) => {
    for (const row of catalog.pools.values()) if (row.config.fallback?.length && !except.has(row.slug)) setPool(row)
  }
  /** When the keys in the trash were made: one that comes back with another time is a new key in an old place. */
  const trashed = new Map<string, number>()
  const setKey = (row: KeyRow) => {
    const { id, createdAt } = row
    const isTrash = row.deletedAt !== null
    if (!isTrash && trashed.has(id) && trashed.get(id) !== createdAt) engine.removeKey(id)
    if (isTrash) trashed.set(id, createdAt)
    else trashed.delete(id)
    // Not removed while it can be brought back: what is known of it comes back as well.
    engine.setKey({ ...specOf(row), bucket: buckets.place(row), enabled: row.enabled && !isTrash })
  }
  /** Puts a key into the pools it belongs to now, and out of `former` ones. */
  const setMembers = (keyId: string, former: Iterable<string> = []) => {
    const key = catalog.keys.get(keyId)
    if (!key || key.deletedAt !== null) return
    const now = catalog.poolsOf(keyId)
    for (const slug of former) if (!now.has(slug)) engine.removeMember(slug, keyId)
    for (const [slug, rank] of now) {
      if (catalog.pools.get(slug)?.deletedAt === null) engine.setMember(slug, keyId, rank)
    }
  }
  /** Pools and keys before memberships: the engine knows both ends of a membership or refuses it. */
  const follow = (writes: ConfigWrites) => {
    for (const slug of writes.removePools ?? []) engine.removePool(slug)
    for (const id of writes.removeKeys ?? []) {
      engine.removeKey(id)
      buckets.forget(id)
      trashed.delete(id)
    }
    for (const row of writes.putPools ?? []) setPool(row)
    if (writes.putPools?.length || writes.removePools?.length) {
      setFallbacks(new Set((writes.putPools ?? []).map(({ slug }) => slug)))
    }
    for (const row of writes.putKeys ?? []) setKey(row)
    const regrouped = new Set((writes.setMemberships ?? []).map(({ keyId }) => keyId))
    const touched = new Set([...regrouped, ...(writes.putKeys ?? []).map(({ id }) => id)])
    for (const { slug } of writes.putPools ?? []) for (const id of catalog.keysOf(slug)) touched.add(id)
    for (const id of touched) {
      setMembers(id, regrouped.has(id) ? catalog.pools.keys() : [])
      buckets.touch(id)
    }
    buckets.settle()
  }

  for (const row of catalog.pools.values()) setPool(row)
  for (const row of catalog.keys.values()) setKey(row)
  for (const id of catalog.keys.keys()) setMembers(id)
  buckets.settle()
  catalog.observe(follow)
}

/** A key's own limits and budget; what its account may do is the pools' matter. */
export function specOf({ id, enabled, expiresAt, limits, limitZone, budget }: KeyRow): KeySpec {
  return { id, enabled, expiresAt, limits: joined(limitsOf(limits, limitZone), budgetLimits(budget, limitZone)) }
}

/**
 * A change that would make a circle of fallbacks is refused before it is stored; one that is there all the same (a pool came
 * back from the trash) keeps no pool from serving: what is wrong is told to `leftOut`.
 */
export function setRules(engine: PoolEngine, slug: string, rules: PoolRules, leftOut: (message: string) => void): void {
  try {
    engine.setPool(slug, rules)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'FALLBACK_CYCLE') throw error
    leftOut(error.message)
    engine.setPool(slug, { ...rules, fallback: [] })
  }
}
