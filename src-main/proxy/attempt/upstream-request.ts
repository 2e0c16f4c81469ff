/** One attempt's request: the client's, for the pool that serves it, with that pool's key. */
import type { AuthStyle } from '../../../src-preload/contract/index.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import { withQueryKey } from '../admit/target.ts'
import type { Serving } from '../plan/call-plan.ts'
import { headerValue } from '../raw-headers.ts'
import type { ReplayBody } from '../replay-body.ts'
import type { UpstreamAttempt, Way } from '../types.ts'
import { forwardedHeaders, withKey } from './request-headers.ts'

interface RequestInput {
  serving: Serving
  /** The client's; it is sent byte for byte unless the request was rewritten. */
  body: ReplayBody
  secret: string
  way: Way
  /** Null = as the serving pool says. */
  firstByteMs: number | null
  /** Since the call began: its whole time is one. */
  elapsedMs: number
}

export function upstreamRequest(call: AdmittedCall, input: RequestInput): UpstreamAttempt {
  const { exchange, clientTokens, target } = call
  const { serving, body, secret, way } = input
  const { pool, path, elsewhere, foreign, plain } = serving
  const { auth, config, provider, baseUrl } = pool
  const sent = serving.body ?? body.open()
  // Without a body, only methods that could have one say so.
  const bodiless = sent === null && exchange.body.length === 0 && headerValue(exchange.rawHeaders, 'content-length') === undefined
  const contentLength = bodiless ? null : (serving.body?.byteLength ?? body.length)
  const auths: AuthStyle[] = target.kind === 'pool' ? [auth, target.pool.auth] : [auth]
  const headers = forwardedHeaders({
    raw: exchange.rawHeaders,
    auths,
    clientTokens,
    defaults: provider.defaultHeaders,
    contentLength,
    elsewhere,
    foreign,
    plain,
  })
  return {
    origin: baseUrl.origin,
    method: exchange.method,
    path: auth.in === 'query' ? withQueryKey(path, auth, secret) : path,
    headers: withKey(headers, auth, secret),
    body: sent,
    way,
    limits: {
      connectMs: config.connectTimeout * 1000,
      firstByteMs: input.firstByteMs ?? config.timeout * 1000,
      idleMs: config.idleTimeout * 1000,
      totalMs: config.totalTimeout === 0 ? null : Math.max(1, config.totalTimeout * 1000 - input.elapsedMs),
    },
  }
}
