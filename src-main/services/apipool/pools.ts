/** What the apipool-server does with pools. */
import type { Clock, PoolEngine } from '../../pool/types.ts'
import { ApiProblem, type ApiUser, type PoolCounts, type PoolDesk } from '../../remote/server/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { aliasOf, identifierOf } from '../keys/key-identifier.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { clearing } from '../pools/pools.ts'
import { rehearsePools } from '../pools/rehearsal.ts'
import type { PoolService } from '../types.ts'
import { baseUrlOfKeys, join, joiningKeys, settled } from './members.ts'
import { poolViewOf, rowChanged, rowOfInput, slugFor } from './pool-row.ts'
import { poolNamed, seenKey, seenPool, seesPool } from './rights.ts'
import { verificationOf } from './verification.ts'

interface PoolDeskDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  views: KeyViews
  engine: Pick<PoolEngine, 'pool'>
  pools: Pick<PoolService, 'remove'>
}

const actor = 'user'

export function createPoolDesk({ catalog, vault, clock, views, engine, pools }: PoolDeskDeps): PoolDesk {
  const audit = (action: string, subject: string) => [{ at: clock.now(), actor, action, subject } as const]
  /** Asked for at every call, so nothing is looked up for every key. Available are those that could serve now, as far as anybody knows. */
  const countsOf = ({ slug, provider }: PoolRow): PoolCounts => {
    const total = catalog.liveKeysOf(slug).length
    const usable = provider === 'demo' || vault.status().state === 'unlocked'
    const available = usable ? (engine.pool(slug)?.ready ?? 0) : 0
    return { available, archived: total - available, total }
  }
  const view = (row: PoolRow) => poolViewOf(row, catalog.liveKeysOf(row.slug).length)
  const live = () => [...catalog.pools.values()].filter(({ deletedAt }) => deletedAt === null)
  const sound = (row: PoolRow) => {
    rehearsePools(live().filter(({ slug }) => slug !== row.slug)).add(row)
    return row
  }
  /** One that is to be changed; the demo pool is nobody's to change. */
  const changing = (user: ApiUser, identifier: string) => {
    const row = seenPool(user, identifier, catalog)
    if (row.provider === 'demo') throw new ApiProblem(409, 'The demo pool is built in; make a pool of your own.')
    return row
  }

  return {
    list: (user) =>
      live()
        .filter((row) => seesPool(user, row))
        .toSorted((a, b) => b.createdAt - a.createdAt || (a.slug < b.slug ? -1 : 1))
        .map(view),
    get: (user, identifier) => view(seenPool(user, identifier, catalog)),
    members(user, identifier) {
      const { slug } = seenPool(user, identifier, catalog)
      return catalog.liveKeysOf(slug).map((key) => {
        const { priority = 0, weight = 1 } = catalog.poolsOf(key.id).get(slug) ?? {}
        const verification = verificationOf(key, views)
        return { identifier: identifierOf(key), alias: aliasOf(key), priority, weight, verification }
      })
    },
    counts: (user, identifier) => countsOf(seenPool(user, identifier, catalog)),
    create: (user, input) =>
      catalog.exclusive(async () => {
        if (user.pools !== null) throw new ApiProblem(403, 'Only a user of all pools can make one. Keywheel: Settings > Users.')
        const { identifier } = input
        if (poolNamed(identifier, catalog)) throw new ApiProblem(409, `Pool identifier '${identifier}' already exists`)
        const keys = joiningKeys(user, input.key_identifiers ?? [], catalog)
        const slug = slugFor(identifier, (name) => catalog.pools.has(name))
        const url = input.pool_config?.['base_url']
        const { newPools } = catalog.settings()
        const row = rowOfInput(input, slug, typeof url === 'string' ? url : baseUrlOfKeys(keys), clock.now(), newPools)
        const former = catalog.pools.has(slug) ? clearing(catalog, slug) : {}
        const rank = { priority: 0, weight: 1 }
        const more = { ...former, audit: audit('pool.create', slug) }
        // A trashed pool of that name goes first, so that its keys do not come back with it.
        await join(sound(row), keys, { user, rank, more, catalog, vault })
        return view(row)
      }),
    update: (user, identifier, patch) =>
      catalog.exclusive(async () => {
        const row = sound(rowChanged(changing(user, identifier), patch, clock.now()))
        await catalog.commit({ putPools: [row], audit: audit('pool.update', row.slug) })
        return view(row)
      }),
    async remove(user, identifier) {
      await pools.remove(seenPool(user, identifier, catalog).slug, actor)
    },
    addMembers: (user, identifier, { key_identifiers: names, priority, weight }) =>
      catalog.exclusive(async () => {
        const pool = changing(user, identifier)
        const keys = joiningKeys(user, names, catalog).filter(({ id }) => !catalog.poolsOf(id).has(pool.slug))
        const row = { ...settled(pool, keys), updatedAt: clock.now() }
        await join(row, keys, {
          user,
          rank: { priority, weight },
          more: { audit: audit('pool.members', pool.slug) },
          catalog,
          vault,
        })
        return view(row)
      }),
    removeMember: (user, identifier, name) =>
      catalog.exclusive(async () => {
        const { slug } = changing(user, identifier)
        const { id } = memberNamed(user, name, slug, catalog)
        const rest = [...catalog.poolsOf(id)].filter(([other]) => other !== slug)
        const setMemberships = [{ keyId: id, pools: rest.map(([pool, rank]) => ({ pool, ...rank })) }]
        await catalog.commit({ setMemberships, audit: audit('pool.members', slug) })
      }),
  }
}

function memberNamed(user: ApiUser, name: string, slug: string, catalog: Catalog): KeyRow {
  const none = new ApiProblem(404, 'Key is not a member of this pool')
  try {
    const key = seenKey(user, name, catalog)
    if (catalog.poolsOf(key.id).has(slug)) return key
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
  }
  throw none
}
