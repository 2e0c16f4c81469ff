/** From an admitted call to its plan: as much of the body is read as has to be. */
import { promptRequest } from '../../gateway/index.ts'
import { Untranslatable } from '../../gateway/types.ts'
import { listAt, textAt } from '../../providers/read.ts'
import type { AdmittedCall, PoolTarget, UnifiedTarget } from '../admit/admission.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { parseJson } from '../answer/answer-facts.ts'
import {
  bodyFailed,
  nothingHere,
  promptGone,
  promptRetired,
  textIsNoStream,
  untranslatable,
  vaultLocked,
} from '../answer/call-refusals.ts'
import { headerValue } from '../raw-headers.ts'
import type { ReplayBody } from '../replay-body.ts'
import type { ProxyDeps } from '../types.ts'
import type { CallPlan } from './call-plan.ts'
import { planRaw } from './raw-plan.ts'
import { isJson, readJsonObject } from './request-json.ts'
import { type Estimated, planUnified } from './unified-plan.ts'

/**
 * JSON up to here is read for its model and size before a key is chosen: a million tokens of text. Parsing takes 2 ms a MiB, and
 * more would hold up everybody else.
 */
const maxFactsBytes = 4 * 1024 * 1024

/** What is to be done, or why nothing is. */
export function planCall(call: AdmittedCall, body: ReplayBody, deps: ProxyDeps): Promise<CallPlan | Refusal | Estimated> {
  const { target } = call
  switch (target.kind) {
    case 'pool':
      return planPool(call, target, body, deps)
    case 'unified':
      return planModel(call, target, body, deps)
    case 'prompt':
      return planPrompt(call, target.slug, body, deps)
    case 'metrics':
      return Promise.resolve(nothingHere)
  }
}

async function planPool(call: AdmittedCall, target: PoolTarget, body: ReplayBody, deps: ProxyDeps): Promise<CallPlan | Refusal> {
  if (target.pool.provider.id !== 'demo' && !deps.vaultOpen()) return vaultLocked
  const bytes = isJson(call.exchange.rawHeaders) ? await body.gather(maxFactsBytes) : null
  if (body.failure !== null) return bodyFailed(body.failure)
  return planRaw(call, target, { bytes, json: bytes === null ? undefined : parseJson(bytes) }, deps)
}

async function planModel(
  call: AdmittedCall,
  target: UnifiedTarget,
  body: ReplayBody,
  deps: ProxyDeps,
): Promise<CallPlan | Refusal | Estimated> {
  const { operation, query } = target
  if (operation.kind === 'models') return nothingHere
  const read = await readJsonObject(call.exchange, body)
  return 'status' in read ? read : planUnified(call, { operation, query, ...read, prompt: null }, deps)
}

/** The caller may name another model than the prompt does: one that it may ask for. */
async function planPrompt(
  call: AdmittedCall,
  slug: string,
  body: ReplayBody,
  deps: ProxyDeps,
): Promise<CallPlan | Refusal | Estimated> {
  const found = deps.findPrompt(slug)
  if (found === undefined) return promptGone
  if (found.kind === 'retired') return promptRetired(found.successor)
  const empty = call.exchange.body.length === 0
  const read = empty ? { json: {} } : await readJsonObject(call.exchange, body)
  if ('status' in read) return read
  const { model, ...rest } = read.json as Record<string, unknown>
  if (model !== undefined && typeof model !== 'string')
    return untranslatable(new Untranslatable('model', 'give the name of a model'))
  const asText = wantsText(call)
  if (asText && rest['stream'] === true) return textIsNoStream
  try {
    const json = { ...promptRequest(found.version, rest), ...(model === undefined ? {} : { model }) }
    const operation = { kind: 'generate', format: 'chat', model: null, stream: null } as const
    const bytes = Buffer.from(JSON.stringify(json))
    const plan = planUnified(call, { operation, query: '', bytes, json, prompt: slug, ownModel: model !== undefined }, deps)
    return !('serve' in plan) || !asText ? plan : { ...plan, present: textOf }
  } catch (error) {
    if (error instanceof Untranslatable) return untranslatable(error)
    throw error
  }
}

function wantsText({ exchange }: AdmittedCall): boolean {
  return /^text\/plain\b/i.test(headerValue(exchange.rawHeaders, 'accept')?.trim() ?? '')
}

/** What a chat completion says, without anything around it. */
function textOf(answer: Record<string, unknown>): string {
  const [choice] = listAt(answer, 'choices')
  return textAt(choice, 'message', 'content') || textAt(choice, 'message', 'refusal')
}
