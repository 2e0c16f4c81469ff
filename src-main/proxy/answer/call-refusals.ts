/** Why a call gets no answer of an upstream, as the client is told. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Untranslatable, WireFormat } from '../../gateway/types.ts'
import type { LeaseResult, MeterView } from '../../pool/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import type { Failure } from '../attempt/attempt.ts'
import type { Spent } from '../attempt/purse.ts'
import { isTlsFailure } from '../attempt/retry.ts'
import { isOutboundFailure } from '../forward/outbound-failure.ts'
import { type AddressRefusal, isAddressRefusal } from '../forward/upstream-address.ts'
import type { ProxyDeps } from '../types.ts'
import { describeLimit, nearestLimit, type RefusedCall, spentLimit, tooSmallLimit } from './refused-limits.ts'

export const vaultLocked: Refusal = {
  status: 503,
  code: 'VAULT_LOCKED',
  message: 'The vault is locked, so no key can be used. Unlock it in Keywheel.',
  retryAfter: 5,
}

/** The client did not deliver its body. `code` is the reader's. */
export function bodyFailed(code: string): Refusal {
  if (code === 'CLIENT_BODY_TOO_SLOW') return { status: 408, code: 'BODY_TOO_SLOW', message: 'The request body came too slowly.' }
  return { status: 400, code: 'BAD_BODY', message: 'The request body is not properly chunked.' }
}

/** The same for a model that nobody serves and for one that the client may not ask for. `nearest` are names much like it. */
export function modelNotFound(model: string, nearest: readonly string[]): Refusal {
  const named = model.slice(0, 200).replace(/[^\u0020-\u007e]/g, '?')
  const like = nearest.length === 0 ? '' : ` Is it one of these: ${nearest.join(', ')}?`
  return { status: 404, code: 'MODEL_NOT_FOUND', message: `This client has no model ${named}.${like} GET /v1/models lists them.` }
}

export const modelMissing: Refusal = {
  status: 400,
  code: 'MODEL_MISSING',
  message: 'model: name the model, as GET /v1/models lists them.',
}

/** A client that may use certain models calls a pool with a body that does not say which. */
export const modelHidden: Refusal = {
  status: 403,
  code: 'MODEL_HIDDEN',
  message: 'This client may use certain models only, and this call does not say its model where it can be read.',
}

export const notServed = 'NOT_SERVED'

/** No upstream that serves the model has anything for this kind of call. */
export function noEndpoint(kind: string, format: WireFormat): Refusal {
  const message = `No upstream that serves this model can do this: ${kind} (asked for in the format of ${format}).`
  return { status: 400, code: notServed, message }
}

/** What the client asks for cannot be said in the upstream's format. */
export function untranslatable({ field, message }: Untranslatable): Refusal {
  return { status: 400, code: 'UNTRANSLATABLE', message: `${field}: ${message}` }
}

/** A budget is used up. `now` in wall ms. */
export function budgetSpent({ of, until }: Spent, now: number): Refusal {
  const message = `The budget of this ${of} is used up.${until === null ? '' : ' It is renewed later.'} Allow more in Keywheel.`
  const refused: Refusal = { status: 429, code: 'BUDGET_SPENT', message, final: true }
  return until === null ? refused : { ...refused, retryAfter: seconds(until - now) }
}

export const nothingHere: Refusal = { status: 404, code: 'NOT_FOUND', message: 'There is nothing at this address.' }

export const promptGone: Refusal = {
  status: 404,
  code: 'PROMPT_NOT_FOUND',
  message: 'There is no published prompt of this name.',
}

/** `successor` null = there is none. */
export function promptRetired(successor: string | null): Refusal {
  const instead = successor === null ? '' : ` POST /prompts/${successor} takes its place.`
  return { status: 410, code: 'PROMPT_RETIRED', message: `This prompt was retired.${instead}` }
}

/** `successor` null = there is none that this client could use. */
export function poolRetired(successor: string | null): Refusal {
  const gone: Refusal = { status: 410, code: 'POOL_RETIRED', message: 'This pool was retired.' }
  if (successor === null) return gone
  const link = `</${successor}>; rel="successor-version"`
  return { ...gone, message: `${gone.message} /${successor} takes its place.`, link }
}

export const textIsNoStream: Refusal = {
  status: 400,
  code: 'NOT_ACCEPTABLE',
  message: 'A stream comes as text/event-stream. Leave out "stream" for text/plain.',
}

export const internal: Refusal = { status: 500, code: 'INTERNAL', message: 'Something went wrong inside Keywheel.' }

/** No key was handed out. */
export function noKey(result: Extract<LeaseResult, { kind: 'exhausted' }>, deps: ProxyDeps, call: RefusedCall): Refusal {
  const { reason, retryAfterMs } = result
  switch (reason) {
    case 'too-large':
      return tooLarge(tooSmallLimit(deps, call), spentLimit(deps, call))
    case 'upstream-down':
      return {
        status: 503,
        code: 'UPSTREAM_DOWN',
        message: 'The provider is failing for everybody just now, so it is left alone for a moment.',
        retryAfter: seconds(retryAfterMs),
      }
    case 'no-keys':
    case 'unknown-pool':
      return { status: 503, code: 'NO_KEYS', message: 'This pool has no keys. Add one in Keywheel.' }
    case 'queue-timeout':
    case 'all-tried':
    case 'none-usable':
      return retryAfterMs === null && reason !== 'queue-timeout'
        ? noneEver(spentLimit(deps, call))
        : noneReady(seconds(retryAfterMs), nearestLimit(deps, call))
  }
}

function noneReady(retryAfter: number, limit: MeterView | undefined): Refusal {
  const met = limit === undefined ? '' : ` The nearest limit is ${describeLimit(limit)}.`
  return {
    status: 429,
    code: 'NO_READY_KEY',
    message: `Every key of this pool is busy, cooling down or at its limit.${met} Try again in ${retryAfter} s.`,
    retryAfter,
    // Clients take it for calls or tokens, never for money.
    ...(limit === undefined || limit.unit === 'nanos' ? {} : { limit: limit.limit }),
  }
}

function noneEver(spent: MeterView | undefined): Refusal {
  if (spent === undefined) {
    const message = 'Every key of this pool is disabled, expired or invalid. Look at Keys in Keywheel.'
    return { status: 503, code: 'NO_USABLE_KEY', message }
  }
  if (spent.limit === 0) {
    const message = `The keys of this pool may not make this call: their limit is ${describeLimit(spent)}.`
    return { status: 403, code: 'LIMIT_IS_ZERO', message }
  }
  const message = `The keys of this pool have used what they may: ${describeLimit(spent)}. Allow more under Keys in Keywheel.`
  return { status: 429, code: 'LIMIT_SPENT', message, final: true }
}

/** 413, because clients do not repeat it and no wait would help; unless it is what is left of a budget that is too small. */
function tooLarge(limit: MeterView | undefined, spent: MeterView | undefined): Refusal {
  if (spent !== undefined && (limit === undefined || limit.limit === 0)) return noneEver(spent)
  const than = limit === undefined ? 'than its limits allow' : `than the whole limit of ${describeLimit(limit)}`
  return {
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: `This call is probably larger ${than}, so no key of this pool can ever serve it. Ask for less at once, or lower its maximum of output tokens.`,
  }
}

function seconds(ms: number | null): number {
  return Math.max(1, Math.ceil((ms ?? 1000) / 1000))
}

/** A pool that the call was to fall back to can take it no more. */
export const fallbackGone: Refusal = {
  status: 503,
  code: 'FALLBACK_UNAVAILABLE',
  message: 'No key is ready for this model, and the call cannot be put to the one it would fall back to.',
  retryAfter: 1,
}

const addressMessages: Readonly<Record<AddressRefusal, string>> = {
  UPSTREAM_FORBIDDEN:
    "The pool's base URL leads to a link-local, metadata or reserved address, or by plain http out of this network. The key was not sent.",
  UPSTREAM_LOOP: "The pool's base URL is this proxy itself. Give the address of the provider.",
}

/** An upstream did not answer, or not in a way that can be passed on. */
export function upstreamFailed({ stage, code, message }: Failure): Refusal {
  if (isOutboundFailure(code)) return { status: code === 'OUTBOUND_TIMEOUT' ? 504 : 502, code, message }
  if (isTlsFailure(code)) {
    return {
      status: 502,
      code: 'UPSTREAM_TLS',
      message: `The upstream's certificate does not hold (${code}). The key was not sent.`,
    }
  }
  if (isAddressRefusal(code)) return { status: code === 'UPSTREAM_LOOP' ? 508 : 502, code, message: addressMessages[code] }
  if (code === 'UPSTREAM_QUEUE_TIMEOUT') {
    return { status: 503, code, message: 'Too many calls to this upstream are under way.', retryAfter: 1 }
  }
  if (/TIMEOUT|ETIMEDOUT/.test(code))
    return { status: 504, code: 'UPSTREAM_TIMEOUT', message: 'The upstream did not answer in time.' }
  if (stage === 'connect') {
    return {
      status: 502,
      code: 'UPSTREAM_UNREACHABLE',
      message: `The upstream could not be reached (${code}). Check the pool's base URL.`,
    }
  }
  if (code === 'UPSTREAM_BAD_STATUS' || code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { status: 502, code: 'UPSTREAM_BAD_ANSWER', message: 'The upstream sent something that is not a proper HTTP answer.' }
  }
  return { status: 502, code: 'UPSTREAM_FAILED', message: `The connection to the upstream broke (${code}).` }
}

/** A key, or the way out for it, could not be used; errors that are not expected here go on. */
export function unusableKey(error: unknown): Refusal {
  const code = error instanceof KeywheelError ? error.code : null
  if (error instanceof KeywheelError && code === 'INVALID_INPUT')
    return { status: 502, code: 'OUTBOUND_INVALID', message: error.message }
  if (code === 'VAULT_LOCKED') return vaultLocked
  if (code === 'KEY_NOT_FOUND') return { status: 503, code, message: 'The key is not in the vault any more.' }
  if (code !== 'AUDIENCE_MISMATCH') throw error
  const message = 'The key is bound to another address and was not sent. Confirm the new address of the pool in Keywheel.'
  return { status: 403, code, message }
}
