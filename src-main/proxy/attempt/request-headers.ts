/** The headers that go upstream: the client's, without anything that is about this hop or is a credential, and the pooled key. */
import type { AuthStyle } from '../../../src-preload/contract/index.ts'
import { credentialHeaders } from '../admit/client-token.ts'
import { credential } from '../admit/target.ts'
import { connectionListed, filterHeaders, headerValue, nameIn } from '../raw-headers.ts'
import type { RawHeaders } from '../types.ts'

/** RFC 9110 7.6.1; Expect is answered here, and Host and Content-Length are set anew. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
  'host',
  'content-length',
])

/** Headers by which somebody could steer a request elsewhere, or that say where it came from. */
const isSteering = nameIn(
  /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|x-original-(url|host|uri)|x-rewrite-url|x-http-method-override|.*-base-url|x-portkey-.*|x-keywheel-.*|origin|referer|sec-fetch-.*|access-control-request-.*)$/,
)

/** What is true only of the client's own bytes, or of the account that the client thought it was calling. */
const ownOnly =
  /^(content-md5|digest|content-digest|repr-digest|openai-organization|openai-project|x-goog-user-project|anthropic-workspace-id)$/

/** What an SDK of one API says to that API; what the body says of itself is said anew. */
const foreignOnly = /^(anthropic-.*|openai-.*|x-stainless-.*|x-goog-.*|x-server-timeout|accept|content-type|content-encoding)$/

interface RequestHeaderInput {
  raw: readonly string[]
  /** Of the pool that serves and of the one that was asked for: what the client has put there is a credential. */
  auths: readonly AuthStyle[]
  defaults: Readonly<Record<string, string>>
  clientTokens: readonly string[]
  /** From the body as it will be sent; null = chunked. */
  contentLength: number | null
  /** The call goes to another account than the client thinks. */
  elsewhere: boolean
  /** It was put into another format. */
  foreign: boolean
  /** The answer has to be read, so it must not be compressed. */
  plain: boolean
}

/** The client's part; the same for every attempt of a call. */
export function forwardedHeaders({
  raw,
  auths,
  defaults,
  clientTokens,
  contentLength,
  elsewhere,
  foreign,
  plain,
}: RequestHeaderInput): RawHeaders {
  const listed = connectionListed(raw)
  const authNames = auths.filter((auth) => auth.in === 'header').map(({ name }) => name.toLowerCase())
  const headers = filterHeaders(
    raw,
    (name, value) =>
      !hopByHop.has(name) &&
      !listed.has(name) &&
      !credentialHeaders.has(name) &&
      !authNames.includes(name) &&
      !isSteering(name) &&
      !(elsewhere && ownOnly.test(name)) &&
      !(foreign && foreignOnly.test(name)) &&
      !(plain && name === 'accept-encoding') &&
      !clientTokens.some((token) => value.includes(token)),
  )
  for (const [name, value] of Object.entries(defaults)) {
    if (headerValue(headers, name.toLowerCase()) === undefined) headers.push(name, value)
  }
  if (foreign) headers.push('content-type', 'application/json')
  // Whoever did not ask for a coding gets none, and then usage can be read without decoding.
  if (headerValue(headers, 'accept-encoding') === undefined) headers.push('accept-encoding', 'identity')
  if (contentLength !== null) headers.push('content-length', String(contentLength))
  return headers
}

/** The forwarded headers and the one credential. */
export function withKey(headers: RawHeaders, auth: AuthStyle, secret: string): RawHeaders {
  return auth.in === 'header' ? [...headers, auth.name, credential(auth, secret)] : headers
}
