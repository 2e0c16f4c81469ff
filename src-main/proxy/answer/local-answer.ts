/** Answers that Keywheel gives itself, in the error shape of the API that the client speaks. */
import { localError } from '../../providers/index.ts'
import type { ApiFormat } from '../../providers/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import { rateHeaders } from '../attempt/credits.ts'
import type { Exchange, RawHeaders } from '../types.ts'
import { hardening } from './answer-headers.ts'

interface LocalAnswer {
  format: ApiFormat
  refusal: Refusal
  /** Wall ms. */
  now: number
  /** Headers such as x-keywheel-request. */
  extra?: readonly string[]
}

/** Sends a refusal and gives back the length of its body in bytes. */
export function answerLocally(exchange: Exchange, { format, refusal, now, extra = [] }: LocalAnswer): number {
  const { headers, body } = localError(format, refusal.status, refusal.code, refusal.message)
  // Says that this is no upstream's answer, whatever its status.
  const said = ['x-keywheel-error', refusal.code]
  const raw: RawHeaders = [...Object.entries(headers).flat(), ...said, ...extra, ...waitHeaders(refusal, now)]
  // OpenAI's and Anthropic's SDKs would otherwise repeat any 429.
  if (refusal.final === true) raw.push('x-should-retry', 'false')
  if (refusal.link !== undefined) raw.push('link', refusal.link)
  if (refusal.status === 401) raw.push('www-authenticate', 'Bearer realm="keywheel"')
  return answerWith(exchange, refusal.status, raw, Buffer.from(body))
}

/** When to come back. X-RateLimit-Reset is in seconds since 1970, as apipool clients read it. */
function waitHeaders({ status, retryAfter, limit, quota }: Refusal, now: number): string[] {
  const wait = retryAfter === undefined ? [] : ['retry-after', String(retryAfter)]
  if (quota !== undefined) return [...wait, ...rateHeaders(quota)]
  if (status !== 429 || retryAfter === undefined) return wait
  const reset = String(Math.ceil(now / 1000) + retryAfter)
  return [
    ...wait,
    ...(limit === undefined ? [] : ['x-ratelimit-limit', String(limit)]),
    'x-ratelimit-remaining',
    '0',
    'x-ratelimit-reset',
    reset,
  ]
}

/** Sends a complete small answer. */
export function answerWith(exchange: Exchange, status: number, headers: RawHeaders, body: Uint8Array): number {
  const length = status === 204 ? [] : ['content-length', String(body.byteLength)]
  exchange.head(status, [...headers, ...hardening, 'cache-control', 'no-store', ...length])
  if (exchange.method !== 'HEAD' && body.byteLength > 0) exchange.write(body)
  exchange.end()
  return body.byteLength
}
