/** Pools: made, changed, trashed and brought back. */
import {
  type AuthStyle,
  invalid,
  KeywheelError,
  type Pool,
  type PoolConfigInput,
  type PoolCreate,
  type PoolPatch,
  type Provider,
  type ProviderId,
  poolConfig,
  providerIds,
} from '../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../pool/types.ts'
import { providers } from '../providers/index.ts'
import type { ProviderDefinition } from '../providers/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import { extendAudience, isTrusted } from './audience.ts'
import { safeBaseUrl } from './base-url.ts'
import type { Catalog } from './catalog.ts'
import { type DemoUpstream, demoWrites } from './demo.ts'
import { withTargets } from './fallback-targets.ts'
import type { KeyViews } from './key-view.ts'
import { limitsByModel } from './limit-rules.ts'
import { accountsOf } from './pool-accounts.ts'
import { configOf } from './pool-rules.ts'
import { rehearsePools } from './rehearsal.ts'
import { trashMs } from './trash.ts'
import type { Actor, PoolService } from './types.ts'

export interface PoolServiceDeps {
  catalog: Catalog
  vault: Vault
  engine: Pick<PoolEngine, 'meters'>
  clock: Clock
  views: KeyViews
  demo: DemoUpstream
}

export function createPoolService({ catalog, vault, engine, clock, views, demo }: PoolServiceDeps): PoolService {
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
        .toSorted((a, b) => a.slug.localeCompare(b.slug))
        .map(view),
    get: (slug) => view(catalog.pool(slug)),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        const former = catalog.pools.get(input.slug)
        if (former && former.deletedAt === null) throw taken(input.slug)
        if (input.provider === 'demo') throw invalid('provider', 'the demo pool is made with POST /api/pools-demo')
        const made = sound(newPool(input, clock.now()))
        // A new pool takes the place of a trashed one of the same name; that one's keys do not come with it.
        return put(made, actor, 'pool.create', former ? clearing(catalog, former.slug) : {})
      }),
    update: (slug, patch, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.pool(slug)
        if (row.provider === 'demo' && (patch.baseUrl !== undefined || patch.auth)) {
          throw invalid(patch.auth ? 'auth' : 'baseUrl', 'the demo pool always speaks to the built-in upstream')
        }
        const changed = { ...patched(row, patch), updatedAt: clock.now() }
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
        const pool = newPool({ slug: 'demo', name: 'Demo', provider: 'demo', strategy: 'round_robin' }, now)
        return put(pool, actor, 'pool.demo', { ...(existing ? clearing(catalog, 'demo') : {}), ...demoWrites(now) })
      }),
    accounts: (slug) => accountsOf(catalog.liveKeysOf(catalog.pool(slug).slug), { engine, views }),
    providers: () => Object.values(providers).map(providerView),
  }
}

function providerView(definition: ProviderDefinition): Provider {
  const { id, name, baseUrl, auth, freeCheck, keysUrl, keyHint, presets, resetZone } = definition
  return {
    id,
    name,
    baseUrl,
    auth,
    freeCheck: freeCheck !== null,
    keysUrl,
    keyHint,
    presets: presets.map((preset) => ({ ...preset, limits: limitsByModel(preset.limits) })),
    resetZone,
  }
}

function patched(row: PoolRow, patch: PoolPatch): PoolRow {
  return {
    ...row,
    name: patch.name ?? row.name,
    baseUrl: patch.baseUrl === undefined ? row.baseUrl : safeBaseUrl(patch.baseUrl),
    auth: patch.auth ?? row.auth,
    strategy: patch.strategy ?? row.strategy,
    config: patch.config === undefined ? row.config : mergeConfig(patch.config === null ? {} : row.config, patch.config ?? {}),
  }
}

/** Takes a trashed pool out of the way, so that its keys do not come into the one that takes its name; demo keys go with it. */
export function clearing(catalog: Catalog, slug: string): Pick<ConfigWrites, 'removePools' | 'removeKeys'> {
  const demoKeys = [...catalog.keysOf(slug)].filter((id) => catalog.keys.get(id)?.provider === 'demo')
  return { removePools: [slug], removeKeys: demoKeys }
}

/** A pool row from what a person gave, with the provider's own address and auth where nothing was given. */
export function newPool(input: PoolCreate, now: number): PoolRow {
  const provider = providers[providerOf(input.provider)]
  // The demo pool's address is the built-in upstream's, which changes at each start.
  const baseUrl = provider.id === 'demo' ? '' : (input.baseUrl ?? provider.baseUrl)
  if (baseUrl === null) throw invalid('baseUrl', `the provider "${provider.id}" needs the address of its API`)
  return {
    slug: input.slug,
    name: input.name ?? input.slug,
    provider: provider.id,
    baseUrl: baseUrl && safeBaseUrl(baseUrl),
    auth: input.auth ?? (provider.auth satisfies AuthStyle),
    strategy: input.strategy,
    config: mergeConfig({}, input.config ?? {}),
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }
}

/** UNKNOWN_PROVIDER. */
export function providerOf(name: string): ProviderId {
  const found = providerIds.find((id) => id === name)
  if (found) return found
  const message = `There is no provider "${name.slice(0, 64)}". Use one of: ${providerIds.join(', ')}.`
  throw new KeywheelError('UNKNOWN_PROVIDER', message, { fields: [{ path: 'provider', message }] })
}

/** Keeps only what differs from the defaults, so that a better default reaches everyone who never chose. */
function mergeConfig(before: PoolConfigInput, patch: PoolConfigInput): PoolConfigInput {
  const defaults: Record<string, unknown> = poolConfig.parse({})
  const merged = Object.entries({ ...before, ...patch })
  return Object.fromEntries(
    merged.filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults[name])),
  )
}

const taken = (slug: string) =>
  new KeywheelError('SLUG_TAKEN', `There is a pool "${slug}" already.`, {
    fields: [{ path: 'slug', message: 'choose another name' }],
  })
