/** Where clients of a retired pool are sent. */
import { invalid } from '../../../src-preload/contract/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'

/** POOL_NOT_FOUND; INVALID_INPUT for the pool itself, a draft, and one whose own successors lead back. */
export function assertSuccessor(slug: string, successor: string, catalog: Pick<Catalog, 'pool' | 'pools'>): void {
  if (successor === slug) throw invalid('successor', 'a pool cannot take its own place')
  if (catalog.pool(successor, 'successor').state === 'draft') throw invalid('successor', 'that pool is a draft; publish it first')
  const seen = new Set<string>()
  // Through the trash as well: what is in it may come back.
  for (let next: string | null = successor; next !== null && !seen.has(next); next = catalog.pools.get(next)?.successor ?? null) {
    if (next === slug) throw invalid('successor', 'it leads back to this pool')
    seen.add(next)
  }
}

/** Pools whose clients were sent to some that are destroyed now: they are sent nowhere. */
export function pointingElsewhere(pools: Iterable<PoolRow>, gone: readonly string[], now: number): PoolRow[] {
  return [...pools]
    .filter(({ slug, successor }) => successor !== null && gone.includes(successor) && !gone.includes(slug))
    .map((row) => ({ ...row, successor: null, updatedAt: now }))
}
