/** Everything that is asked of a request before a key is: form, host, origin, token, pool. */
import { browserGate, checkHost } from './browser-gate.ts'
import { presentedTokens } from './client-token.ts'
import { type FailureLimiter, failuresAMinute } from './failure-limiter.ts'
import { answerLocally, answerWith } from './local-answer.ts'
import { checkHead, type Refusal } from './request-checks.ts'
import { type Route, route } from './route.ts'
import { upstreamTarget } from './target.ts'
import type { Exchange, ProxyClient, ProxyDeps, ProxyPool, RawHeaders } from './types.ts'

/** A call that may be made. */
export interface AdmittedCall {
  exchange: Exchange
  client: ProxyClient
  pool: ProxyPool
  /** What follows the pool's name: '' or beginning with '/', without its query. */
  rest: string
  /** '' or beginning with '?', as the client sent it. */
  query: string
  /** Path and query at the pool's origin, without a credential. */
  path: string
  clientTokens: readonly string[]
  cors: RawHeaders
}

interface Gate {
  deps: ProxyDeps
  limiter: FailureLimiter
  port: number
}

/** Null when the request was answered here. */
export function admit(exchange: Exchange, gate: Gate): AdmittedCall | null {
  const { tokens, format } = presentedTokens(exchange.rawHeaders, exchange.target)
  const refuse = (refusal: Refusal, extra: readonly string[] = []) => {
    answerLocally(exchange, { format, refusal, extra, now: gate.deps.clock.now() })
    return null
  }
  const malformed = checkHead(exchange) ?? checkHost(exchange.rawHeaders, gate.port)
  if (malformed !== null) return refuse(malformed, closing(malformed))
  const browser = browserGate(exchange.method, exchange.rawHeaders, gate.deps.allowedOrigins())
  if (browser.kind === 'refused') return refuse(browser.refusal)
  if (browser.kind === 'preflight') {
    answerWith(exchange, 204, browser.headers, Buffer.alloc(0))
    return null
  }
  const where = route(exchange.target)
  if (where.kind === 'health' && (exchange.method === 'GET' || exchange.method === 'HEAD')) {
    answerWith(exchange, 200, ['content-type', 'application/json'], Buffer.from('{"status":"ok"}'))
    return null
  }
  const { client, valid } = identify(tokens, gate.deps)
  if (client === null) return refuse(unauthorised(exchange, gate), browser.cors)
  const found = findPool(where, client, gate.deps)
  if ('status' in found) return refuse(found, browser.cors)
  const { pool, rest, query } = found
  const path = upstreamTarget({ pool, rest, query, clientTokens: valid })
  if (path === null) return refuse({ status: 400, code: 'BAD_TARGET', message: 'This path would leave the pool.' }, browser.cors)
  return { exchange, client, pool, rest, query, path, clientTokens: valid, cors: browser.cors }
}

/** SDKs present a key in more than one place at times; the first that is known counts. */
function identify(tokens: readonly string[], deps: ProxyDeps): { client: ProxyClient | null; valid: string[] } {
  let client: ProxyClient | null = null
  const valid = tokens.filter((token) => {
    const found = deps.authorise(token)
    client ??= found
    return found !== null
  })
  return { client, valid }
}

/** What cannot be understood as HTTP/1.1 must not be followed by more of it. */
function closing({ status }: Refusal): string[] {
  return [400, 431, 501, 505].includes(status) ? ['connection', 'close'] : []
}

function unauthorised(exchange: Exchange, { limiter }: Gate): Refusal {
  if (limiter.fail(exchange.peer.address)) {
    const message = 'Too many wrong tokens; wait a minute.'
    return { status: 429, code: 'RATE_LIMITED', message, retryAfter: 60, limit: failuresAMinute }
  }
  return {
    status: 401,
    code: 'UNAUTHORIZED',
    message: 'A valid client token is needed. Make one under Connect in Keywheel and use it in place of the API key.',
  }
}

function findPool(
  where: Route,
  client: ProxyClient,
  deps: ProxyDeps,
): { pool: ProxyPool; rest: string; query: string } | Refusal {
  if (where.kind === 'bad') return { status: 400, code: 'BAD_TARGET', message: where.message }
  const pool = where.kind === 'pool' ? deps.findPool(where.slug) : undefined
  const allowed = pool !== undefined && (client.pools === null || client.pools.includes(pool.slug))
  // The same answer for both: a client is not told of pools that are none of its business.
  if (where.kind !== 'pool' || !allowed) return { status: 404, code: 'POOL_NOT_FOUND', message: noPool(where) }
  return { pool, rest: where.rest, query: where.query }
}

function noPool(where: Route): string {
  const usage = 'Addresses look like http://127.0.0.1:<port>/<pool>/…'
  return where.kind === 'pool' ? `This client has no such pool. ${usage}` : `There is nothing at this address. ${usage}`
}
