/** The headers that reach the client: the upstream's, without what only concerns this hop or the client's browser. */
import { isRateHeader } from '../attempt/credits.ts'
import { connectionListed, filterHeaders, nameIn } from '../raw-headers.ts'
import type { RawHeaders } from '../types.ts'

const isDropped = nameIn(
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|strict-transport-security|set-cookie2?|clear-site-data|alt-svc|access-control-.*|service-worker-allowed|refresh|public-key-pins.*|expect-ct|content-security-policy.*|x-content-type-options|cross-origin-.*|report-to|reporting-endpoints|nel|x-keywheel-.*)$/,
)

/** No answer of a proxy on this machine is a page: it must not run, be framed or be read by one. */
export const hardening: Readonly<RawHeaders> = [
  'x-content-type-options',
  'nosniff',
  'content-security-policy',
  "sandbox; default-src 'none'",
  'cross-origin-resource-policy',
  'same-origin',
]

interface AnswerHeaderInput {
  raw: readonly string[]
  status: number
  method: string
  secret: string
  /** Where the pool is on this proxy. */
  prefix: string
  baseUrl: URL
  /** The body is not the upstream's byte for byte, so its length and digests are not either. */
  rewritten: boolean
  /** Nor is its content type. */
  retyped: boolean
  /** The client is told of its own quota: the upstream's of the same names would be about a key. */
  ownRates: boolean
}

const ofTheBytes = /^(content-length|content-encoding|content-md5|content-digest|repr-digest|digest|etag|accept-ranges)$/

/** What the client sees of an upstream's headers. A header that has the key in it is left out. */
export function answerHeaders({
  raw,
  status,
  method,
  secret,
  prefix,
  baseUrl,
  rewritten,
  retyped,
  ownRates,
}: AnswerHeaderInput): RawHeaders {
  const listed = connectionListed(raw)
  // RFC 9110 8.6: neither has a body, whatever the upstream says of one.
  const lengthless = status === 204 || (status === 205 && method !== 'HEAD')
  const headers = filterHeaders(
    raw,
    (name, value) =>
      !isDropped(name) &&
      !listed.has(name) &&
      !(lengthless && name === 'content-length') &&
      !(rewritten && ofTheBytes.test(name)) &&
      !(retyped && name === 'content-type') &&
      !(ownRates && isRateHeader(name)) &&
      !value.includes(secret),
  )
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === 'location') headers[i + 1] = localLocation(headers[i + 1] ?? '', prefix, baseUrl)
  }
  return headers
}

/** A redirect within the upstream comes back through the proxy; any other is the client's to judge. */
function localLocation(location: string, here: string, baseUrl: URL): string {
  const target = URL.parse(location, baseUrl.href)
  const prefix = baseUrl.pathname.replace(/\/+$/, '')
  const relative = !/^([a-z][a-z0-9+.-]*:|\/)/i.test(location)
  if (target === null || relative || target.origin !== baseUrl.origin || !target.pathname.startsWith(`${prefix}/`))
    return location
  return `${here}${target.pathname.slice(prefix.length)}${target.search}${target.hash}`
}
