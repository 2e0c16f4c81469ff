/** Keeps web pages out: an exact list of host names, and no foreign origin. */
import { headerValue } from '../raw-headers.ts'
import type { RawHeaders } from '../types.ts'
import type { Refusal } from './request-checks.ts'

const ownNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Null when the request names this server by one of its own names; anything else may be DNS rebinding. */
export function checkHost(raw: readonly string[], port: number): Refusal | null {
  const host = headerValue(raw, 'host')?.toLowerCase() ?? ''
  const colon = host.lastIndexOf(':')
  if (ownNames.has(host.slice(0, colon)) && host.slice(colon + 1) === String(port)) return null
  return { status: 421, code: 'MISDIRECTED', message: `This host name is not served here. Use http://127.0.0.1:${port}.` }
}

type GateResult =
  | { kind: 'pass'; cors: RawHeaders }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'preflight'; headers: RawHeaders }

/** Only origins on the person's list get in; without an Origin, only what a browser says no other site has caused. */
export function browserGate(method: string, raw: readonly string[], allowedOrigins: readonly string[]): GateResult {
  const origin = headerValue(raw, 'origin')
  if (origin === undefined) {
    const site = headerValue(raw, 'sec-fetch-site')
    return site === undefined || site === 'none' || site === 'same-origin' ? { kind: 'pass', cors: [] } : foreign
  }
  if (origin === 'null' || !allowedOrigins.includes(origin)) return foreign
  const cors = ['access-control-allow-origin', origin, 'vary', 'Origin']
  if (method !== 'OPTIONS' || headerValue(raw, 'access-control-request-method') === undefined) return { kind: 'pass', cors }
  const headers = headerValue(raw, 'access-control-request-headers') ?? ''
  const allow = ['access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE', 'access-control-allow-headers', headers]
  return { kind: 'preflight', headers: [...cors, ...allow] }
}

const foreign: GateResult = {
  kind: 'refused',
  refusal: {
    status: 403,
    code: 'FORBIDDEN_ORIGIN',
    message: 'This page may not call Keywheel. Its origin can be allowed in Settings.',
  },
}
