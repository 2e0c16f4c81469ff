/** Keeps the engine in step with the catalog: what was configured is what it leases by. */
import { EngineError } from '../pool/errors.ts'
import type { KeySpec, PoolEngine, PoolRules } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'
import { bucketOf } from './keys/account.ts'
import { budgetLimits, joined, limitsOf } from './keys/limit-rules.ts'
import { keepBucketLimits } from './pools/bucket-limits.ts'
import { rulesOf } from './pools/pool-rules.ts'

export function syncEngine(engine: PoolEngine, catalog: Catalog, log: ProxyLog): void {
  const buckets = keepBucketLimits(engine, catalog)
  /** Calls fall back only to pools that clients could call. */
  const isPool = (slug: string) => {
    const row = catalog.pools.get(slug)
    return row?.deletedAt === null && row.state === 'published'
  }
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
  const forget = (id: string) => {
    engine.removeKey(id)
    buckets.forget(id)
    trashed.delete(id)
  }
  const renew = ({ id, createdAt, deletedAt }: KeyRow) => {
    if (deletedAt === null && trashed.has(id) && trashed.get(id) !== createdAt) forget(id)
    if (deletedAt !== null) trashed.set(id, createdAt)
    else trashed.delete(id)
  }
  // Not removed while it can be brought back: what is known of it comes back as well.
  const setKey = (row: KeyRow) =>
    engine.setKey({ ...specOf(row), bucket: bucketOf(row), enabled: row.enabled && row.deletedAt === null })
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
  /**
   * Accounts before keys: what a key has used goes with it to another account, as far as that counts it. Pools and keys before
   * memberships: the engine knows both ends of a membership or refuses it.
   */
  const follow = ({ removePools = [], removeKeys = [], putPools = [], putKeys = [], setMemberships = [] }: ConfigWrites) => {
    for (const slug of removePools) engine.removePool(slug)
    for (const id of removeKeys) forget(id)
    for (const row of putPools) setPool(row)
    if (putPools.length + removePools.length > 0) setFallbacks(new Set(putPools.map(({ slug }) => slug)))
    for (const row of putKeys) {
      renew(row)
      buckets.place(row)
    }
    const regrouped = new Set(setMemberships.map(({ keyId }) => keyId))
    const touched = new Set([...regrouped, ...putKeys.map(({ id }) => id)])
    for (const { slug } of putPools) for (const id of catalog.keysOf(slug)) touched.add(id)
    for (const id of touched) buckets.touch(id)
    buckets.settle()
    for (const row of putKeys) setKey(row)
    for (const id of touched) setMembers(id, regrouped.has(id) ? catalog.pools.keys() : [])
  }

  follow({ putPools: [...catalog.pools.values()], putKeys: [...catalog.keys.values()] })
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
