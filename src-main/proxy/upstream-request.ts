/** One attempt's request: the client's, for the pool that serves it, with that pool's key. */
import type { AdmittedCall } from './admission.ts'
import type { Serving } from './fallback.ts'
import { headerValue } from './raw-headers.ts'
import type { ReplayBody } from './replay-body.ts'
import { forwardedHeaders, withKey } from './request-headers.ts'
import { withQueryKey } from './target.ts'
import type { UpstreamAttempt } from './types.ts'

/** `body` is the client's; it is sent byte for byte unless the request was rewritten. */
export function upstreamRequest(call: AdmittedCall, serving: Serving, body: ReplayBody, secret: string): UpstreamAttempt {
  const { exchange, clientTokens } = call
  const { pool, path } = serving
  const { auth, config, provider, baseUrl } = pool
  const sent = serving.body ?? body.open()
  // Without a body, only methods that could have one say so.
  const bodiless = sent === null && exchange.body.length === 0 && headerValue(exchange.rawHeaders, 'content-length') === undefined
  const contentLength = bodiless ? null : (serving.body?.byteLength ?? body.length)
  const headers = forwardedHeaders({
    raw: exchange.rawHeaders,
    auths: [auth, call.pool.auth],
    clientTokens,
    defaults: provider.defaultHeaders,
    contentLength,
    elsewhere: serving.fellBack,
  })
  return {
    origin: baseUrl.origin,
    method: exchange.method,
    path: auth.in === 'query' ? withQueryKey(path, auth, secret) : path,
    headers: withKey(headers, auth, secret),
    body: sent,
    limits: {
      connectMs: config.connectTimeout * 1000,
      firstByteMs: config.timeout * 1000,
      idleMs: config.idleTimeout * 1000,
      totalMs: null,
    },
  }
}
