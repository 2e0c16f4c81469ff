/** A program that knows the apipool protocol from its description alone: python-httpx's requests to the letter, every answer held against its documented fields. */
import { Agent, request } from 'node:http'
import { z } from 'zod'

interface Reply {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  text: string
  json: unknown
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Without a zone; database times have no fraction. */
const naive = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?$/)
const text = z.string()
const count = z.int().min(0)
const nullable = <Type extends z.ZodType>(type: Type) => type.nullable()
const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), total: count, page: count, page_size: count })

const claims = z.looseObject({
  sub: text,
  username: text,
  role: z.enum(['user', 'admin']),
  jti: z.string().regex(/^[\w-]{43}$/),
  exp: count,
  type: z.enum(['access', 'refresh']),
})

const counts = { pool_available: count, pool_total: count }
const keyCounts = z.strictObject({ available_keys: count, archived_keys: count, total_keys: count })
const summary = z.strictObject({ total_calls: count, success: count, failed: count, reach_limit: count })
const frame = { pool_identifier: text, period_seconds: count }
const rate = z.strictObject({
  key_identifier: text,
  alias: nullable(text),
  total_calls: count,
  success_count: count,
  failed_count: count,
  reach_limit_count: count,
  success_rate: z.number().min(0).max(100),
})
const poolFields = {
  id: z.union([count, text]),
  identifier: text,
  name: text,
  description: nullable(text),
  client_type: text,
  reach_limit_exception: nullable(text),
  rotation_strategy: text,
  pool_config: nullable(z.looseObject({})),
  is_active: z.boolean(),
  member_count: count,
  created_at: naive,
  updated_at: naive,
}
const member = z.strictObject({
  key_identifier: text,
  alias: nullable(text),
  priority: z.int(),
  weight: z.int(),
  verification_status: z.enum(['unknown', 'valid', 'invalid', 'rate_limited']),
})

/** What is documented, field for field. What is said beyond it is named here. */
export const shapes = {
  tokens: z.strictObject({
    access_token: text,
    refresh_token: text,
    token_type: z.literal('bearer'),
    expires_in: z.literal(3600),
  }),
  user: z.strictObject({
    id: z.union([count, text]),
    username: text,
    email: text,
    role: z.enum(['user', 'admin']),
    is_active: z.boolean(),
    created_at: naive,
  }),
  raw: z.strictObject({
    client_type: text,
    keys: z.array(
      z.strictObject({ identifier: text, raw_key: text, alias: nullable(text), tags: nullable(z.array(text).min(1)) }),
    ),
    total: count,
  }),
  config: z.strictObject({
    pool_identifier: text,
    client_type: text,
    reach_limit_exception: nullable(text),
    rotation_strategy: text,
    pool_config: nullable(z.looseObject({})),
  }),
  status: z.strictObject({ success: z.boolean(), data: keyCounts, error: z.null(), key_identifier: z.null(), ...counts }),
  answered: z.strictObject({
    success: z.literal(true),
    data: z.strictObject({
      _type: z.literal('httpx.Response'),
      status_code: z.int(),
      headers: z.record(z.string(), z.string()),
      data: z.unknown(),
    }),
    error: z.null(),
    key_identifier: z.null(),
    ...counts,
  }),
  failed: z.strictObject({
    success: z.literal(false),
    data: z.null(),
    error: z.string().regex(/^[A-Z]\w+: ./),
    key_identifier: z.null(),
    ...counts,
  }),
  reported: z.strictObject({ accepted: count, duplicates: count }),
  pools: pageOf(z.strictObject({ ...poolFields, members: z.null() })),
  pool: z.strictObject({ ...poolFields, members: z.array(member) }),
  keys: pageOf(
    z.strictObject({
      id: z.union([count, text]),
      identifier: text,
      alias: nullable(text),
      client_config: nullable(z.looseObject({})),
      is_active: z.boolean(),
      is_archived: z.boolean(),
      verification_status: z.enum(['unknown', 'valid', 'invalid', 'rate_limited']),
      last_verified_at: nullable(naive),
      tags: nullable(z.array(text)),
      description: nullable(text),
      created_at: naive,
      updated_at: naive,
    }),
  ),
  usage: z.strictObject({ ...frame, summary, by_key: nullable(z.record(z.string(), z.strictObject({ total: count }))) }),
  // Beyond what is documented: when a bucket began.
  timeline: z.strictObject({ ...frame, interval: text, data: z.array(z.strictObject({ timestamp: naive, summary })) }),
  rates: z.strictObject({ ...frame, summary: rate.extend({ key_identifier: z.literal('__pool__') }), by_key: z.array(rate) }),
  // Beyond what is documented: latency and method.
  logs: pageOf(
    z.strictObject({
      id: count,
      key_identifier: text,
      alias: nullable(text),
      status: z.enum(['success', 'failed', 'reach_limit', 'unknown']),
      finished_at: naive,
      latency: nullable(z.number()),
      method: nullable(text),
    }),
  ).extend(frame),
  detail: z.strictObject({ detail: text }),
  unprocessable: z.strictObject({
    detail: z
      .array(
        z.strictObject({
          type: text,
          loc: z.array(z.union([text, count])),
          msg: text,
          input: z.unknown(),
          ctx: z.looseObject({}).optional(),
        }),
      )
      .min(1),
  }),
} as const

/** One connection to a server, as one user of it. */
export interface Program {
  /** The token pair that it goes on with. */
  tokens: { access: string; refresh: string } | null
  send(method: Method, path: string, body?: unknown, token?: string | null): Promise<Reply>
  /** Sends, and gives back the answer when it is as documented. */
  ask<Shape extends z.ZodType>(shape: Shape, method: Method, path: string, body?: unknown): Promise<z.output<Shape>>
  /** Sends, and expects to be refused: with this status and `{"detail": "<text>"}`, which is given back. */
  refused(status: number, method: Method, path: string, body?: unknown, token?: string | null): Promise<string>
  login(username: string, password: string): Promise<void>
  /** The refresh token is used up by it. */
  refresh(): Promise<void>
  close(): void
}

/** `base` as a person gives it to the SDK: it may have a path and one slash at its end. */
export function program(base: string): Program {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send: Program['send'] = (method, path, body, token = self.tokens?.access ?? null) =>
    exchange({ agent, url: `${base.replace(/\/$/, '')}${path}`, method, body, token })
  const take = (json: unknown) => {
    const { access_token: access, refresh_token: refresh } = shapes.tokens.parse(json)
    for (const [token, type] of [
      [access, 'access'],
      [refresh, 'refresh'],
    ] as const) {
      const said = claims.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))
      if (said.type !== type) throw new Error(`a token of type ${said.type} where ${type} belongs`)
    }
    self.tokens = { access, refresh }
  }
  const self: Program = {
    tokens: null,
    send,
    async ask(shape, method, path, body) {
      const { status, text: answer, json } = await send(method, path, body)
      if (status !== 200) throw new Error(`${method} ${path}: ${status} ${answer}`)
      return shape.parse(json)
    },
    async refused(expected, method, path, body, token) {
      const { status, headers, text: answer, json } = await send(method, path, body, token)
      if (status !== expected) throw new Error(`${method} ${path}: ${status} ${answer}, and not ${expected}`)
      const isAboutToken = status === 401 && !path.startsWith('/api/v1/auth/login') && !path.startsWith('/api/v1/auth/refresh')
      if (headers['www-authenticate'] !== (isAboutToken ? 'Bearer' : undefined)) {
        throw new Error(`${method} ${path}: www-authenticate is ${String(headers['www-authenticate'])}`)
      }
      return shapes.detail.parse(json).detail
    },
    async login(username, password) {
      self.tokens = null
      take(await self.ask(z.unknown(), 'POST', '/api/v1/auth/login', { username, password }))
    },
    async refresh() {
      const token = self.tokens?.refresh
      self.tokens = null
      take(await self.ask(z.unknown(), 'POST', '/api/v1/auth/refresh', { refresh_token: token }))
    },
    close: () => agent.destroy(),
  }
  return self
}

interface Sent {
  agent: Agent
  url: string
  method: Method
  body: unknown
  token: string | null
}

/** Longest wait of the SDK, in ms. */
const patience = 30_000

function exchange({ agent, url, method, body, token }: Sent): Promise<Reply> {
  const { hostname, port, host, pathname, search } = new URL(url)
  const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body))
  // In httpx's order and letters.
  const headers = [
    ['Host', host],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Connection', 'keep-alive'],
    ['User-Agent', 'python-httpx/0.28.1'],
    ...(token === null ? [] : [['Authorization', `Bearer ${token}`]]),
    ...(bytes === null
      ? []
      : [
          ['Content-Length', String(bytes.byteLength)],
          ['Content-Type', 'application/json'],
        ]),
  ].flat()
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, path: pathname + search, method, headers, timeout: patience }
    const call = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const answer = Buffer.concat(chunks).toString('utf8')
        const { statusCode: status = 0, headers: given } = response
        try {
          assertPlain(status, given)
          resolve({ status, headers: given, text: answer, json: JSON.parse(answer) })
        } catch (error) {
          reject(new Error(`${method} ${pathname}: ${status} ${answer.slice(0, 200)}`, { cause: error }))
        }
      })
    })
    call.once('timeout', () => call.destroy(new Error(`${method} ${pathname}: no answer`)))
    call.once('error', reject)
    call.end(bytes ?? undefined)
  })
}

/** No redirect is followed, and a page of HTML is no answer. */
function assertPlain(status: number, headers: Reply['headers']): void {
  if (status >= 300 && status < 400) throw new Error('a redirect')
  if (headers['content-type'] !== 'application/json') throw new Error(`content-type is ${String(headers['content-type'])}`)
  if (headers['content-encoding'] !== undefined) throw new Error('the answer is compressed')
}
