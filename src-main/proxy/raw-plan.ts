/** A call to a pool by its name: what the client sent, down the pool's own fallback chain. */
import type { AdmittedCall, PoolTarget } from './admission.ts'
import type { CallPlan } from './call-plan.ts'
import { modelHidden, modelNotFound } from './call-refusals.ts'
import { rulesOf } from './call-rules.ts'
import { mayAskFor } from './client-models.ts'
import { servingOf, stepsOf } from './fallback.ts'
import { countingUsage } from './include-usage.ts'
import { keepingOf } from './kept-answers.ts'
import type { Refusal } from './request-checks.ts'
import { belowBase } from './target.ts'
import type { ProxyDeps } from './types.ts'

/** The request's body as far as it was read: null and undefined where it is no JSON or too long. */
export interface ReadBody {
  bytes: Uint8Array | null
  json: unknown
}

export function planRaw(call: AdmittedCall, target: PoolTarget, { bytes, json }: ReadBody, deps: ProxyDeps): CallPlan | Refusal {
  const { pool, rest, query } = target
  const { provider, config } = pool
  const path = belowBase(pool, rest)
  const facts = provider.requestFacts(path, json)
  if (call.client.models !== null) {
    // Where path and body name different ones, both must be allowed.
    const named = [facts.model, provider.requestFacts(path, undefined).model].filter((model) => model !== null)
    const hidden = named.find((model) => !mayAskFor(call.client, model))
    if (hidden !== undefined) return modelNotFound(hidden, [])
    if (named.length === 0 && call.exchange.body.length !== 0) return modelHidden
  }
  const raw = { call, target, model: facts.model, json, deps }
  const steps = stepsOf(raw)
  const keep = keepingOf(call, {
    place: `${pool.slug} ${call.exchange.method} ${rest}${query}`,
    ttlMs: facts.model === null || bytes === null ? 0 : config.cacheTtl * 1000,
    shared: config.cacheShared,
    json,
  })
  return {
    pool,
    facts,
    steps,
    chained: true,
    session: () => provider.sessionOf(facts.model, json),
    serve(lease) {
      const serving = servingOf(lease, raw)
      if (serving === null) return null
      if (keep !== null) serving.plain = true
      return facts.stream ? countingUsage(serving, { path, json, bytes }) : serving
    },
    rules: rulesOf(config),
    keep,
    unified: null,
    present: null,
  }
}
