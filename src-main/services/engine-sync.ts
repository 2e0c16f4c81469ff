/** Keeps the engine in step with the catalog: what was configured is what it leases by. */
import { type PoolConfig, poolConfig } from '../../src-preload/contract/index.ts'
import type { PoolEngine, PoolRules, StrategyName } from '../pool/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'

/** A pool's whole configuration: what was set, over the defaults. */
export function configOf(row: Pick<PoolRow, 'config'>): PoolConfig {
  return poolConfig.parse(row.config)
}

/** Whether a key may be sent to where its pool points now. */
export function isTrusted(key: Pick<KeyRow, 'audience'>, origin: string | null): boolean {
  return origin === null || key.audience.includes(origin)
}

export function syncEngine(engine: PoolEngine, catalog: Catalog, originOf: (pool: PoolRow) => string | null): void {
  const setPool = (row: PoolRow) => (row.deletedAt === null ? engine.setPool(row.slug, rulesOf(row)) : engine.removePool(row.slug))
  const setKey = (row: KeyRow) => {
    if (row.deletedAt !== null) return engine.removeKey(row.id)
    engine.setKey({ id: row.id, enabled: row.enabled, expiresAt: row.expiresAt })
    setMembers(row)
  }
  const setMembers = (row: KeyRow, former: readonly string[] = []) => {
    const now = catalog.poolsOf(row.id)
    for (const slug of former) if (!now.has(slug)) engine.removeMember(slug, row.id)
    for (const [slug, rank] of now) {
      const pool = catalog.pools.get(slug)
      if (!pool || pool.deletedAt !== null) continue
      // A key that is bound to other origins is no candidate: leasing it could only fail.
      if (isTrusted(row, originOf(pool))) engine.setMember(slug, row.id, rank)
      else engine.removeMember(slug, row.id)
    }
  }
  const setMembersOf = (pool: PoolRow) => {
    for (const id of catalog.keysOf(pool.slug)) {
      const key = catalog.keys.get(id)
      if (key && key.deletedAt === null) setMembers(key)
    }
  }
  const follow = (writes: ConfigWrites) => {
    for (const slug of writes.removePools ?? []) engine.removePool(slug)
    for (const id of writes.removeKeys ?? []) engine.removeKey(id)
    for (const row of writes.putPools ?? []) {
      setPool(row)
      setMembersOf(row)
    }
    for (const row of writes.putKeys ?? []) setKey(row)
    const everyPool = writes.setMemberships?.length ? [...catalog.pools.keys()] : []
    for (const { keyId } of writes.setMemberships ?? []) {
      const key = catalog.keys.get(keyId)
      if (key && key.deletedAt === null) setMembers(key, everyPool)
    }
  }

  for (const row of catalog.pools.values()) setPool(row)
  for (const row of catalog.keys.values()) setKey(row)
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
