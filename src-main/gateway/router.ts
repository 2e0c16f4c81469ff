/** Where a model is served: by the pool that the name says, a route, the pools that list it, or the pools whose provider has such names. */
import type { ModelRoute } from '../../src-preload/contract/index.ts'
import { nearestNames } from './nearest.ts'
import type { ModelIndex, Place, RoutePlan, Router } from './types.ts'

/**
 * Compiles the index once; a look-up is a few steps in maps, whatever the number of routes and models. In this order:
 * `pool/model` when there is such a pool, the route of that name, the route with the longest `prefix*`, the route `*`; then all
 * pools that list the model, and after them those that list nothing and whose provider has such names.
 *
 * A route leads to pools and their models, never to another route, so there are no circles. A pool that the client may not use is
 * as if it were not there, and so is a route all of whose pools are such. A route whose pools are gone serves nobody: what it says
 * is not replaced by a guess. The demo pool, whose answers are made up, never stands in for another pool.
 */
export function createRouter(index: ModelIndex): Router {
  const pools = new Set(index.pools.map(({ slug }) => slug))
  const demos = new Set(index.pools.filter(({ provider }) => provider === 'demo').map(({ slug }) => slug))
  const guessing = index.pools.filter(({ listed }) => !listed)
  const routes = compileRoutes(index.routes)
  const listing = poolsByModel(index)

  const named = (model: string, allowed: (pool: string) => boolean): Place | null => {
    const slash = model.indexOf('/')
    if (slash <= 0 || slash === model.length - 1) return null
    const pool = model.slice(0, slash)
    return pools.has(pool) && allowed(pool) ? { pool, model: model.slice(slash + 1) } : null
  }
  const routeNames = function* (allowed: (pool: string) => boolean) {
    for (const route of routes.exact.values())
      if (placesIn(route).some(({ pool }) => pools.has(pool) && allowed(pool))) yield route.model
  }
  const names = function* (allowed: (pool: string) => boolean) {
    yield* routeNames(allowed)
    for (const [model, slugs] of listing) if (slugs.some(allowed)) yield model
  }

  return {
    plan(model, allowed, random): RoutePlan {
      const place = named(model, allowed)
      if (place) return { kind: 'places', places: [place], route: null }
      for (const route of routes.fitting(model)) {
        const places = placesOf(route, model, (pool) => pools.has(pool) && allowed(pool), random)
        if (places.length > 0) return { kind: 'places', places, route }
        if (!placesIn(route).some(({ pool }) => pools.has(pool))) return unknown(model, names(allowed))
      }
      const serving = [
        ...(listing.get(model) ?? []),
        ...guessing.filter((pool) => pool.guess(model)).map(({ slug }) => slug),
      ].filter(allowed)
      if (serving.length === 0) return unknown(model, names(allowed))
      const real = serving.filter((pool) => !demos.has(pool))
      return { kind: 'places', places: (real.length > 0 ? real : serving).map((pool) => ({ pool, model })), route: null }
    },
    names: routeNames,
  }
}

function unknown(model: string, names: Iterable<string>): RoutePlan {
  return { kind: 'unknown', nearest: nearestNames(model, names) }
}

interface Routes {
  exact: ReadonlyMap<string, ModelRoute>
  /** The routes that fit a model, the most exact first. */
  fitting(model: string): Iterable<ModelRoute>
}

function compileRoutes(routes: readonly ModelRoute[]): Routes {
  const exact = new Map<string, ModelRoute>()
  const byPrefix = new Map<string, ModelRoute>()
  for (const route of routes) {
    if (route.model.endsWith('*')) byPrefix.set(route.model.slice(0, -1), route)
    else exact.set(route.model, route)
  }
  // `*` is the prefix of no letters.
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))].toSorted((a, b) => b - a)
  return {
    exact,
    *fitting(model) {
      const own = exact.get(model)
      if (own) yield own
      for (const length of lengths) {
        const route = length <= model.length ? byPrefix.get(model.slice(0, length)) : undefined
        if (route) yield route
      }
    },
  }
}

/** By model the pools that are known to serve it, in the pools' own order. */
function poolsByModel({ pools, served }: ModelIndex): Map<string, string[]> {
  const order = new Map(pools.map(({ slug }, at) => [slug, at]))
  const byModel = new Map<string, string[]>()
  for (const { model, pool, source } of served) {
    if (source === 'guessed' || !order.has(pool)) continue
    const slugs = byModel.get(model)
    if (!slugs) byModel.set(model, [pool])
    else if (!slugs.includes(pool)) slugs.push(pool)
  }
  for (const slugs of byModel.values()) slugs.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
  return byModel
}

const placesIn = ({ targets, then: next }: ModelRoute) => [...targets, ...next]

/** The chosen target, the other targets in their order, then the rest of the chain; each place once. */
function placesOf(route: ModelRoute, asked: string, usable: (pool: string) => boolean, random: () => number): Place[] {
  const targets = route.targets.filter(({ pool }) => usable(pool))
  const chosen = chooseByWeight(targets, random)
  const places: Place[] = []
  for (const { pool, model } of [...targets.slice(chosen, chosen + 1), ...targets, ...route.then]) {
    const place = { pool, model: model ?? asked }
    if (usable(pool) && !places.some((other) => other.pool === pool && other.model === place.model)) places.push(place)
  }
  return places
}

function chooseByWeight(targets: readonly { weight: number }[], random: () => number): number {
  if (targets.length < 2) return 0
  let left = random() * targets.reduce((sum, { weight }) => sum + weight, 0)
  for (const [at, { weight }] of targets.entries()) {
    left -= weight
    if (left < 0) return at
  }
  return targets.length - 1
}
