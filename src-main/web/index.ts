/** Headless Keywheel's own port: the page, its calls, and REST for scripts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { type ApiLog, type AppRouter, toKeywheelError } from '../api/index.ts'
import { closeServer, listenOnLoopback } from '../base/loopback.ts'
import { newSecret } from '../base/running-file.ts'
import { type PageFiles, readPageFiles } from '../page/files.ts'
import type { Services } from '../services/types.ts'
import { sendError } from './answers.ts'
import { admit } from './gate.ts'
import { createHandlers, type Handle, WrongMethod } from './handlers.ts'
import { commonHeaders } from './policy.ts'
import { createSessions } from './sessions.ts'

export interface WebHostOptions {
  router: AppRouter
  services: Services
  /** The built page (out/renderer). Without it there is no page, but everything else. */
  rendererDir: string
  /** What scripts send as `Authorization: Bearer …` to /api. */
  adminToken: string
  log: ApiLog
  clock: { mono(): number }
}

export interface WebHost {
  /** Opens `port` (0 = any free one) on 127.0.0.1 and ::1. Throws KeywheelError PORT_TAKEN with `nextPort`, or INVALID_INPUT. */
  listen(port: number): Promise<{ port: number }>
  /** The page's address with a new sign-in code: good once, for 10 minutes. Only while it listens. */
  newLoginUrl(): string
  /** Known to this host and to whoever may read the running file: `keywheel` asks with it for a page. */
  readonly secret: string
  /** Ends live data at once, lets other calls finish for up to 2 s, then closes everything. */
  close(): Promise<void>
}

const closeGrace = 2000
/** A slow sender holds a connection no longer than this; 64 MiB over loopback take about a second. */
const timeOuts = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5000, connectionsCheckingInterval: 5000 }

export function createWebHost(options: WebHostOptions): WebHost {
  const { log, clock } = options
  const sessions = createSessions(options.adminToken, () => clock.mono())
  const active = new Set<ServerResponse>()
  const secret = newSecret()
  let handle: Handle | undefined
  let port = 0
  let closing: (() => void) | undefined

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    active.add(response)
    response.once('close', () => {
      active.delete(response)
      if (active.size === 0) closing?.()
    })
    for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value)
    try {
      const path = admit(request, port)
      if (!handle) throw new KeywheelError('NOT_FOUND')
      await handle(request, response, path)
    } catch (error) {
      if (response.destroyed) return
      const shape = request.url?.startsWith('/rpc/') ? 'rpc' : 'rest'
      sendError(response, toKeywheelError(error, log, 'web'), shape, error instanceof WrongMethod ? error.allowed : [])
    }
  }

  const serve = () =>
    createServer(timeOuts, (request, response) => void answer(request, response)).on('upgrade', (_request, socket) =>
      // Without a listener Node would answer and then leave the connection hanging.
      socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
    )
  const servers = [serve(), serve()] as const

  const newLoginUrl = () => {
    if (port === 0) throw new Error('The web host does not listen yet.')
    return `http://127.0.0.1:${port}/#code=${sessions.newCode()}`
  }

  return {
    secret,
    newLoginUrl,
    async listen(wanted) {
      const files = await readPage(options.rendererDir, log)
      handle = createHandlers({ ...options, sessions, files, command: { secret, newLoginUrl } })
      port = await listenOnLoopback(servers, wanted)
      return { port }
    },
    async close() {
      const closed = Promise.all(servers.map(closeServer))
      closing = () => servers.forEach((server) => server.closeAllConnections())
      for (const response of active) {
        if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
      }
      if (active.size === 0) closing()
      const timer = setTimeout(closing, closeGrace)
      await closed
      clearTimeout(timer)
      port = 0
    },
  }
}

/** Scripts can do without a page: when there is none, that is said, and everything else is served. */
async function readPage(directory: string, log: ApiLog): Promise<PageFiles | undefined> {
  try {
    return await readPageFiles(directory, "'self'")
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ rendererDir: directory, reason }, 'the page is not built and will not be served; run "npm run build"')
    return undefined
  }
}
