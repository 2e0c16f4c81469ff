/** Everything that is asked of a request before a key is: form, host, origin, token, address. */
import { operationOf } from '../../gateway/index.ts'
import type { Operation } from '../../gateway/types.ts'
import { nothingHere, poolRetired } from '../answer/call-refusals.ts'
import { answerLocally, answerWith } from '../answer/local-answer.ts'
import type { Exchange, ProxyClient, ProxyDeps, ProxyPool, RawHeaders } from '../types.ts'
import { browserGate, checkHost } from './browser-gate.ts'
import { presentedTokens } from './client-token.ts'
import { type DoorCall, refuseAtDoor } from './door.ts'
import { type FailureLimiter, failuresAMinute } from './failure-limiter.ts'
import { checkHead, type Refusal } from './request-checks.ts'
import { type DoorRoute, type Route, route } from './route.ts'
import { upstreamTarget } from './target.ts'

/** A request that may be served. */
export interface AdmittedCall {
  exchange: Exchange
  client: ProxyClient
  clientTokens: readonly string[]
  cors: RawHeaders
  target: Target
}

type Target = PoolTarget | UnifiedTarget | { kind: 'prompt'; slug: string } | { kind: 'metrics' }

/** A pool by its name. */
export interface PoolTarget {
  kind: 'pool'
  pool: ProxyPool
  /** What follows the pool's name: '' or beginning with '/', without its query. */
  rest: string
  /** '' or beginning with '?', as the client sent it. */
  query: string
  /** Path and query at the pool's origin, without a credential. */
  path: string
}

/** The unified API: which pool serves is known when the model is. */
export interface UnifiedTarget {
  kind: 'unified'
  operation: Operation
  /** With its /v1 or /v1beta, without its query. */
  path: string
  query: string
}

interface Gate {
  deps: ProxyDeps
  limiter: FailureLimiter
  port: number
}

/** Null when the request was answered here. */
export function admit(exchange: Exchange, gate: Gate): AdmittedCall | DoorCall | null {
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
  if (where.kind === 'health' && isReading(exchange)) {
    answerWith(exchange, 200, ['content-type', 'application/json'], Buffer.from('{"status":"ok"}'))
    return null
  }
  if (where.kind === 'door') return atDoor(exchange, where, gate.deps, browser.cors)
  if (asksApipoolHealth(where, exchange, gate.deps)) {
    return atDoor(exchange, { kind: 'door', door: 'apipool', path: '/health', query: '', problem: null }, gate.deps, browser.cors)
  }
  const { client, valid } = identify(tokens, gate.deps)
  if (client === null) return refuse(unauthorised(exchange, gate), browser.cors)
  const target = targetOf(where, exchange, { client, valid, deps: gate.deps })
  if ('status' in target) return refuse(target, browser.cors)
  return { exchange, client, clientTokens: valid, cors: browser.cors, target }
}

/** Whoever comes to a door has no client's token: one asks for it, the other has its own users. */
function atDoor(exchange: Exchange, where: DoorRoute, { doors }: ProxyDeps, cors: RawHeaders): DoorCall | null {
  const door = doors[where.door]()
  if (door !== undefined && where.problem === null) return { exchange, where, door, cors }
  const bad = { status: 400, code: 'BAD_TARGET', message: where.problem ?? '' }
  refuseAtDoor(exchange, where.door, door === undefined ? nothingHere : bad, cors)
  return null
}

/** Programs ask an apipool-server there whether it is well; a pool of that name goes before. */
function asksApipoolHealth(where: Route, { method }: Exchange, { doors, findPool }: ProxyDeps): boolean {
  const asked = where.kind === 'pool' && where.slug === 'health' && where.rest === '' && method === 'GET'
  return asked && doors.apipool() !== undefined && findPool('health') === undefined
}

function isReading({ method }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD'
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

interface Asker {
  client: ProxyClient
  valid: readonly string[]
  deps: ProxyDeps
}

function targetOf(where: Exclude<Route, DoorRoute>, exchange: Exchange, asker: Asker): Target | Refusal {
  if (asker.client.pools?.length === 0) return noPoolsLeft
  switch (where.kind) {
    case 'pool':
      return poolTarget(where, asker)
    case 'unified': {
      const operation = operationOf(exchange.method, where.path)
      return operation === null ? notUnified(where.path) : { kind: 'unified', operation, path: where.path, query: where.query }
    }
    case 'prompt':
      return exchange.method === 'POST' ? { kind: 'prompt', slug: where.slug } : nothingThere
    case 'metrics':
      // They name all pools, so they are not for a client that was given some.
      return isReading(exchange) && asker.client.pools === null ? { kind: 'metrics' } : nothingThere
    case 'bad':
      return { status: 400, code: 'BAD_TARGET', message: where.message }
    case 'health':
    case 'none':
      return nothingThere
  }
}

function poolTarget(
  { slug, rest, query }: Extract<Route, { kind: 'pool' }>,
  { client, valid, deps }: Asker,
): PoolTarget | Refusal {
  const pool = deps.findPool(slug)
  // The same answer for all: a client is not told of pools that are none of its business, or not yet.
  if (pool === undefined || !mayUsePool(client, pool.slug) || (pool.state === 'draft' && !client.own)) {
    return { status: 404, code: 'POOL_NOT_FOUND', message: `This client has no such pool. ${addresses}` }
  }
  if (pool.state === 'retired' && !client.own) return poolRetired(successorOf(pool, client, deps))
  const path = upstreamTarget({ pool, rest, query, clientTokens: valid })
  if (path === null) return { status: 400, code: 'BAD_TARGET', message: 'This path would leave the pool.' }
  return { kind: 'pool', pool, rest, query, path }
}

/** Where the line of successors ends in a pool that serves; null = nowhere that this client may go. */
function successorOf(pool: ProxyPool, client: ProxyClient, deps: ProxyDeps): string | null {
  const seen = new Set<string>()
  for (let next = pool; next.successor !== null && !seen.has(next.slug); ) {
    seen.add(next.slug)
    const after = deps.findPool(next.successor)
    if (after?.state === 'published') return mayUsePool(client, after.slug) ? after.slug : null
    if (after?.state !== 'retired') return null
    next = after
  }
  return null
}

/** Whether a client was given that pool. */
export function mayUsePool({ pools }: ProxyClient, slug: string): boolean {
  return pools === null || pools.includes(slug)
}

const addresses = 'Addresses look like http://127.0.0.1:<port>/<pool>/… or /v1/… for all pools together.'
/** Pictures, sound, batches, …: a pool's own address has all that its provider has. */
function notUnified(path: string): Refusal {
  const message = `The unified API has nothing at this address. Ask one pool for it: http://127.0.0.1:<port>/<pool>${path.slice(0, 200)}`
  return { ...nothingThere, message }
}

/** Null would be all of them; an empty list is what is left of pools that were deleted. */
const noPoolsLeft: Refusal = {
  status: 403,
  code: 'NO_POOLS_LEFT',
  message: 'The pools that this client was given are gone, so it may use none. Give it others under Connect in Keywheel.',
}

const nothingThere: Refusal = {
  status: 404,
  code: 'POOL_NOT_FOUND',
  message: `There is nothing at this address. ${addresses}`,
}
