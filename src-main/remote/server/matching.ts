/** From a method and an address to a route. */
import type { ApiRoute, ApiRoutes } from './types.ts'

type Found =
  | { kind: 'route'; route: ApiRoute; params: Record<string, string> }
  /** There is something at this address, for these methods. */
  | { kind: 'other-methods'; allowed: string[] }
  | { kind: 'none' }

interface Entry {
  method: string
  /** Null = any text, whose name is in `names` at the same place. */
  fixed: (string | null)[]
  names: string[]
  route: ApiRoute
}

/** `path` is below /api/v1, as it came. */
export type Matcher = (method: string, path: string) => Found

/** Addresses are split at their slashes before they are decoded: a slash inside a name is `%2F`. Throws for two routes of one address. */
export function matcherOf(tables: readonly ApiRoutes[]): Matcher {
  const entries = tables.flatMap((table) => Object.entries(table).map(([line, route]) => entryOf(line, route)))
  entries.sort(fixedFirst)
  const seen = new Set<string>()
  for (const { method, fixed } of entries) {
    const address = `${method} ${fixed.map((text) => text ?? '{}').join('/')}`
    if (seen.has(address)) throw new Error(`two routes for ${address}`)
    seen.add(address)
  }
  return (method, path) => {
    const segments = segmentsOf(path)
    const fitting = segments === null ? [] : entries.filter(({ fixed }) => fits(fixed, segments))
    const entry = fitting.find((one) => one.method === method)
    if (entry && segments) return { kind: 'route', route: entry.route, params: paramsOf(entry, segments) }
    if (fitting.length === 0) return { kind: 'none' }
    return { kind: 'other-methods', allowed: [...new Set(fitting.map((one) => one.method))].toSorted() }
  }
}

function entryOf(line: string, route: ApiRoute): Entry {
  const space = line.indexOf(' ')
  const segments = line.slice(space + 2).split('/')
  const isName = (segment: string) => segment.startsWith('{')
  return {
    method: line.slice(0, space),
    fixed: segments.map((segment) => (isName(segment) ? null : segment)),
    names: segments.map((segment) => (isName(segment) ? segment.slice(1, -1) : '')),
    route,
  }
}

/** `/keys/raw` goes before `/keys/{identifier}`. */
function fixedFirst(a: Entry, b: Entry): number {
  for (const [i, text] of a.fixed.entries()) {
    const difference = Number(text === null) - Number(b.fixed[i] === null)
    if (difference !== 0) return difference
  }
  return 0
}

/** Null = not an address at all. */
function segmentsOf(path: string): string[] | null {
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    return null // a % that begins no UTF-8: nothing is called so
  }
}

function fits(fixed: readonly (string | null)[], segments: readonly string[]): boolean {
  return fixed.length === segments.length && segments.every((text, i) => fixed[i] === text || (fixed[i] === null && text !== ''))
}

function paramsOf({ names }: Entry, segments: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name, i) => (name === '' ? [] : [[name, segments[i] ?? '']])))
}
