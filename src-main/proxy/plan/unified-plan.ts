/** A call of the unified API: where its model is served, and in which of those places it can be said. */
import type { ModelRoute } from '../../../src-preload/contract/index.ts'
import { countEstimate } from '../../gateway/index.ts'
import { type RoutePlan, Untranslatable } from '../../gateway/types.ts'
import type { Lease } from '../../pool/types.ts'
import { type AdmittedCall, mayUsePool } from '../admit/admission.ts'
import type { Refusal } from '../admit/request-checks.ts'
import {
  modelHidden,
  modelMissing,
  modelNotFound,
  noEndpoint,
  notServed,
  untranslatable,
  vaultLocked,
} from '../answer/call-refusals.ts'
import { createWording, type Wording } from '../answer/wording.ts'
import type { ProxyClient, ProxyDeps } from '../types.ts'
import type { CallPlan, Serving, Step } from './call-plan.ts'
import { rulesOf } from './call-rules.ts'
import { mayAskFor } from './client-models.ts'
import { keepingOf } from './kept-answers.ts'
import { modelsInBody } from './named-models.ts'
import type { UnifiedRequest } from './unified-request.ts'

/** A count of tokens by our own estimate, in the client's words. */
export interface Estimated {
  estimate: Record<string, unknown>
}

/** Letters. A pool's name has 64 at most, and no upstream knows a model by more than 200. */
const modelMax = 300

/** Places beyond these are not tried for one call. */
const maxSteps = 16

export function planUnified(call: AdmittedCall, request: UnifiedRequest, deps: ProxyDeps): CallPlan | Refusal | Estimated {
  const { operation, json, query } = request
  const model = operation.model ?? json['model']
  if (typeof model !== 'string' || model === '') return modelMissing
  // Not a name that anything has, but one that rows, tables and headers would have to carry.
  if (model.length > modelMax || !model.isWellFormed()) return modelNotFound(model, [])
  const allowed = (slug: string) => mayUsePool(call.client, slug)
  const plan = unseenPlan(call.client, model, deps) ?? deps.router().plan(model, allowed, Math.random)
  if (plan.kind === 'unknown')
    return modelNotFound(
      model,
      plan.nearest.filter((name) => mayAskFor(call.client, name)),
    )
  const barred = whyNot(call.client, model, request)
  if (barred !== null) return barred
  const wording = createWording(call, request)
  const found = sayable(stepsOf(plan.places, allowed, deps), wording, deps)
  if ('status' in found) {
    // Nobody can be asked, but a count is wanted for planning, where about right is right enough.
    if (operation.kind === 'count' && found.code === notServed) return { estimate: countEstimate(operation.format, json) }
    return found
  }
  const [first] = found
  const pool = deps.findPool(first.pool)
  if (pool === undefined) return modelNotFound(model, [])
  const facts = { ...pool.provider.requestFacts('', json), model, stream: wording.stream }
  const keep = keepingOf(call, {
    asked: `${operation.kind} ${operation.format} ${wording.stream} ${request.prompt ?? ''} ${model} ${query}`,
    steps: found,
    ttlMs: (plan.route?.cacheTtl ?? pool.config.cacheTtl) * 1000,
    shared: found.every((step) => deps.findPool(step.pool)?.config.cacheShared === true),
    json,
    bytes: request.bytes,
  })
  return {
    pool,
    facts,
    steps: found,
    chained: false,
    session: () => pool.provider.sessionOf(model, json),
    serve: (lease) => serve(lease, { wording, deps, plain: keep !== null }),
    rules: rulesOf(pool.config, plan.route),
    keep,
    unified: { route: routeName(request.prompt, plan.route), format: wording.format, jsonArray: wording.jsonArray },
    present: null,
  }
}

/** Keywheel's own calls reach a draft as `pool/model`, before clients do. It is not in the router, which is everybody's. */
function unseenPlan({ own }: ProxyClient, model: string, { findPool }: ProxyDeps): Extract<RoutePlan, { kind: 'places' }> | null {
  const slash = model.indexOf('/')
  if (own !== true || slash <= 0 || slash === model.length - 1) return null
  const pool = findPool(model.slice(0, slash))
  if (pool?.state !== 'draft') return null
  return { kind: 'places', places: [{ pool: pool.slug, model: model.slice(slash + 1) }], route: null }
}

/** Why a client that may ask for certain models is not answered. */
function whyNot(client: ProxyClient, model: string, { prompt, ownModel = false, bytes }: UnifiedRequest): Refusal | null {
  // A prompt was published by the owner; what it asks for is no choice of the client's.
  if (client.models === null || (prompt !== null && !ownModel)) return null
  // What an upstream of the same format is sent are the client's own bytes.
  const inBody = modelsInBody(bytes)
  const refused = [model, ...(inBody ?? [])].find((name) => !mayAskFor(client, name))
  if (refused !== undefined) return modelNotFound(refused, [])
  return inBody === null ? modelHidden : null
}

function routeName(prompt: string | null, route: ModelRoute | null): string | null {
  return prompt === null ? (route?.model ?? null) : `prompts/${prompt}`
}

/** The places of the route in its order, then where their pools' own fallback rules lead; each once. */
function stepsOf(
  places: readonly { pool: string; model: string }[],
  allowed: (pool: string) => boolean,
  deps: ProxyDeps,
): Step[] {
  const steps = new Map<string, Step>()
  const add = (step: { pool: string; model: string }) => {
    const name = `${step.pool}\n${step.model}`
    if (!steps.has(name)) steps.set(name, step)
  }
  for (const place of places) add(place)
  for (const { pool, model } of places) {
    if ((deps.findPool(pool)?.config.fallback.length ?? 0) === 0) continue
    for (const step of deps.engine.chain(pool, model)) if (allowed(step.pool)) add(step)
  }
  return [...steps.values()]
}

/** The steps that the request can be said to, or why there is none. The others are as if they were not there. */
function sayable(steps: readonly Step[], wording: Wording, deps: ProxyDeps): [Step, ...Step[]] | Refusal {
  const good: Step[] = []
  let why: Refusal | null = null
  for (const step of steps) {
    if (good.length === maxSteps) break
    const pool = deps.findPool(step.pool)
    // Gone between two looks.
    if (pool === undefined) continue
    if (!deps.vaultOpen() && pool.provider.id !== 'demo') {
      why ??= vaultLocked
      continue
    }
    try {
      if (wording.says(pool, step.model ?? '')) good.push(step)
      else why ??= noEndpoint(wording.kind, wording.format)
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error
      why = untranslatable(error)
    }
  }
  const [first, ...rest] = good
  return first === undefined ? (why ?? noEndpoint(wording.kind, wording.format)) : [first, ...rest]
}

interface ServeInput {
  wording: Wording
  deps: ProxyDeps
  /** The answer is to be kept. */
  plain: boolean
}

function serve({ pool: slug, model }: Lease, { wording, deps, plain }: ServeInput): Serving | null {
  const pool = deps.findPool(slug)
  const serving = pool === undefined ? null : wording.say(pool, model ?? '')
  return serving === null || !plain ? serving : { ...serving, plain }
}
