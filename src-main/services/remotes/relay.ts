/** A pool of another server as an upstream on this machine: calls come in by HTTP and go on as the server's `invoke`. Exists only while it runs. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import { parseExact } from '../../base/exact-json.ts'
import { closeServer } from '../../base/loopback.ts'
import { type ApiFormat, findProvider, localError } from '../../providers/index.ts'
import { ApipoolError } from '../../remote/client/index.ts'
import type { Catalog } from '../catalog.ts'
import type { DemoUpstream } from '../demo.ts'
import { answerOf, invocationOf, Refused } from './invocation.ts'
import { asKeywheel, type RemoteLines } from './lines.ts'
import { isPassKey } from './pass-key.ts'
import { linkedPool } from './sync.ts'

export interface Relay {
  /** Listens on loopback, if it does not yet. */
  start(lines: Pick<RemoteLines, 'using'>): Promise<void>
  /** Whether the calls of this pool go through it. */
  serves(pool: string): boolean
  baseUrlOf(pool: string): string
  /** What a call has to show; another one at each start, so that no other program gets in. */
  readonly secret: string
  close(): Promise<void>
}

interface RelayDeps {
  catalog: RelayCatalog
  lines: Pick<RemoteLines, 'using'>
  isFull(): boolean
}

/** Two servers that pass their calls on to each other would do so for ever; this is where it ends. */
const underWayMax = 512
const bodyMax = 16 * 1024 * 1024
/** The pool's own time-outs are shorter; this ends what nobody waits for. */
const invokeMs = 3_700_000

type RelayCatalog = Pick<Catalog, 'links' | 'pools'>

export function createRelay(catalog: RelayCatalog): Relay {
  const secret = randomBytes(32).toString('base64url')
  let server: Server | undefined
  let listening: Promise<void> | undefined
  let underWay = 0
  let port = 1
  const listen = async (lines: RelayDeps['lines']) => {
    server = createServer((request, response) => {
      underWay += 1
      response.once('close', () => (underWay -= 1))
      void serve(request, response, secret, { catalog, lines, isFull: () => underWay > underWayMax })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  return {
    secret,
    serves: (pool) => catalog.links.get(pool)?.mode === 'proxy',
    baseUrlOf: (pool) => `http://127.0.0.1:${port}/${pool}`,
    start: (lines) => (listening ??= listen(lines)),
    async close() {
      if (server === undefined) return
      const closed = closeServer(server)
      server.closeAllConnections()
      await closed
    },
  }
}

/** The same upstreams with the pools of other servers among them. */
export function withRelay(demo: DemoUpstream, relay: Relay): DemoUpstream {
  return {
    ...demo,
    baseUrlOf: (pool) => (relay.serves(pool.slug) ? relay.baseUrlOf(pool.slug) : demo.baseUrlOf(pool)),
    originOf: (pool) => (relay.serves(pool.slug) ? null : demo.originOf(pool)),
    secretOf: (key) => (isPassKey(key) ? relay.secret : demo.secretOf(key)),
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, secret: string, deps: RelayDeps): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    if (!isFrom(request, secret)) throw new Refused(401, 'UNAUTHORIZED', 'This address is for Keywheel itself.')
    if (deps.isFull()) throw new Refused(503, 'REMOTE_BUSY', `There are ${underWayMax} calls under way to other servers already.`)
    const { status, headers, body } = await pass(request, deps, gone.signal)
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  } catch (error) {
    if (gone.signal.aborted || response.headersSent) return void response.destroy()
    const { status, code, message, retryAfter } = refusalOf(error)
    const { headers, body } = localError(formatOf(request, deps.catalog), status, code, message)
    const wait = retryAfter === null ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }
    response.writeHead(status, { ...headers, ...wait }).end(body)
  }
}

function isFrom({ headers }: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${secret}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** What the pool's clients speak. */
function formatOf(request: IncomingMessage, catalog: RelayCatalog): ApiFormat {
  const { provider } = catalog.pools.get(placeOf(request).slug) ?? {}
  return findProvider(provider ?? '')?.format ?? 'plain'
}

function placeOf({ url = '' }: IncomingMessage): { slug: string; target: string } {
  const [, slug = '', rest = ''] = /^\/([^/?]+)(.*)$/s.exec(url) ?? []
  return { slug, target: rest.startsWith('/') ? rest : `/${rest}` }
}

async function pass(request: IncomingMessage, { catalog, lines }: RelayDeps, signal: AbortSignal) {
  const { slug, target } = placeOf(request)
  const link = catalog.links.get(slug)
  if (link?.mode !== 'proxy' || linkedPool(link, catalog) === undefined) {
    throw new Refused(404, 'LINK_NOT_FOUND', 'That pool of the server is not used here.')
  }
  const invocation = invocationOf(request, target, await bodyOf(request))
  const invoked = await lines.using(link.remoteId, (client) =>
    client.invoke(link.identifier, invocation, { signal, timeoutMs: invokeMs, parse: parseExact }).catch((error: unknown) => {
      throw refusedThere(error)
    }),
  )
  return answerOf(invoked, request.method ?? 'GET')
}

/** What the server says of a call is the call's matter, whatever the line is like. */
function refusedThere(error: unknown): unknown {
  if (!(error instanceof ApipoolError) || error.code !== 'refused') return error
  const passed = [404, 410, 413, 422, 429, 503].includes(error.status ?? 0) ? (error.status ?? 502) : 502
  return new Refused(passed, 'REMOTE_FAILED', error.message, error.retryAfter)
}

function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error
  if (error instanceof ApipoolError) return refusalOf(asKeywheel(error))
  // 401 and 403 would be taken for the fault of a key.
  if (error instanceof KeywheelError) return new Refused(error.status === 423 ? 503 : 502, error.code, error.message)
  return new Refused(502, 'REMOTE_FAILED', 'The call could not be handed to the server.')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyMax) throw new Refused(413, 'PAYLOAD_TOO_LARGE', 'A call through another server takes at most 16 MiB.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
