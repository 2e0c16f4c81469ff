/** Takes requests on both loopback families with node:http, and answers what cannot be parsed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { closeServer, listenOnLoopback, systemCode } from '../../base/loopback.ts'
import type { Clock } from '../../pool/types.ts'
import { localError } from '../../providers/index.ts'
import type { ApiFormat } from '../../providers/types.ts'
import { presentedTokens } from '../admit/client-token.ts'
import type { Acceptor, Exchange } from '../types.ts'
import { type ExchangeLimits, HttpExchange } from './http-exchange.ts'

interface AcceptorOptions {
  clock: Clock
  limits: ExchangeLimits & { headersMs: number; maxConnections: number }
  onExchange: (exchange: Exchange) => void
}

/** What is known of a connection: its exchanges under way, and the answer to bytes that were not a request. */
interface Connection {
  exchanges: Set<HttpExchange>
  malformed: string | null
  /** The last answer on it has been given: what comes behind is not served (RFC 9112 9.6), for nobody would hear of it. */
  over: boolean
}

/** An acceptor that is not listening yet. */
export function createHttpAcceptor(options: AcceptorOptions): Acceptor {
  const servers: Server[] = []
  const connections = new Map<Duplex, Connection>()
  const make = () => httpServer(options, connections)

  async function listen(wanted: number): Promise<{ port: number }> {
    const pair = [make(), make()] as const
    const port = await listenOnLoopback(pair, wanted, 'proxy.port')
    servers.push(...pair.filter((server) => server.listening))
    return { port }
  }

  return {
    listen,
    async close(graceMs) {
      const closing = servers.splice(0)
      const closed = Promise.all(closing.map(closeServer))
      for (const server of closing) server.closeIdleConnections()
      const cancel = options.clock.after(graceMs, () => {
        for (const server of closing) server.closeAllConnections()
      })
      await closed
      cancel()
    },
  }
}

function httpServer({ clock, limits, onExchange }: AcceptorOptions, connections: Map<Duplex, Connection>): Server {
  const server = createServer({
    insecureHTTPParser: false,
    joinDuplicateHeaders: false,
    maxHeaderSize: 32 * 1024,
    headersTimeout: limits.headersMs,
    // A body has its own watch: a whole-request limit would cut long uploads.
    requestTimeout: 0,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 5_000,
    noDelay: true,
  })
  server.maxRequestsPerSocket = 1_000
  // Counted by the checks; the parser would leave the rest out without a word.
  server.maxHeadersCount = 0
  server.on('connection', (socket: Socket) => {
    if (connections.size >= limits.maxConnections) {
      turnAway(socket, limits.lingerMs)
      return
    }
    const connection: Connection = { exchanges: new Set(), malformed: null, over: false }
    connections.set(socket, connection)
    socket.on('close', () => {
      connections.delete(socket)
      for (const exchange of connection.exchanges) exchange.lost()
    })
  })
  const accept = (request: IncomingMessage, response: ServerResponse, expects: boolean) => {
    const connection = connections.get(request.socket)
    if (connection === undefined || connection.malformed !== null) {
      request.socket.destroy()
      return
    }
    if (connection.over) return
    const exchange = new HttpExchange(request, response, { clock, limits, expects, onLast: () => (connection.over = true) })
    connection.exchanges.add(exchange)
    response.once('close', () => {
      connection.exchanges.delete(exchange)
      if (connection.malformed !== null && connection.exchanges.size === 0) request.socket.end(connection.malformed)
    })
    onExchange(exchange)
  }
  server.on('request', (request, response) => accept(request, response, false))
  server.on('checkContinue', (request, response) => accept(request, response, true))
  server.on('connect', (request: IncomingMessage, socket) => {
    const { format } = presentedTokens(request.rawHeaders, '/')
    socket.end(bare(405, 'METHOD_NOT_ALLOWED', 'Keywheel is no forward proxy: CONNECT is not served.', { format }))
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const { format } = presentedTokens(request.rawHeaders, '/')
    const { headers, body } = localError(format, 417, 'EXPECTATION', 'The only expectation taken is 100-continue.')
    const connection = connections.get(request.socket)
    if (connection !== undefined) connection.over = true
    response.writeHead(417, { ...headers, connection: 'close' }).end(body)
  })
  server.on('clientError', (error, socket) => onMalformed(error, socket, connections.get(socket)))
  return server
}

/** The answer goes behind those that are still owed on this connection, or else it would be taken for one of them. */
function onMalformed(error: Error, socket: Duplex, connection: Connection | undefined): void {
  const code = systemCode(error)
  // HPE_INVALID_EOF_STATE: the client broke off in the middle of its request.
  if (!socket.writable || code === 'ECONNRESET' || code === 'HPE_INVALID_EOF_STATE' || connection === undefined) {
    socket.destroy()
    return
  }
  const broken = [...connection.exchanges].find((exchange) => !exchange.body.complete)
  if (broken !== undefined) {
    // It is the body of a request that is being served: its own answer says so, and is the last one.
    connection.malformed = ''
    broken.body.fail('CLIENT_BODY_MALFORMED')
    return
  }
  connection.malformed ??= refusalOf(code)
  if (connection.exchanges.size === 0) socket.end(connection.malformed, () => socket.destroy())
}

function refusalOf(code: string): string {
  if (code === 'HPE_HEADER_OVERFLOW') return bare(431, 'HEADERS_TOO_LONG', 'The headers are longer than 32 KiB.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return bare(408, 'REQUEST_TIMEOUT', 'The request did not come in time.')
  return bare(400, 'BAD_REQUEST', 'This is no request as RFC 9112 has it.')
}

/** One connection too many: told so before its request is read, with a moment to hear it. Its request finds no connection. */
function turnAway(socket: Socket, lingerMs: number): void {
  socket.setTimeout(lingerMs, () => socket.destroy())
  socket.end(
    bare(503, 'TOO_MANY_CONNECTIONS', 'Too many connections are open; try again in a second.', { more: 'Retry-After: 1\r\n' }),
  )
}

/** An answer to what never became an exchange, and the last one: in OpenAI's words, unless it can be told what the client speaks. */
function bare(
  status: number,
  code: string,
  message: string,
  { format = 'openai', more = '' }: { format?: ApiFormat; more?: string } = {},
): string {
  const { headers, body } = localError(format, status, code, message)
  const content = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${more}${content.join('')}${length}Connection: close\r\n\r\n${body}`
}
