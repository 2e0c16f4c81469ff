/** A key as people see it: its row, what the engine knows of it now, and never its secret. */
import type { Key, KeyCounts, KeyState } from '../../../src-preload/contract/index.ts'
import type { PoolEngine } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { accountOf, bucketOf } from './account.ts'

export interface KeyViews {
  view(row: KeyRow): Key
  state(row: KeyRow): KeyState
  counts(pool: string): KeyCounts
  /** Accounts among a pool's keys. */
  accounts(pool: string): number
  /** Takes over when keys were used before this start, in wall ms. */
  seedLastUsed(used: ReadonlyMap<string, number>): void
  /** The key has another secret since `at` (wall ms): what was known of it before says nothing any more. */
  renewed(id: string, at: number): void
}

export function createKeyViews(catalog: Catalog, engine: PoolEngine): KeyViews {
  let usedBefore: ReadonlyMap<string, number> = new Map()
  const renewals = new Map<string, number>()

  const state = (row: KeyRow): KeyState => {
    if (!row.enabled) return 'disabled'
    const runtime = engine.key(row.id)
    if (!runtime) return 'disabled'
    const renewedAt = renewals.get(row.id)
    const isUsed = runtime.proven || usedBefore.has(row.id)
    const isProven = row.checkedAt !== null || (isUsed && (renewedAt === undefined || (runtime.lastUsedAt ?? 0) > renewedAt))
    if (runtime.health === 'ready' && !isProven) return 'unchecked'
    return runtime.health
  }

  return {
    state,
    view(row) {
      const runtime = engine.key(row.id)
      return {
        id: row.id,
        identifier: row.identifier,
        label: row.label,
        provider: row.provider,
        hint: row.hint,
        tags: row.tags,
        notes: row.notes,
        enabled: row.enabled,
        state: state(row),
        reason: runtime?.reason ?? null,
        model: runtime?.model || null,
        until: runtime?.until ?? null,
        inFlight: runtime?.inFlight ?? 0,
        pools: catalog.livePoolsOf(row.id),
        limits: row.limits,
        limitZone: row.limitZone,
        budget: row.budget,
        outbound: row.outbound,
        account: accountOf(row),
        expiresAt: row.expiresAt,
        lastUsedAt: runtime?.lastUsedAt ?? usedBefore.get(row.id) ?? null,
        checkedAt: row.checkedAt,
        createdAt: row.createdAt,
      }
    },
    counts(pool) {
      const counts: KeyCounts = { total: 0, ready: 0, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 }
      for (const row of catalog.liveKeysOf(pool)) {
        counts.total += 1
        counts[state(row)] += 1
      }
      return counts
    },
    accounts: (pool) => new Set(catalog.liveKeysOf(pool).map(bucketOf)).size,
    seedLastUsed(used) {
      usedBefore = used
    },
    renewed: (id, at) => void renewals.set(id, at),
  }
}
