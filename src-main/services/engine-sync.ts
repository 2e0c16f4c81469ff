/** Keeps the engine in step with the catalog: what was configured is what it leases by. */
import { type PoolConfig, poolConfig } from '../../src-preload/contract/index.ts'
import type { PoolEngine, PoolRules, StrategyName } from '../pool/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'

/** A pool's whole configuration: what was set, over the defaults. */
export function configOf(row: Pick<PoolRow, 'config'>): PoolConfig {
  return poolConfig.parse(row.config)
}

export function syncEngine(engine: PoolEngine, catalog: Catalog): void {
  const setPool = (row: PoolRow) => {
    if (row.deletedAt === null) engine.setPool(row.slug, rulesOf(row))
    else engine.removePool(row.slug)
  }
  /** When the keys in the trash were made: one that comes back with another time is a new key in an old place. */
  const trashed = new Map<string, number>()
  const setKey = (row: KeyRow) => {
    const { id, expiresAt, createdAt } = row
    const isTrash = row.deletedAt !== null
    if (!isTrash && trashed.has(id) && trashed.get(id) !== createdAt) engine.removeKey(id)
    if (isTrash) trashed.set(id, createdAt)
    else trashed.delete(id)
    // Not removed while it can be brought back: what is known of it comes back as well.
    engine.setKey({ id, enabled: row.enabled && !isTrash, expiresAt })
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
      trashed.delete(id)
    }
    for (const row of writes.putPools ?? []) setPool(row)
    for (const row of writes.putKeys ?? []) setKey(row)
    const regrouped = new Set((writes.setMemberships ?? []).map(({ keyId }) => keyId))
    const touched = new Set([...regrouped, ...(writes.putKeys ?? []).map(({ id }) => id)])
    for (const { slug } of writes.putPools ?? []) for (const id of catalog.keysOf(slug)) touched.add(id)
    for (const id of touched) setMembers(id, regrouped.has(id) ? catalog.pools.keys() : [])
  }

  for (const row of catalog.pools.values()) setPool(row)
  for (const row of catalog.keys.values()) setKey(row)
  for (const id of catalog.keys.keys()) setMembers(id)
  catalog.observe(follow)
}

function rulesOf(row: PoolRow): PoolRules {
  const config = configOf(row)
  return {
    strategy: row.strategy satisfies StrategyName,
    concurrency: config.concurrency,
    keyConcurrency: config.keyConcurrency,
    rateLimit: config.rateLimit,
    rateIntervalMs: config.rateLimitInterval * 1000,
    cooldownBaseMs: config.cooldownBase * 1000,
    cooldownMaxMs: config.cooldownMax * 1000,
    hintMaxMs: config.hintMax * 1000,
    noCreditMs: config.noCreditCooldown * 1000,
    // Longer than any call may stay silent, so that only a lost lease is ever taken back.
    leaseMs: (config.timeout + config.connectTimeout + config.idleTimeout) * 1000 + 60_000,
  }
}
