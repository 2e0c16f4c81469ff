/** Answers that Keywheel gives itself, in the error shape of the API that the client speaks. */
import { localError } from '../providers/index.ts'
import type { ApiFormat } from '../providers/types.ts'
import { hardening } from './answer-headers.ts'
import type { Refusal } from './request-checks.ts'
import type { Exchange, RawHeaders } from './types.ts'

/** Sends a refusal and gives back the length of its body in bytes. `extra` are headers such as x-keywheel-request. */
export function answerLocally(exchange: Exchange, format: ApiFormat, refusal: Refusal, extra: readonly string[] = []): number {
  const { headers, body } = localError(format, refusal.status, refusal.code, refusal.message)
  const raw: RawHeaders = [...Object.entries(headers).flat(), ...extra]
  if (refusal.retryAfter !== undefined) raw.push('retry-after', String(refusal.retryAfter))
  if (refusal.status === 401) raw.push('www-authenticate', 'Bearer realm="keywheel"')
  return answerWith(exchange, refusal.status, raw, Buffer.from(body))
}

/** Sends a complete small answer. */
export function answerWith(exchange: Exchange, status: number, headers: RawHeaders, body: Uint8Array): number {
  const length = status === 204 ? [] : ['content-length', String(body.byteLength)]
  exchange.head(status, [...headers, ...hardening, 'cache-control', 'no-store', ...length])
  if (exchange.method !== 'HEAD' && body.byteLength > 0) exchange.write(body)
  exchange.end()
  return body.byteLength
}
