/** What Node's parser lets through and nginx or HAProxy would not: version, method, target, headers. */
import { connectionListed, headerValue, isRepeated } from '../raw-headers.ts'
import type { QuotaState } from '../types.ts'

/** A request that is answered by Keywheel itself, before anything was looked up. */
export interface Refusal {
  status: number
  code: string
  message: string
  /** Seconds for Retry-After. */
  retryAfter?: number
  /** For 429: how many there may be in the window that is used up, where that is one number. */
  limit?: number
  /** The client's quota that refuses: its headers stand in place of `limit`'s. */
  quota?: QuotaState
  /** For Link. */
  link?: string
  /** Nothing will change by itself: SDKs are told not to try again. */
  final?: true
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH'])
const singletons = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'content-type', 'origin']
const maxHeaders = 100
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafeTarget = /[\u0000-\u0020\u007f-\uffff#\\]/

interface Head {
  method: string
  target: string
  httpVersion: string
  rawHeaders: readonly string[]
}

/** Null when the head of a request is in order. */
export function checkHead({ method, target, httpVersion, rawHeaders }: Head): Refusal | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refusal(505, 'HTTP_VERSION', 'Use HTTP/1.1.')
  if (!methods.has(method)) return refusal(405, 'METHOD_NOT_ALLOWED', 'This method is not served.')
  if (!target.startsWith('/')) return refusal(400, 'BAD_TARGET', 'The request target must be a path.')
  if (unsafeTarget.test(target)) return refusal(400, 'BAD_TARGET', 'The request target has a character that must be encoded.')
  if (rawHeaders.length > maxHeaders * 2) return refusal(431, 'TOO_MANY_HEADERS', `At most ${maxHeaders} headers are taken.`)
  return checkFraming(httpVersion, rawHeaders) ?? checkFields(rawHeaders)
}

function checkFraming(httpVersion: string, raw: readonly string[]): Refusal | null {
  if (headerValue(raw, 'host') === undefined || isRepeated(raw, 'host')) {
    return refusal(400, 'BAD_HOST', 'Exactly one Host header is needed.')
  }
  const encoding = headerValue(raw, 'transfer-encoding')
  if (encoding === undefined) return null
  if (httpVersion === '1.0') return refusal(400, 'BAD_FRAMING', 'HTTP/1.0 has no Transfer-Encoding.')
  if (isRepeated(raw, 'transfer-encoding') || encoding.trim().toLowerCase() !== 'chunked') {
    return refusal(501, 'BAD_FRAMING', 'The only Transfer-Encoding taken is chunked.')
  }
  return null
}

function checkFields(raw: readonly string[]): Refusal | null {
  for (const name of singletons) {
    if (isRepeated(raw, name)) return refusal(400, 'REPEATED_HEADER', `${name} is there more than once.`)
  }
  for (let i = 1; i < raw.length; i += 2) {
    if (/[^\t\u0020-\u007e]/.test(raw[i] ?? '')) return refusal(400, 'BAD_HEADER', 'Header values must be printable ASCII.')
  }
  return wantsUpgrade(raw) ? refusal(501, 'UPGRADE', 'Upgrades are not served.') : null
}

/** h2c is an offer that may be ignored, and some HTTP clients make it on every call; anything else is a demand. */
function wantsUpgrade(raw: readonly string[]): boolean {
  const wanted = headerValue(raw, 'upgrade')
  return wanted !== undefined && connectionListed(raw).has('upgrade') && wanted.trim().toLowerCase() !== 'h2c'
}

function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message }
}
