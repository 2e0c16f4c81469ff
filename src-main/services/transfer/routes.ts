/** Routes in exports and imports. */
import { isDeepStrictEqual } from 'node:util'
import type { ImportPlan, ModelRoute, ModelRouteInput } from '../../../src-preload/contract/index.ts'
import { newRoute, routeIssue } from '../models/routes.ts'

export type RouteStep = ImportPlan['routes'][number] & { row?: ModelRoute }

export function exportedRoute({ id: _id, createdAt: _created, updatedAt: _updated, ...route }: ModelRoute): ModelRouteInput {
  return route
}

interface RoutePlanDeps {
  /** Those that are here. */
  routes: Iterable<ModelRoute>
  /** There is such a pool, here or in the document. */
  isPool(slug: string): boolean
  now: number
}

/** A route takes the place of the one for the same model. One that leads to a pool that will not be there is refused. */
export function planRoutes(imported: readonly ModelRouteInput[], { routes, isPool, now }: RoutePlanDeps): RouteStep[] {
  const here = new Map([...routes].map((route) => [route.model, route]))
  const named = new Set<string>()
  return imported.map((route): RouteStep => {
    const { model } = route
    if (named.has(model)) return { model, action: 'refused', reason: 'the document has another route of this name before it' }
    named.add(model)
    const issue = routeIssue(route, isPool, isPool)
    if (issue) return { model, action: 'refused', reason: issue.message }
    const before = here.get(model)
    if (!before) return { model, action: 'add', reason: null, row: newRoute(route, now) }
    if (isDeepStrictEqual(exportedRoute(before), route)) return { model, action: 'same', reason: null }
    return { model, action: 'replace', reason: null, row: { ...before, ...route, updatedAt: now } }
  })
}
