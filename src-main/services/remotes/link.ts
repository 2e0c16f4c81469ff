/** A pool here for a pool of another server. */
import {
  invalid,
  KeywheelError,
  type LinkCreate,
  type NewPools,
  providerIds,
  reservedSlugs,
} from '../../../src-preload/contract/index.ts'
import { findProvider } from '../../providers/index.ts'
import type { ServerConfig } from '../../remote/client/index.ts'
import type { ConfigWrites, KeyRow, LinkRow, PoolRow, RemoteRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { newPool } from '../pools/pool-row.ts'
import { clearing } from '../pools/pools.ts'
import { passKey } from './pass-key.ts'
import { reportedName } from './report.ts'

interface PlannedLink {
  link: LinkRow
  pool: PoolRow
  /** What a call through the server is leased: the server has the keys. Null for a synced pool, which gets its own. */
  key: KeyRow | null
}

/** SLUG_TAKEN, UNKNOWN_PROVIDER, UNSAFE_URL, INVALID_INPUT where it cannot be said whose API the keys are for. */
export function plannedLink(
  remote: RemoteRow,
  input: LinkCreate,
  { clientType }: Pick<ServerConfig, 'clientType'>,
  catalog: Pick<Catalog, 'pools' | 'links' | 'settings'>,
  now: number,
): PlannedLink {
  const { identifier, mode, interval, report } = input
  const same = [...catalog.links.values()].find((one) => one.remoteId === remote.id && one.identifier === identifier)
  if (same) throw invalid('identifier', `this pool is used here already, as "${same.pool}"`)
  const slug = input.pool ?? freeSlug(identifier, catalog)
  if (isTaken(slug, catalog)) {
    const fields = [{ path: 'pool', message: 'choose another name' }]
    throw new KeywheelError('SLUG_TAKEN', `There is a pool "${slug}" already.`, { fields })
  }
  const row = poolFor(remote, slug, input, clientType, { now, begin: catalog.settings().newPools })
  const pool = { ...row, alias: identifier === slug ? null : identifier }
  const link = { remoteId: remote.id, identifier, pool: slug, mode, interval, report, createdAt: now }
  return { link, pool, key: mode === 'proxy' ? passKey(remote, pool, now) : null }
}

/** The log is followed from its present end on. */
export function linkWrites({ link, pool, key }: PlannedLink, logEnd: number, catalog: Catalog): ConfigWrites {
  const { slug } = pool
  return {
    ...(catalog.pools.has(slug) ? clearing(catalog, slug) : {}),
    putPools: [pool],
    putLinks: [link],
    putSettings: { [reportedName(slug)]: logEnd },
    ...(key ? { putKeys: [key], setMemberships: [{ keyId: key.id, pools: [{ pool: slug, priority: 0, weight: 1 }] }] } : {}),
  }
}

interface Start {
  now: number
  /** How a new pool begins. */
  begin: NewPools
}

function poolFor({ name, url }: RemoteRow, slug: string, input: LinkCreate, clientType: string, { now, begin }: Start): PoolRow {
  const named = { slug, name: `${input.identifier} (${name})`.slice(0, 128), draft: false } as const
  const guess = providerIds.find((one) => one === clientType && one !== 'demo')
  if (input.mode === 'proxy') {
    // Azure's addresses need a table of its own, which is at the server.
    const provider = input.provider ?? (guess === 'azure-openai' ? undefined : guess) ?? 'custom'
    const auth = { in: 'header', name: 'authorization', format: 'Bearer {key}' } as const
    // Its one key stands for all of the server's: limits meant for a key of one's own would choke them.
    return newPool({ ...named, provider, baseUrl: url, auth }, now)
  }
  const provider = input.provider ?? guess
  if (provider === undefined) throw invalid('provider', 'say whose API these keys are for; the server does not')
  if (provider === 'demo') throw invalid('provider', 'the demo pool has keys of its own')
  if (input.baseUrl === undefined && findProvider(provider)?.baseUrl === null) {
    throw invalid('baseUrl', 'give the address of the API that these keys are for')
  }
  return newPool({ ...named, provider, ...(input.baseUrl === undefined ? {} : { baseUrl: input.baseUrl }) }, now, begin)
}

const isTaken = (slug: string, { pools, links }: Pick<Catalog, 'pools' | 'links'>) =>
  pools.get(slug)?.deletedAt === null || links.has(slug)

/** The identifier in letters that a path takes; with a number behind it where that is taken. */
function freeSlug(identifier: string, catalog: Pick<Catalog, 'pools' | 'links'>): string {
  const plain = identifier
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 56)
  const base = plain === '' || (reservedSlugs as readonly string[]).includes(plain) ? `pool-${plain}`.replace(/-$/, '') : plain
  for (let n = 1; ; n += 1) {
    const slug = n === 1 ? base : `${base}-${n}`
    if (!isTaken(slug, catalog)) return slug
  }
}
