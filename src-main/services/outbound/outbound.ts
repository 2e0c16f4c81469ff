/** By which way calls leave this machine: as the key says, else its pool, else the settings. */
import { isIP } from 'node:net'
import { isLoopback } from '../../proxy/forward/upstream-address.ts'
import type { ProxyPool, Way } from '../../proxy/types.ts'
import type { PoolRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { configOf } from '../pools/pool-rules.ts'
import { environmentProxies, type ProxyAddress } from './environment.ts'
import { type Excepts, noProxy } from './exceptions.ts'

export interface WaysDeps {
  catalog: Pick<Catalog, 'keys' | 'settings' | 'observe'>
  /** Read once: what a running program's environment says does not change. */
  env: Readonly<Record<string, string | undefined>>
}

/** What of a pool decides. */
export type Leaving = Pick<ProxyPool, 'baseUrl' | 'config'>

/**
 * The way of a call with this key to this pool. Changed settings count from the next call on. INVALID_INPUT when the environment is
 * to decide and names something that is no proxy: going out without one then would show where it was to be hidden.
 */
export type WayFor = (keyId: string, pool: Leaving) => Way

export function createWays({ catalog, env }: WaysDeps): WayFor {
  const environment = environmentProxies(env)
  // Asked at every attempt; a pool's object lives as long as nothing about it changes.
  let known = new WeakMap<Leaving, Map<string, Way>>()
  let excepts = noProxy(catalog.settings().noProxy)
  catalog.observe(({ putSettings }) => {
    if (putSettings === undefined) return
    known = new WeakMap()
    excepts = noProxy(catalog.settings().noProxy)
  })

  const proxyOf = (outbound: string, url: URL): ProxyAddress | null => {
    if (outbound === 'direct' || isDirect(url, excepts)) return null
    if (outbound !== 'system') return { proxy: new URL(outbound) }
    return isDirect(url, environment.excepts) ? null : environment.proxyFor(url.protocol)
  }
  return (keyId, pool) => {
    const outbound = catalog.keys.get(keyId)?.outbound ?? pool.config.outbound ?? catalog.settings().outbound
    const ways = known.get(pool) ?? new Map<string, Way>()
    known.set(pool, ways)
    const found = ways.get(outbound)
    if (found !== undefined) return found
    const way = { proxy: null, ...proxyOf(outbound, pool.baseUrl), http2: pool.config.http2 }
    ways.set(outbound, way)
    return way
  }
}

/** This machine itself is never reached through a proxy. */
function isDirect(url: URL, excepts: Excepts): boolean {
  return isThisMachine(url) || excepts(hostOf(url), Number(url.port || (url.protocol === 'https:' ? 443 : 80)))
}

export function isThisMachine(url: URL): boolean {
  const host = hostOf(url)
  return isIP(host) === 0 ? /(^|\.)localhost$/i.test(host) : isLoopback(host)
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

/** fetch for calls of our own with a key of a pool, by the way that forwarded calls go. */
export function createFetchFor(
  wayFor: WayFor,
  fetchBy: (way: Way) => typeof globalThis.fetch,
  baseUrlOf: (pool: PoolRow) => string,
): (keyId: string, pool: PoolRow) => typeof globalThis.fetch {
  return (keyId, pool) => fetchBy(wayFor(keyId, { baseUrl: new URL(baseUrlOf(pool)), config: configOf(pool) }))
}
