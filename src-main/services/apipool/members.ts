/** Keys that join a pool at the apipool-server. Nobody there can bind a key to another address than it was given for. */

import { providers } from '../../providers/index.ts'
import { ApiProblem, type ApiUser, type MembersInput } from '../../remote/server/index.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { identifierOf } from '../keys/key-identifier.ts'
import { baseUrlFor } from '../pools/base-url.ts'
import { providerOf } from '../pools/pool-row.ts'
import { isUnset } from './pool-row.ts'
import { seenKey } from './rights.ts'

type Rank = Pick<MembersInput, 'priority' | 'weight'>

/** The keys of these names. ApiProblem 404 also for one that is switched off. */
export function joiningKeys(user: ApiUser, names: readonly string[], catalog: Catalog): KeyRow[] {
  return [...new Set(names)].map((name) => {
    const row = seenKey(user, name, catalog)
    if (!row.enabled) throw new ApiProblem(404, `API Key '${name}' not found`)
    return row
  })
}

/** Where keys say that they belong (client_config.base_url), when they agree. */
export function baseUrlOfKeys(keys: readonly KeyRow[]): string | null {
  const urls = new Set(keys.map(({ clientConfig }) => clientConfig?.['base_url']).filter((url) => typeof url === 'string'))
  const [url] = urls
  return urls.size === 1 && url !== undefined ? url : null
}

/** The pool, with the address of its first keys when it has none of its own. UNSAFE_URL. */
export function settled(pool: PoolRow, keys: readonly KeyRow[]): PoolRow {
  const url = isUnset(pool) ? baseUrlOfKeys(keys) : null
  return url === null ? pool : { ...pool, baseUrl: baseUrlFor(providers[providerOf(pool.provider)], url) }
}

/** Writes pool and memberships, and binds keys that were bound to nothing yet. ApiProblem 409 for a key of another address. */
export async function join(
  pool: PoolRow,
  keys: readonly KeyRow[],
  { user, rank, more, catalog, vault }: { user: ApiUser; rank: Rank; more: ConfigWrites; catalog: Catalog; vault: Vault },
): Promise<void> {
  const { origin } = new URL(pool.baseUrl)
  const foreign = keys.find(({ audience }) => audience.length > 0 && !audience.includes(origin))
  if (foreign !== undefined && !isUnset(pool)) throw elsewhere(foreign, origin)
  const unbound = isUnset(pool) ? [] : keys.filter(({ audience, fingerprint }) => audience.length === 0 && fingerprint !== null)
  const [first] = unbound
  if (first !== undefined && !user.mayReveal && !isProvidersOwn(pool)) throw nowhere(first)
  const writes: ConfigWrites = {
    ...more,
    putPools: [pool],
    putKeys: unbound.map((row) => ({ ...row, audience: [origin] })),
    setMemberships: keys.map(({ id }) => ({
      keyId: id,
      pools: [...[...catalog.poolsOf(id)].map(([slug, old]) => ({ pool: slug, ...old })), { pool: pool.slug, ...rank }],
    })),
  }
  if (unbound.length === 0) return catalog.commit(writes)
  const entries = unbound.map(({ id }) => ({ ...vault.get(id), audience: [origin] }))
  await vault.set(entries, (vaultWrites) => catalog.commit({ ...writes, vault: vaultWrites }))
}

/** Whoever leads a key to an address of their own can read it there. */
function isProvidersOwn({ provider, baseUrl }: PoolRow): boolean {
  const own = providers[providerOf(provider)].baseUrl
  return own !== null && new URL(own).origin === new URL(baseUrl).origin
}

function nowhere(key: KeyRow): ApiProblem {
  const name = identifierOf(key)
  return new ApiProblem(
    403,
    `API Key '${name}' is bound to no address yet, and only who may read raw keys can lead it to one of their own choice.`,
  )
}

function elsewhere(key: KeyRow, origin: string): ApiProblem {
  const bound = key.audience.join(', ')
  return new ApiProblem(
    409,
    `API Key '${identifierOf(key)}' is bound to ${bound}, and this pool leads to ${origin}. Confirm that in Keywheel: Pools.`,
  )
}
