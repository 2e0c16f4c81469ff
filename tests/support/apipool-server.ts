/** apipool-server 1.0.0 as it is on the wire, with what it gets wrong: HTML on unknown paths, no duplicates seen, bare 500s. And it can be told to misbehave. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

interface ServerKey {
  identifier: string
  raw_key: string
  alias?: string | null
  tags?: string[] | null
  priority?: number
  weight?: number
}

interface ServerPool {
  name: string
  description: string | null
  client_type: string
  reach_limit_exception: string | null
  rotation_strategy: string
  pool_config: Record<string, unknown> | null
  keys: ServerKey[]
  /** Where its calls go. */
  baseUrl: string
}

export type Misbehaviour =
  | 'html'
  | 'half'
  | 'cut'
  | 'hang'
  | 'redirect'
  | 'huge'
  /** It does what it was asked, and the answer never arrives. */
  | 'lost'
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | { json: unknown }
  /** JSON to the letter. */
  | { text: string }

interface Asked {
  method: string
  path: string
  authorization: string | null
  body: unknown
}

export interface ApipoolServer {
  readonly url: string
  readonly port: number
  readonly pools: Map<string, ServerPool>
  /** Everything that was asked, oldest first; paths with their query. */
  readonly asked: Asked[]
  /** Every reported event, as often as it came. */
  readonly reports: Record<string, unknown>[]
  /** Seconds that access tokens say they live. They end with `expire`. */
  expiresIn: number
  password: string
  addPool(identifier: string, pool?: Partial<ServerPool>): ServerPool
  /** Access tokens given out so far are worth nothing from now on; refresh tokens too when told. */
  expire(what?: 'access' | 'both'): void
  /** Paths with this text in them are answered so, `times` times (all, unless told). */
  misbehave(part: string, how: Misbehaviour, times?: number): void
  behave(): void
  /** Cuts all connections and stops listening; `listen` takes the same port again. */
  cut(): Promise<void>
  listen(): Promise<void>
}

/** Listens on a loopback port until the test ends. One user: `ann`. All addresses are below `prefix`, if there is one. */
export async function startApipoolServer(prefix = ''): Promise<ApipoolServer> {
  const fake = new Fake(prefix)
  await fake.listen()
  onTestFinished(() => fake.cut())
  return fake
}

class Fake implements ApipoolServer {
  readonly pools = new Map<string, ServerPool>()
  readonly asked: Asked[] = []
  readonly reports: Record<string, unknown>[] = []
  expiresIn = 3600
  password = 'ann-password-1'
  port = 0
  readonly #prefix: string
  #server: Server | null = null
  #access = new Set<string>()
  #refresh = new Set<string>()
  #faults: { part: string; how: Misbehaviour; left: number }[] = []
  #turn = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${this.#prefix}`
  }

  addPool(identifier: string, pool: Partial<ServerPool> = {}): ServerPool {
    const made: ServerPool = {
      name: identifier,
      description: null,
      client_type: 'generic',
      reach_limit_exception: null,
      // Not by chance: tests count which key has which call.
      rotation_strategy: 'round_robin',
      pool_config: null,
      keys: [],
      baseUrl: 'http://127.0.0.1:9',
      ...pool,
    }
    this.pools.set(identifier, made)
    return made
  }

  expire(what: 'access' | 'both' = 'access'): void {
    this.#access.clear()
    if (what === 'both') this.#refresh.clear()
  }

  misbehave(part: string, how: Misbehaviour, times = Number.POSITIVE_INFINITY): void {
    this.#faults.push({ part, how, left: times })
  }

  behave(): void {
    this.#faults = []
  }

  async listen(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
  }

  async cut(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { method = '', url = '' } = request
    const { authorization = null } = request.headers
    this.asked.push({ method, path: url.slice(this.#prefix.length), authorization, body })
    const fault = this.#faults.find(({ part, left }) => left > 0 && url.includes(part))
    if (fault) fault.left -= 1
    if (fault && fault.how !== 'lost') return misbehave(response, fault.how)
    const answer = await this.#answer(method, url, authorization, body)
    if (fault) return void response.socket?.destroy()
    if (answer === null) return html(response)
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.json))
  }

  async #answer(method: string, url: string, authorization: string | null, body: unknown): Promise<Answer | null> {
    const { pathname, searchParams } = new URL(url, 'http://server')
    if (!pathname.startsWith(`${this.#prefix}/api/v1/`)) return null
    const route = pathname.slice(`${this.#prefix}/api/v1`.length)
    const given = (body ?? {}) as Record<string, unknown>
    if (method === 'POST' && route === '/auth/login') return this.#login(given)
    if (method === 'POST' && route === '/auth/refresh') return this.#renew(given)
    const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : null
    if (token === null) return unauthorised('Missing or invalid Authorization header')
    if (!this.#access.has(token)) return unauthorised('Invalid access token')
    if (method === 'GET' && route === '/pools') return this.#page(searchParams)
    if (method === 'GET' && route === '/keys/raw') return this.#keys(searchParams.get('pool_identifier') ?? '')
    if (method === 'POST' && route === '/stats/report') return this.#report(given)
    const [, kind, encoded = '', action] = /^\/(pools|proxy)\/([^/]+)(?:\/(\w+))?$/.exec(route) ?? []
    const identifier = decodeURIComponent(encoded)
    const pool = this.pools.get(identifier)
    if (kind === undefined) return null
    if (!pool) return missing(identifier)
    if (kind === 'pools' && action === undefined) return ok(poolOf(identifier, pool, 1))
    if (kind === 'pools' && action === 'config') return ok(configOf(identifier, pool))
    if (kind === 'proxy' && action === 'status') return ok(statusOf(pool))
    if (kind === 'proxy' && action === 'invoke') return this.#invoke(pool, given)
    return null
  }

  #login({ username, password }: Record<string, unknown>): Answer {
    if (username !== 'ann' || password !== this.password) {
      return { status: 401, json: { detail: 'Incorrect username or password' } }
    }
    // Only the last login's refresh token counts.
    this.#refresh.clear()
    return ok(this.#pair())
  }

  #renew({ refresh_token: token }: Record<string, unknown>): Answer {
    if (typeof token !== 'string' || !token.startsWith('refresh-'))
      return { status: 401, json: { detail: 'Invalid refresh token' } }
    if (!this.#refresh.delete(token)) return { status: 401, json: { detail: 'Refresh token has been revoked' } }
    return ok(this.#pair())
  }

  #pair(): object {
    const access = `access-${randomBytes(9).toString('base64url')}`
    const refresh = `refresh-${randomBytes(9).toString('base64url')}`
    this.#access.add(access)
    this.#refresh.add(refresh)
    return { access_token: access, refresh_token: refresh, token_type: 'bearer', expires_in: this.expiresIn }
  }

  #page(query: URLSearchParams): Answer {
    const [page, size] = [Number(query.get('page') ?? 1), Number(query.get('page_size') ?? 20)]
    if (size > 100)
      return {
        status: 422,
        json: {
          detail: [{ type: 'less_than_equal', loc: ['query', 'page_size'], msg: 'Input should be less than or equal to 100' }],
        },
      }
    const all = [...this.pools].map(([identifier, pool], index) => ({ ...poolOf(identifier, pool, index + 1), members: null }))
    return ok({ items: all.slice((page - 1) * size, page * size), total: all.length, page, page_size: size })
  }

  #keys(identifier: string): Answer {
    const pool = this.pools.get(identifier)
    if (!pool) return missing(identifier)
    const keys = pool.keys.map(({ identifier: name, raw_key, alias = null, tags = null }) => ({
      identifier: name,
      raw_key,
      alias,
      tags,
    }))
    return ok({ client_type: pool.client_type, keys, total: keys.length })
  }

  #report({ events }: Record<string, unknown>): Answer {
    const list = (events ?? []) as Record<string, unknown>[]
    this.reports.push(...list)
    return ok({ accepted: list.length, duplicates: 0 })
  }

  async #invoke(pool: ServerPool, { attr_path, args, kwargs }: Record<string, unknown>): Promise<Answer> {
    const key = pool.keys[this.#turn++ % pool.keys.length]
    const counts = { key_identifier: null, pool_available: pool.keys.length, pool_total: pool.keys.length }
    if (!key) return { status: 503, json: { detail: `Pool has no available keys` } }
    try {
      const data = await httpx(pool.baseUrl, key.raw_key, attr_path as string[], args as string[], kwargs as Kwargs)
      return ok({ success: true, data, error: null, ...counts })
    } catch (error) {
      const { message } = error as Error
      return ok({ success: false, data: null, error: `ConnectError: ${message}`, ...counts })
    }
  }
}

interface Answer {
  status: number
  json: unknown
  headers?: Record<string, string>
}

interface Kwargs {
  params?: Record<string, string | number>
  json?: unknown
  content?: string
  headers?: Record<string, string>
}

const ok = (json: unknown): Answer => ({ status: 200, json })
const unauthorised = (detail: string): Answer => ({ status: 401, json: { detail }, headers: { 'www-authenticate': 'Bearer' } })
const missing = (identifier: string): Answer => ({ status: 404, json: { detail: `Pool '${identifier}' not found` } })

function configOf(identifier: string, pool: ServerPool): Record<string, unknown> {
  const { client_type, reach_limit_exception, rotation_strategy, pool_config } = pool
  return { pool_identifier: identifier, client_type, reach_limit_exception, rotation_strategy, pool_config }
}

function poolOf(identifier: string, pool: ServerPool, id: number): Record<string, unknown> {
  const { pool_identifier: _, ...config } = configOf(identifier, pool)
  const members = pool.keys.map(({ identifier: key_identifier, alias = null, priority = 0, weight = 1 }) => ({
    key_identifier,
    alias,
    priority,
    weight,
    verification_status: 'unknown',
  }))
  const { name, description } = pool
  const times = { created_at: '2026-11-21T03:08:51', updated_at: '2026-11-21T03:08:51' }
  return { id, identifier, name, description, ...config, is_active: true, member_count: members.length, members, ...times }
}

function statusOf({ keys }: ServerPool): Record<string, unknown> {
  const data = { available_keys: keys.length, archived_keys: 0, total_keys: keys.length }
  return {
    success: keys.length > 0,
    data,
    error: null,
    key_identifier: null,
    pool_available: keys.length,
    pool_total: keys.length,
  }
}

/** `httpx.Client(base_url=…, headers={"Authorization": "Bearer <raw key>"})` and the chain that was asked for. */
async function httpx(baseUrl: string, key: string, path: string[], args: string[], kwargs: Kwargs): Promise<unknown> {
  const [verb = ''] = path
  const [method = '', target = ''] = verb === 'request' ? args : [verb, ...args]
  const url = new URL(baseUrl.replace(/\/$/, '') + target)
  for (const [name, value] of Object.entries(kwargs.params ?? {})) url.searchParams.append(name, String(value))
  const headers = new Headers({ ...kwargs.headers, authorization: `Bearer ${key}` })
  if (kwargs.json !== undefined) headers.set('content-type', 'application/json')
  const body = kwargs.content ?? (kwargs.json === undefined ? undefined : JSON.stringify(kwargs.json))
  const answer = await fetch(url, { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) })
  const text = await answer.text()
  try {
    const data: unknown = text === '' ? null : JSON.parse(text)
    return { _type: 'httpx.Response', status_code: answer.status, headers: Object.fromEntries(answer.headers), data }
  } catch {
    return { _type: 'httpx.Response', status_code: answer.status, text: text.slice(0, 10_000) }
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? null : JSON.parse(text)
}

/** The single-page application, which any address that is no route answers with. */
function html(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end('<!doctype html><title>apipool</title><div id="app"></div>')
}

function misbehave(response: ServerResponse, how: Exclude<Misbehaviour, 'lost'>): void {
  const json = { 'content-type': 'application/json' }
  if (typeof how === 'object') {
    if ('json' in how) return void response.writeHead(200, json).end(JSON.stringify(how.json))
    if ('text' in how) return void response.writeHead(200, json).end(how.text)
    const { status, body, headers } = how
    if (body !== undefined) return void response.writeHead(status, { ...json, ...headers }).end(JSON.stringify(body))
    return void response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end('Internal Server Error')
  }
  switch (how) {
    case 'html':
      return html(response)
    case 'half':
      return void response.writeHead(200, json).end('{"client_type":"generic","keys":[{"identifier":"k1","raw_k')
    case 'cut':
      response.writeHead(200, { ...json, 'content-length': '100000' })
      return void response.write('{"client_type":"generic","keys":[', () => response.destroy())
    case 'hang':
      return
    case 'redirect':
      return void response.writeHead(307, { location: 'https://elsewhere.example.com/' }).end()
    case 'huge':
      return void response.writeHead(200, json).end(`"${'x'.repeat(2 * 1024 * 1024)}"`)
  }
}

/** The n-th key of a server's pool. */
export function serverKey(
  n: number,
  secret = `sk-remote-${createHash('sha256').update(String(n)).digest('hex').slice(0, 40)}`,
): ServerKey {
  return { identifier: `key ${n}/ä`, raw_key: secret, alias: `Key ${n}`, tags: ['shared'] }
}
