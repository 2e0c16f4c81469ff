/** Pools: made, changed, trashed and brought back. */
import { invalid, KeywheelError, type Pool } from '../../../src-preload/contract/index.ts'
import { inNaturalOrder } from '../../base/natural-order.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import { providers } from '../../providers/index.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { type DemoUpstream, demoWrites } from '../demo.ts'
import type { Drill } from '../drill/drill.ts'
import { extendAudience, isTrusted } from '../keys/audience.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { trashMs } from '../trash.ts'
import type { Actor, PoolService } from '../types.ts'
import { withTargets } from './fallback-targets.ts'
import { accountsOf } from './pool-accounts.ts'
import { newPool, patched } from './pool-row.ts'
import { configOf } from './pool-rules.ts'
import { assertSuccessor } from './pool-successor.ts'
import { providerView } from './provider-view.ts'
import { rehearsePools } from './rehearsal.ts'
import { runwayOf } from './runway.ts'

export interface PoolServiceDeps {
  catalog: Catalog
  vault: Vault
  engine: Pick<PoolEngine, 'meters'>
  clock: Clock
  views: KeyViews
  demo: DemoUpstream
  drill: Pick<Drill, 'run'>
}

export function createPoolService({ catalog, vault, engine, clock, views, demo, drill }: PoolServiceDeps): PoolService {
  const audit = (actor: Actor, action: string, subject: string) => [{ at: clock.now(), actor, action, subject }]

  const view = (row: PoolRow): Pool => {
    const origin = demo.originOf(row)
    let untrustedKeys = 0
    for (const id of catalog.keysOf(row.slug)) {
      const key = catalog.keys.get(id)
      if (key && key.deletedAt === null && !isTrusted(key, origin)) untrustedKeys += 1
    }
    return {
      slug: row.slug,
      name: row.name,
      alias: row.alias,
      state: row.state,
      // One in the trash may come back; nobody is sent there meanwhile.
      successor: catalog.pools.get(row.successor ?? '')?.deletedAt === null ? row.successor : null,
      provider: row.provider,
      baseUrl: demo.baseUrlOf(row),
      auth: row.auth,
      strategy: row.strategy,
      config: configOf(row),
      keys: views.counts(row.slug),
      accounts: views.accounts(row.slug),
      untrustedKeys,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    }
  }

  const livePools = () => [...catalog.pools.values()].filter((row) => row.deletedAt === null)

  /** The row as it may be stored. INVALID_INPUT for a fallback that leads nowhere, to another API or in a circle. */
  const sound = (row: PoolRow): PoolRow => {
    const others = new Map(livePools().map((pool) => [pool.slug, pool]))
    others.delete(row.slug)
    const clear = withTargets(row, (slug) => others.get(slug))
    rehearsePools([...others.values(), clear]).add(clear)
    return clear
  }

  const put = async (row: PoolRow, actor: Actor, action: string, more: ConfigWrites = {}) => {
    await catalog.commit({ ...more, putPools: [row], audit: audit(actor, action, row.slug) })
    return view(row)
  }

  return {
    list: () =>
      livePools()
        .toSorted((a, b) => inNaturalOrder(a.slug, b.slug))
        .map(view),
    get: (slug) => view(catalog.pool(slug)),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        const former = catalog.pools.get(input.slug)
        if (former && former.deletedAt === null) throw taken(input.slug)
        if (input.provider === 'demo') throw invalid('provider', 'the demo pool is made with POST /api/pools-demo')
        const made = sound(newPool(input, clock.now(), catalog.settings().newPools))
        // A new pool takes the place of a trashed one of the same name; that one's keys do not come with it.
        return put(made, actor, 'pool.create', former ? clearing(catalog, former.slug) : {})
      }),
    update: (slug, patch, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pool(slug)
        if (row.provider === 'demo' && (patch.baseUrl !== undefined || patch.auth)) {
          throw invalid(patch.auth ? 'auth' : 'baseUrl', 'the demo pool always speaks to the built-in upstream')
        }
        if (catalog.links.get(slug)?.mode === 'proxy' && (patch.baseUrl !== undefined || patch.auth)) {
          throw invalid(patch.auth ? 'auth' : 'baseUrl', 'the calls of this pool go through its server')
        }
        const changed = { ...patched(row, patch, catalog.settings().newPools), updatedAt: clock.now() }
        // Rules that were there before may lead to a pool that is gone meanwhile: they are in nobody's way.
        return put(patch.config?.fallback === undefined ? changed : sound(changed), actor, 'pool.update')
      }),
    remove: (slug, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pool(slug)
        const deletedAt = clock.now()
        await put({ ...row, deletedAt }, actor, 'pool.remove')
        return { undoUntil: deletedAt + trashMs }
      }),
    restore: (slug, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pools.get(slug)
        if (!row)
          throw new KeywheelError('POOL_NOT_FOUND', 'This pool was destroyed when the time to undo was over. Make it again.')
        if (row.deletedAt === null) return view(row)
        if (row.provider === 'demo') await demo.start()
        return put({ ...row, deletedAt: null }, actor, 'pool.restore')
      }),
    publish: (slug, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pool(slug)
        return put({ ...row, state: 'published', successor: null, updatedAt: clock.now() }, actor, 'pool.publish')
      }),
    retire: (slug, successor, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pool(slug)
        if (row.state === 'draft') throw invalid('slug', 'this pool was never published; delete it instead')
        if (successor !== null) assertSuccessor(slug, successor, catalog)
        return put({ ...row, state: 'retired', successor, updatedAt: clock.now() }, actor, 'pool.retire')
      }),
    trust: (slug, actor) =>
      catalog.exclusive(async () => {
        const pool = catalog.pool(slug)
        const origin = demo.originOf(pool)
        const keys = [...catalog.keysOf(slug)]
          .map((id) => catalog.keys.get(id))
          .filter((key): key is KeyRow => key !== undefined && !isTrusted(key, origin))
        if (origin === null || keys.length === 0) return { keys: 0 }
        await extendAudience(catalog, vault, keys, [origin], audit(actor, 'pool.trust', slug))
        return { keys: keys.length }
      }),
    demo: (actor) =>
      catalog.exclusive(async () => {
        const existing = catalog.pools.get('demo')
        if (existing && existing.deletedAt === null && existing.provider !== 'demo') throw taken('demo')
        await demo.start()
        if (existing && existing.deletedAt === null) return view(existing)
        const now = clock.now()
        // It shows Keywheel as it is made, whatever other pools begin with.
        const pool = newPool({ slug: 'demo', name: 'Demo', draft: false, provider: 'demo' }, now)
        return put(pool, actor, 'pool.demo', { ...(existing ? clearing(catalog, 'demo') : {}), ...demoWrites(now) })
      }),
    accounts: (slug) => accountsOf(catalog.liveKeysOf(catalog.pool(slug).slug), { engine, views }),
    runway: (query) => runwayOf(query, { catalog, engine, clock }),
    drill: (slug) => drill.run(slug),
    providers: () => Object.values(providers).map(providerView),
  }
}

/** Takes a trashed pool out of the way, so that its keys do not come into the one that takes its name; demo keys go with it. */
export function clearing(catalog: Catalog, slug: string): Pick<ConfigWrites, 'removePools' | 'removeKeys'> {
  const demoKeys = [...catalog.keysOf(slug)].filter((id) => catalog.keys.get(id)?.provider === 'demo')
  return { removePools: [slug], removeKeys: demoKeys }
}

const taken = (slug: string) =>
  new KeywheelError('SLUG_TAKEN', `There is a pool "${slug}" already.`, {
    fields: [{ path: 'slug', message: 'choose another name' }],
  })
