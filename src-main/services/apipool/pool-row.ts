/** Pools of the apipool protocol as rows: it has no base URL and no provider, so both are made of what it has. */
import {
  type AuthStyle,
  type NewPools,
  type PoolConfigInput,
  providerIds,
  reservedSlugs,
} from '../../../src-preload/contract/index.ts'
import { providers } from '../../providers/index.ts'
import {
  baseUrlName,
  type PoolChange,
  type PoolInput,
  type PoolView,
  poolConfigView,
  withPoolConfig,
} from '../../remote/server/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import { baseUrlFor } from '../pools/base-url.ts'
import { newPool, providerOf } from '../pools/pool-row.ts'
import { configOf } from '../pools/pool-rules.ts'
import { poolIdentifier } from './rights.ts'

/** Of a pool whose address nobody gave yet; `.invalid` never leads anywhere (RFC 2606). */
const unsetUrl = 'https://unset.invalid'

export function isUnset({ baseUrl }: Pick<PoolRow, 'baseUrl'>): boolean {
  return baseUrl === unsetUrl
}

/** `slug` is free; `begin` = how a new pool begins. `baseUrl` null = nobody gave one. UNSAFE_URL. */
export function rowOfInput(input: PoolInput, slug: string, baseUrl: string | null, now: number, begin: NewPools): PoolRow {
  const { provider, url, auth } = originOf(input.client_type)
  const row = newPool(
    {
      slug,
      name: input.name,
      draft: false,
      provider,
      baseUrl: baseUrl ?? url ?? unsetUrl,
      ...(auth ? { auth } : {}),
      strategy: input.rotation_strategy,
      config: { clientType: input.client_type },
    },
    now,
    begin,
  )
  const change: PoolChange = {
    description: input.description,
    reach_limit_exception: input.reach_limit_exception,
    pool_config: input.pool_config,
  }
  return { ...rowChanged(row, change, now), alias: input.identifier === slug ? null : input.identifier }
}

/** Null leaves a field as it is, an empty text clears it. UNSAFE_URL for a `base_url` that may not be. */
export function rowChanged(row: PoolRow, change: PoolChange, now: number): PoolRow {
  const { config: rest, description } = row.extras ?? { config: {}, description: null }
  const given = change.pool_config
  const stored = given == null ? { settings: row.config, rest } : withPoolConfig(row.config, given)
  const settings: PoolConfigInput = { ...stored.settings }
  if (change.reach_limit_exception === '') delete settings.reachLimitException
  else if (change.reach_limit_exception != null) settings.reachLimitException = change.reach_limit_exception
  const url = given?.[baseUrlName]
  const said = change.description == null ? description : change.description || null
  return {
    ...row,
    name: change.name ?? row.name,
    strategy: change.rotation_strategy ?? row.strategy,
    baseUrl: typeof url === 'string' ? baseUrlFor(providers[providerOf(row.provider)], url) : row.baseUrl,
    config: settings,
    extras: said === null && Object.keys(stored.rest).length === 0 ? null : { description: said, config: stored.rest },
    updatedAt: now,
  }
}

export function poolViewOf(row: PoolRow, memberCount: number): PoolView {
  const { clientType, reachLimitException } = configOf(row)
  return {
    id: row.slug,
    identifier: poolIdentifier(row),
    name: row.name,
    description: row.extras?.description ?? null,
    clientType: clientType || 'generic',
    reachLimitException,
    strategy: row.strategy,
    config: poolConfigView({ settings: row.config, rest: row.extras?.config ?? {} }, row.baseUrl),
    active: row.state === 'published',
    memberCount,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}

/** A free slug for an identifier: itself where it is one. */
export function slugFor(identifier: string, isTaken: (slug: string) => boolean): string {
  const isSlug = (text: string) => /^[a-z0-9][a-z0-9-]{0,63}$/.test(text) && !(reservedSlugs as readonly string[]).includes(text)
  if (isSlug(identifier)) return identifier
  const plain = identifier
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 56)
  const base = isSlug(plain) ? plain : `pool-${plain}`.replace(/-+$/, '')
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? base : `${base}-${n}`
    if (!isTaken(slug)) return slug
  }
}

/** What a client_type says of where a pool leads. */
function originOf(clientType: string): { provider: string; url: string | null; auth?: AuthStyle } {
  if (clientType === 'googlemaps') {
    return { provider: 'custom', url: 'https://maps.googleapis.com', auth: { in: 'query', name: 'key', format: '{key}' } }
  }
  const named = providerIds.find((id) => id === clientType && id !== 'demo')
  return { provider: named ?? 'custom', url: named === undefined ? null : providers[named].baseUrl }
}
