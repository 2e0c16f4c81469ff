/** Routes: which pools and models the names of models lead to. */
import { randomBytes } from 'node:crypto'
import {
  type ErrorData,
  KeywheelError,
  type ModelRoute,
  type ModelRouteInput,
  type ModelRouteView,
} from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { Catalog } from '../catalog.ts'
import type { Actor, RouteService } from '../types.ts'
import type { Models } from './models.ts'

export interface RouteServiceDeps {
  catalog: Catalog
  models: Models
  clock: Clock
}

export function createRouteService({ catalog, models, clock }: RouteServiceDeps): RouteService {
  const isPool = (slug: string) => catalog.pools.get(slug)?.deletedAt === null
  const view = (route: ModelRoute): ModelRouteView => ({
    ...route,
    missingPools: [...new Set(poolsIn(route))].filter((slug) => !isPool(slug)),
  })
  const find = (id: string) => {
    const route = catalog.routes.get(id)
    if (!route) throw new KeywheelError('ROUTE_NOT_FOUND')
    return route
  }
  /** POOL_NOT_FOUND for a pool that was not in it `before` either; INVALID_INPUT, ROUTE_TAKEN. */
  const check = (input: ModelRouteInput, before: ModelRoute | null) => {
    const kept = new Set(before === null ? [] : poolsIn(before))
    const why = routeIssue(input, (slug) => isPool(slug) || kept.has(slug), isPool)
    if (why) throw why
    const other = [...catalog.routes.values()].find(({ model, id }) => model === input.model && id !== before?.id)
    if (!other) return
    const message = `There is a route for "${input.model}" already; change that one, or choose another name.`
    throw new KeywheelError('ROUTE_TAKEN', message, { fields: [{ path: 'model', message: 'choose another name' }] })
  }
  const put = async (route: ModelRoute, actor: Actor, action: string) => {
    await catalog.commit({ putRoutes: [route], audit: [{ at: clock.now(), actor, action, subject: route.model }] })
    return view(route)
  }

  return {
    list: () => [...catalog.routes.values()].toSorted((a, b) => a.model.localeCompare(b.model)).map(view),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        check(input, null)
        return put(newRoute(input, clock.now()), actor, 'route.create')
      }),
    update: (id, input, actor) =>
      catalog.exclusive(async () => {
        const before = find(id)
        check(input, before)
        return put({ ...input, id, createdAt: before.createdAt, updatedAt: clock.now() }, actor, 'route.update')
      }),
    remove: (id, actor) =>
      catalog.exclusive(async () => {
        const { model } = find(id)
        await catalog.commit({ removeRoutes: [id], audit: [{ at: clock.now(), actor, action: 'route.remove', subject: model }] })
      }),
    models: () => models.served(),
    async refresh() {
      await models.refresh()
      return models.served()
    },
  }
}

export function newRoute(input: ModelRouteInput, now: number): ModelRoute {
  return { ...input, id: `route_${randomBytes(9).toString('base64url')}`, createdAt: now, updatedAt: now }
}

function poolsIn({ targets, then: chain }: ModelRouteInput): string[] {
  return [...targets, ...chain].map(({ pool }) => pool)
}

/** What is wrong with a route: a pool that is not there, or a name that would never be looked at; null = nothing. */
export function routeIssue(
  input: ModelRouteInput,
  mayLead: (slug: string) => boolean,
  isPool: (slug: string) => boolean,
): KeywheelError | null {
  const first = input.model.slice(0, Math.max(0, input.model.indexOf('/')))
  if (isPool(first)) {
    const message = `a name that begins with "${first}/" is always of the pool "${first}"; choose another one`
    return new KeywheelError('INVALID_INPUT', `model: ${message}`, { fields: [{ path: 'model', message }] })
  }
  const places = [
    ...input.targets.map(({ pool }, at) => ({ pool, path: `targets.${at}.pool` })),
    ...input.then.map(({ pool }, at) => ({ pool, path: `then.${at}.pool` })),
  ]
  const fields: NonNullable<ErrorData['fields']> = places
    .filter(({ pool }) => !mayLead(pool))
    .map(({ pool, path }) => ({ path, message: `there is no pool "${pool}"` }))
  if (fields.length === 0) return null
  return new KeywheelError('POOL_NOT_FOUND', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), { fields })
}
