/** A call to a pool by its name: what the client sent, down the pool's own fallback chain. */
import type { AdmittedCall, PoolTarget } from '../admit/admission.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { belowBase } from '../admit/target.ts'
import { modelHidden, modelNotFound } from '../answer/call-refusals.ts'
import type { ProxyDeps } from '../types.ts'
import type { CallPlan } from './call-plan.ts'
import { rulesOf } from './call-rules.ts'
import { mayAskFor } from './client-models.ts'
import { servingOf, stepsOf } from './fallback.ts'
import { countingUsage } from './include-usage.ts'
import { keepingOf } from './kept-answers.ts'
import { mayHideModel, modelsInBody } from './named-models.ts'

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
  const barred = whyNot(call, bytes, [facts.model, provider.requestFacts(path, undefined).model], path)
  if (barred !== null) return barred
  const raw = { call, target, model: facts.model, json, deps }
  const steps = stepsOf(raw)
  const keep = keepingOf(call, {
    asked: `${call.exchange.method} ${rest}${query}`,
    steps,
    ttlMs: facts.model === null ? 0 : config.cacheTtl * 1000,
    shared: steps.every((step) => deps.findPool(step.pool)?.config.cacheShared === true),
    json,
    bytes,
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

/** Why a client that may ask for certain models cannot make this call. `said` = by body and path, by the path alone. */
function whyNot(
  { client, exchange }: AdmittedCall,
  bytes: Uint8Array | null,
  [said, inPath]: readonly [string | null, string | null],
  path: string,
): Refusal | null {
  if (client.models === null) return null
  const inBody = bytes === null ? [] : modelsInBody(bytes)
  // Where path and body name different ones, all must be allowed.
  const named = [said, inPath, ...(inBody ?? [])].filter((model) => model !== null)
  const refused = named.find((model) => !mayAskFor(client, model))
  if (refused !== undefined) return modelNotFound(refused, [])
  const unread = named.length === 0 || inBody === null || mayHideModel(path, inPath)
  return unread && exchange.body.length !== 0 ? modelHidden : null
}
