/** Where a call to a pool may go when its own model has no ready key, and how it is put to another pool or model. */
import type { Lease } from '../../pool/types.ts'
import { type AdmittedCall, mayUsePool, type PoolTarget } from '../admit/admission.ts'
import { portableRest, upstreamTarget } from '../admit/target.ts'
import type { ProxyDeps } from '../types.ts'
import { asSent, type Serving, type Step } from './call-plan.ts'

export interface RawCall {
  call: AdmittedCall
  target: PoolTarget
  model: string | null
  /** The body as JSON. */
  json: unknown
  deps: ProxyDeps
}

/**
 * The steps of a call's fallback chain, the asked one first: those in pools that the client may use and that speak the same API.
 * Only the asked one when the pool has no rules, or when the request does not say its model in a way that can be changed.
 */
export function stepsOf({ call, target, model, json, deps }: RawCall): readonly Step[] {
  const { pool, rest } = target
  const asked: Step = { pool: pool.slug, model: model ?? undefined }
  if (model === null || pool.config.fallback.length === 0) return [asked]
  if (pool.provider.withModel(rest, json, model) === null) return [asked]
  const allowed = (slug: string) => {
    if (slug === pool.slug) return true
    const other = deps.findPool(slug)
    return mayUsePool(call.client, slug) && other?.state === 'published' && other.provider.format === pool.provider.format
  }
  return [asked, ...deps.engine.chain(pool.slug, model).slice(1)].filter((step) => allowed(step.pool))
}

/** The request for the pool and model of a lease: untouched where they are those that were asked for. Null = it cannot be said there. */
export function servingOf(lease: Lease, { call, target, model, json, deps }: RawCall): Serving | null {
  const { pool, rest, query } = target
  const asked = model ?? undefined
  if (lease.pool === pool.slug && lease.model === asked) return { ...asSent, pool, path: target.path }
  const to = lease.pool === pool.slug ? pool : deps.findPool(lease.pool)
  if (to === undefined) return null
  const there = to === pool ? rest : portableRest(pool, to, rest)
  const rewritten =
    lease.model === undefined || lease.model === asked ? { path: there } : pool.provider.withModel(there, json, lease.model)
  if (rewritten === null) return null
  const path = upstreamTarget({ pool: to, rest: rewritten.path, query, asked: pool, clientTokens: call.clientTokens })
  if (path === null) return null
  const body = rewritten.body === undefined ? null : Buffer.from(JSON.stringify(rewritten.body))
  return { ...asSent, pool: to, path, body, elsewhere: true }
}
