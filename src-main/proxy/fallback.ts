/** Where a call may go when its own model has no ready key, and how it is put to another pool or model. */
import type { Lease } from '../pool/types.ts'
import type { AdmittedCall } from './admission.ts'
import { portableRest, upstreamTarget } from './target.ts'
import type { ProxyDeps, ProxyPool } from './types.ts'

/** One place that can serve a call. */
export interface Step {
  pool: string
  model: string | undefined
}

/** What goes to the pool and model of a lease. */
export interface Serving {
  pool: ProxyPool
  /** Path and query at the pool's origin, without a credential. */
  path: string
  /** Null = the client's own bytes. */
  body: Uint8Array | null
  /** It is not the pool or not the model that was asked for. */
  fellBack: boolean
}

/**
 * The steps of a call's fallback chain, the asked one first: those in pools that the client may use and that speak the same API.
 * Only the asked one when the pool has no rules, or when the request does not say its model in a way that can be changed.
 */
export function stepsOf(call: AdmittedCall, model: string | null, body: unknown, deps: ProxyDeps): readonly Step[] {
  const { pool, client, rest } = call
  const asked: Step = { pool: pool.slug, model: model ?? undefined }
  if (model === null || pool.config.fallback.length === 0) return [asked]
  if (pool.provider.withModel(rest, body, model) === null) return [asked]
  const allowed = (slug: string) =>
    slug === pool.slug ||
    ((client.pools?.includes(slug) ?? true) && deps.findPool(slug)?.provider.format === pool.provider.format)
  return [asked, ...deps.engine.chain(pool.slug, model).slice(1)].filter((step) => allowed(step.pool))
}

/** The request for the pool and model of a lease: untouched where they are those that were asked for. Null = it cannot be said there. */
export function servingOf(lease: Lease, call: AdmittedCall, asked: Step, body: unknown, deps: ProxyDeps): Serving | null {
  const { pool, rest, query, clientTokens } = call
  if (lease.pool === asked.pool && lease.model === asked.model) {
    return { pool, path: call.path, body: null, fellBack: false }
  }
  const target = lease.pool === pool.slug ? pool : deps.findPool(lease.pool)
  if (target === undefined) return null
  const there = target === pool ? rest : portableRest(pool, target, rest)
  const rewritten =
    lease.model === undefined || lease.model === asked.model ? { path: there } : pool.provider.withModel(there, body, lease.model)
  if (rewritten === null) return null
  const path = upstreamTarget({ pool: target, rest: rewritten.path, query, asked: pool, clientTokens })
  if (path === null) return null
  const bytes = rewritten.body === undefined ? null : Buffer.from(JSON.stringify(rewritten.body))
  return { pool: target, path, body: bytes, fellBack: true }
}
