/** What a user of the apipool-server sees of pools and keys. What one does not see is answered as if it were not there. */
import { ApiProblem, type ApiUser } from '../../remote/server/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'

/** Drafts are for those who may change them. */
export function seesPool({ pools, role }: ApiUser, row: PoolRow): boolean {
  if (row.deletedAt !== null || (row.state === 'draft' && role !== 'admin')) return false
  return pools === null || pools.includes(row.slug)
}

/** A user of some pools sees the keys that are in them. */
export function seesKey(user: ApiUser, row: KeyRow, catalog: Pick<Catalog, 'livePoolsOf' | 'pools'>): boolean {
  if (row.deletedAt !== null) return false
  if (user.pools === null && user.role === 'admin') return true
  return catalog.livePoolsOf(row.id).some(({ pool }) => {
    const one = catalog.pools.get(pool)
    return one !== undefined && seesPool(user, one)
  })
}

/** Throws ApiProblem 404; 403 for a key that is in use where the user sees nothing: a change of it would reach there. */
export function changeableKey(
  user: ApiUser,
  identifier: string,
  catalog: Pick<Catalog, 'keyNamed' | 'livePoolsOf' | 'pools'>,
): KeyRow {
  const row = seenKey(user, identifier, catalog)
  const isForeign = user.pools !== null && catalog.livePoolsOf(row.id).some(({ pool }) => !user.pools?.includes(pool))
  if (isForeign) throw new ApiProblem(403, `API Key '${identifier}' is also in pools that you do not see`)
  return row
}

/** By its name here, or by its alias. Throws ApiProblem 404. */
export function seenPool(user: ApiUser, identifier: string, catalog: Pick<Catalog, 'pools'>): PoolRow {
  const row = poolNamed(identifier, catalog)
  if (row === undefined || !seesPool(user, row)) throw new ApiProblem(404, `Pool '${identifier}' not found`)
  return row
}

/** By its identifier, or by its id. Throws ApiProblem 404. */
export function seenKey(user: ApiUser, identifier: string, catalog: Pick<Catalog, 'keyNamed' | 'livePoolsOf' | 'pools'>): KeyRow {
  const row = catalog.keyNamed(identifier)
  if (row === undefined || !seesKey(user, row, catalog)) throw new ApiProblem(404, `API Key '${identifier}' not found`)
  return row
}

/** A live pool. */
export function poolNamed(identifier: string, { pools }: Pick<Catalog, 'pools'>): PoolRow | undefined {
  const named = pools.get(identifier)
  if (named?.deletedAt === null) return named
  for (const row of pools.values()) if (row.alias === identifier && row.deletedAt === null) return row
  return undefined
}

/** What a pool is called in the protocol. */
export function poolIdentifier({ alias, slug }: Pick<PoolRow, 'alias' | 'slug'>): string {
  return alias ?? slug
}
