/** Where a call goes: always the pool's origin, always below its base path. */
import type { AuthStyle } from '../../../src-preload/contract/index.ts'
import type { ProxyPool } from '../types.ts'

interface TargetInput {
  pool: Pick<ProxyPool, 'baseUrl' | 'provider' | 'auth'>
  /** '' or a path beginning with '/'. */
  rest: string
  /** '' or beginning with '?'. */
  query: string
  /** The pool that was asked for, when it is another: the client may have put a credential where that one's goes. */
  asked?: Pick<ProxyPool, 'auth'>
  /** Values that must not leave the machine (the client's own tokens). */
  clientTokens: readonly string[]
}

/** Segments that no parser of addresses changes or takes for something else. */
const plain = /^(?:\/[A-Za-z0-9_~:-][A-Za-z0-9_~:.-]*)+$/

/** The path and query under the base URL, without the pool's own credential; null when they would leave its prefix. */
export function upstreamTarget(input: TargetInput): string | null {
  const { baseUrl } = input.pool
  const prefix = baseUrl.pathname.replace(/\/+$/, '')
  const rest = belowBase(input.pool, input.rest)
  const path = (prefix + rest || '/') + upstreamQuery(input)
  if (plain.test(rest)) return path
  const parsed = URL.parse(path, baseUrl.href)
  if (parsed === null || parsed.origin !== baseUrl.origin) return null
  const inside = parsed.pathname === prefix || parsed.pathname.startsWith(`${prefix}/`)
  return inside ? path : null
}

/** Adds the key as a query parameter, for the upstreams that want it there. */
export function withQueryKey(path: string, auth: AuthStyle, secret: string): string {
  const pair = `${encodeURIComponent(auth.name)}=${encodeURIComponent(credential(auth, secret))}`
  return path + (path.includes('?') ? '&' : '?') + pair
}

/** The credential as the upstream wants it written. */
export function credential(auth: AuthStyle, secret: string): string {
  return auth.format.replace('{key}', () => secret)
}

const leadingVersion = /^\/v\d+(?:(?:alpha|beta)\d*)?(?=\/|$)/

/** `/v1`, `/v1beta`, … at the end of a base address. */
function baseVersion(baseUrl: URL): string | undefined {
  return /\/v\d+(?:(?:alpha|beta)\d*)?(?=\/*$)/.exec(baseUrl.pathname)?.[0]
}

/**
 * What follows the base path. SDKs differ in whether the base address has the version: `/v1` at its end and at the start of the
 * rest is said once. Google's SDKs also differ in which version they say (v1 or v1beta); there the base URL's wins.
 */
export function belowBase({ baseUrl, provider }: Pick<ProxyPool, 'baseUrl' | 'provider'>, rest: string): string {
  const version = baseVersion(baseUrl)
  if (version === undefined) return rest
  const said = provider.format === 'gemini' ? /^\/v1(?:alpha|beta)?(?=\/|$)/.exec(rest)?.[0] : version
  return said !== undefined && (rest === said || rest.startsWith(`${said}/`)) ? rest.slice(said.length) : rest
}

/**
 * What follows another pool's name for the same call. Whoever leaves the version to the base address (or says it himself) meets a
 * base address that does it the other way round.
 */
export function portableRest(from: Pick<ProxyPool, 'baseUrl'>, to: Pick<ProxyPool, 'baseUrl'>, rest: string): string {
  const said = leadingVersion.exec(rest)?.[0]
  const tail = said === undefined ? rest : rest.slice(said.length)
  if (baseVersion(to.baseUrl) !== undefined) return tail
  return (baseVersion(from.baseUrl) ?? said ?? '') + tail
}

function upstreamQuery({ pool, query, asked = pool, clientTokens }: TargetInput): string {
  const { baseUrl, auth, provider } = pool
  // Only of somebody else's API is it not known what `key` means there.
  const keyIsCredential = provider.id !== 'custom'
  const pairs = query
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !isCredential(pair))
  const all = baseUrl.search === '' ? pairs : [baseUrl.search.slice(1), ...pairs]
  return all.length === 0 ? '' : `?${all.join('&')}`

  function isCredential(pair: string): boolean {
    for (const [name, value] of new URLSearchParams(pair)) {
      if (clientTokens.includes(value)) return true
      if ([auth, asked.auth].some((one) => one.in === 'query' && one.name === name)) return true
      if (keyIsCredential && name === 'key') return true
    }
    return false
  }
}
