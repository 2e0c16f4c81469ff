/** Where a call goes: always the pool's origin, always below its base path. */
import type { AuthStyle } from '../../src-preload/contract/index.ts'

interface TargetInput {
  baseUrl: URL
  /** '' or a path beginning with '/'. */
  rest: string
  /** '' or beginning with '?'. */
  query: string
  auth: AuthStyle
  /** Values that must not leave the machine (the client's own tokens). */
  clientTokens: readonly string[]
  /** The API keeps its key in `?key=`, so one that the client sends is a credential and nothing else. */
  keyInQuery: boolean
}

/** The path and query under the base URL, without the pool's own credential; null when they would leave its prefix. */
export function upstreamTarget(input: TargetInput): string | null {
  const prefix = input.baseUrl.pathname.replace(/\/+$/, '')
  const path = (prefix + belowBase(input.baseUrl, input.rest) || '/') + upstreamQuery(input)
  const parsed = URL.parse(path, input.baseUrl.href)
  if (parsed === null || parsed.origin !== input.baseUrl.origin) return null
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

/** SDKs differ in whether the base address has the version: `/v1` at its end and at the start of the rest is said once. */
export function belowBase(baseUrl: URL, rest: string): string {
  const version = /\/v\d+(?:(?:alpha|beta)\d*)?(?=\/*$)/.exec(baseUrl.pathname)?.[0]
  if (version === undefined) return rest
  return rest === version || rest.startsWith(`${version}/`) ? rest.slice(version.length) : rest
}

function upstreamQuery({ baseUrl, query, auth, clientTokens, keyInQuery }: TargetInput): string {
  const pairs = query.slice(1).split('&').filter((pair) => pair !== '' && !isCredential(pair))
  const all = baseUrl.search === '' ? pairs : [baseUrl.search.slice(1), ...pairs]
  return all.length === 0 ? '' : `?${all.join('&')}`

  function isCredential(pair: string): boolean {
    for (const [name, value] of new URLSearchParams(pair)) {
      if (clientTokens.includes(value)) return true
      if (auth.in === 'query' && name === auth.name) return true
      if (keyInQuery && name === 'key') return true
    }
    return false
  }
}
