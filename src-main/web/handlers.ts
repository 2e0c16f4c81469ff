/** What lies behind each address, once the gate has let a request in. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OpenAPIHandler } from '@orpc/openapi/node'
import { RPCHandler } from '@orpc/server/node'
import type { StandardHandleResult } from '@orpc/server/standard'
import { z } from 'zod'
import { invalid, KeywheelError } from '../../src-preload/contract/index.ts'
import { type ApiLog, type AppRouter, errorMapping, openApiDocument } from '../api/index.ts'
import { isSame, nonceHeader, proofOf } from '../base/running-file.ts'
import type { PageFiles } from '../page/files.ts'
import type { Actor, Services } from '../services/types.ts'
import { sendJson } from './answers.ts'
import { bodyCap, readJson } from './body.ts'
import { methodsOf } from './rest-routes.ts'
import type { Sessions } from './sessions.ts'

export interface HandlerParts {
  router: AppRouter
  services: Services
  sessions: Sessions
  /** Undefined while the page is not built. */
  files: PageFiles | undefined
  /** What our own command on this machine is told. */
  command: { secret: string; newLoginUrl(): string }
  log: ApiLog
}

export type Handle = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>

/** A wrong method, with those that would be right. */
export class WrongMethod extends KeywheelError {
  readonly allowed: readonly string[]

  constructor(allowed: readonly string[]) {
    super('METHOD_NOT_ALLOWED', `This address takes ${allowed.join(', ')} only.`)
    this.allowed = allowed
  }
}

export function createHandlers(parts: HandlerParts): Handle {
  const { sessions, files, command } = parts
  const rpc = createRpc(parts)
  const rest = createRest(parts)

  return async (request, response, path) => {
    if (path === '/healthz') return health(request, response, command.secret)
    if (path === '/session') return session(request, response, sessions)
    if (path === '/session/code') return newCode(request, response, command)
    if (path.startsWith('/rpc/')) return rpc(request, response, path)
    if (path === '/api' || path.startsWith('/api/')) return rest(request, response, path)
    return page(request, response, path, files)
  }
}

/** With a nonce it also proves that it is the Keywheel of the running file. */
async function health(request: IncomingMessage, response: ServerResponse, secret: string): Promise<void> {
  allow(request, ['GET'])
  const nonce = request.headers[nonceHeader]
  const asked = typeof nonce === 'string' && /^[\w-]{16,64}$/.test(nonce)
  sendJson(response, 200, { status: 'ok', ...(asked ? { proof: proofOf(secret, nonce) } : {}) })
}

/** A new address of the page, for `keywheel open`. Not for the admin token: a page may do more than scripts may, such as reveal. */
async function newCode(request: IncomingMessage, response: ServerResponse, command: HandlerParts['command']): Promise<void> {
  allow(request, ['POST'])
  const given = /^Bearer (\S{1,512})$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (!isSame(given, command.secret)) throw new KeywheelError('UNAUTHORIZED')
  sendJson(response, 200, { ui: command.newLoginUrl() })
}

async function session(request: IncomingMessage, response: ServerResponse, sessions: Sessions): Promise<void> {
  allow(request, ['POST'])
  const input = z.strictObject({ code: z.string().min(1).max(128) }).safeParse(await readJson(request, bodyCap('/session')))
  if (!input.success) throw invalid('code', 'give the code of the printed address')
  sendJson(response, 200, { token: sessions.redeem(input.data.code) })
}

async function page(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  files: PageFiles | undefined,
): Promise<void> {
  const file = files?.answer(path)
  if (!file) {
    throw new KeywheelError('NOT_FOUND', path === '/' ? 'The page is not built; run "npm run build" and start again.' : undefined)
  }
  allow(request, ['GET', 'HEAD'])
  response.writeHead(200, { ...file.headers, 'content-length': file.body.length })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

function createRpc({ router, services, sessions, log }: HandlerParts): Handle {
  const handler = new RPCHandler(router, errorMapping)
  return async (request, response, path) => {
    sessions.authorize(request.headers.authorization, 'page-only')
    allow(request, ['POST'])
    await giveBody(request, path.slice('/rpc'.length))
    const context = contextOf(services, 'local', log)
    const { matched } = await handler.handle(request, response, { prefix: '/rpc', context })
    if (!matched) throw new KeywheelError('NOT_FOUND')
  }
}

function createRest({ router, services, sessions, log }: HandlerParts): Handle {
  const handler = new OpenAPIHandler(router, { ...errorMapping, rootInterceptors: [sayRetryAfter] })
  let document: Promise<object> | undefined
  const describe = async () => openApiDocument((await services.system.info()).version)
  const forget = (error: unknown) => {
    document = undefined
    throw error
  }

  return async (request, response, path) => {
    sessions.authorize(request.headers.authorization, 'admin-too')
    const call = path.slice('/api'.length)
    const methods = call === '/openapi.json' ? ['GET'] : methodsOf(call)
    if (methods.length === 0) throw new KeywheelError('NOT_FOUND')
    allow(request, methods)
    if (call === '/openapi.json') return sendJson(response, 200, await (document ??= describe().catch(forget)))
    if (request.method !== 'GET') await giveBody(request, call)
    const context = contextOf(services, 'admin', log)
    const { matched } = await handler.handle(request, response, { prefix: '/api', context })
    if (!matched) throw new KeywheelError('NOT_FOUND')
  }
}

/** An error that says how long to wait says it in the header as well, where HTTP clients look for it. */
async function sayRetryAfter(step: { next(): Promise<StandardHandleResult> }): Promise<StandardHandleResult> {
  const result = await step.next()
  const error = waiting.safeParse(result.response?.body)
  if (result.matched && error.success) result.response.headers['retry-after'] = String(error.data.data.retryAfter)
  return result
}

const waiting = z.object({ code: z.string(), data: z.object({ retryAfter: z.number() }) })

function contextOf(services: Services, actor: Actor, log: ApiLog) {
  return { services, actor, log }
}

function allow({ method = '' }: IncomingMessage, methods: readonly string[]): void {
  if (!methods.includes(method)) throw new WrongMethod(methods)
}

/** oRPC takes a body that somebody has read already from `request.body`; by itself it has no cap and takes more than JSON. */
async function giveBody(request: IncomingMessage & { body?: unknown }, call: string): Promise<void> {
  request.body = await readJson(request, bodyCap(call))
}
