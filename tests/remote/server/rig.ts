/** A Keywheel whose apipool-server is open, an upstream that says what it was asked, and programs that speak the protocol. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { UserCreate } from '../../../src-preload/contract/index.ts'
import { type House, openHouse, secretOf } from '../../services/house.ts'

interface Asked {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

interface Said {
  status?: number
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array
  /** The connection breaks after the body. */
  cut?: true
}

interface Upstream {
  url: string
  asked: Asked[]
  /** What it answers from now on; unless told it says in JSON what it was asked; null = it never does. */
  /** Aborted requests so far. */
  readonly aborted: number
  says(answer: (asked: Asked) => Said | null): void
}

async function openUpstream(): Promise<Upstream> {
  const asked: Asked[] = []
  let aborted = 0
  let say: (one: Asked) => Said | null = ({ method, url, body }) => ({ body: JSON.stringify({ method, url, body }) })
  const server = createServer((request, response) => {
    let body = ''
    response.once('close', () => (aborted += response.writableFinished ? 0 : 1))
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
      asked.push(one)
      const said = say(one)
      if (said === null) return
      const { status = 200, headers = { 'content-type': 'application/json' }, body: text = '', cut } = said
      response.writeHead(status, headers)
      if (cut) response.write(text, () => response.destroy())
      else response.end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    get aborted() {
      return aborted
    },
    says: (answer) => void (say = answer),
  }
}

interface Answer {
  status: number
  headers: Headers
  text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- what tests look into as they like
  json: any
}

export interface Rig extends House {
  /** Of the server, without a slash at its end. */
  url: string
  upstream: Upstream
  /** Path below the server's address; an object goes as JSON, a text as it is. */
  call(
    method: string,
    path: string,
    given?: { token?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>
  /** Below /api/v1, as the admin. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>
  login(username: string, password?: string): Promise<{ access_token: string; refresh_token: string }>
  addUser(username: string, more?: Partial<UserCreate>): Promise<string>
  /** The ids of the keys in their order. */
  addPool(slug: string, keys?: readonly number[]): Promise<string[]>
}

export const password = 'correct horse'

interface RigOptions {
  dataDir?: string
  lock?: 'key-file' | 'nothing'
  /** Started with --allow-reveal, unless told. */
  allowReveal?: boolean
}

export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const upstream = await openUpstream()
  const house = await openHouse(options)
  await house.settings.update({ apipoolServer: true }, 'local')
  const url = house.proxy.status().url ?? ''
  let adminToken: Promise<string> | undefined
  const enter = async () => {
    const isThere = house.users.list().some(({ username }) => username === 'admin')
    if (!isThere) await rig.addUser('admin', { role: 'admin', mayReveal: true })
    return (await rig.login('admin')).access_token
  }
  const rig: Rig = {
    ...house,
    url,
    upstream,
    async call(method, path, { token, body, headers = {} } = {}) {
      const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const answer = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...bearer, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await answer.text()
      const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
      return { status: answer.status, headers: answer.headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined }
    },
    async admin(method, path, body) {
      adminToken ??= enter()
      return rig.call(method, `/api/v1${path}`, { token: await adminToken, body })
    },
    async login(username, given = password) {
      const { status, json } = await rig.call('POST', '/api/v1/auth/login', { body: { username, password: given } })
      if (status !== 200) throw new Error(`login: ${status}`)
      return json
    },
    async addUser(username, more = {}) {
      const user = { username, email: '', password, role: 'user', mayReveal: false, pools: null, ...more } as const
      return (await house.users.create(user, 'local')).id
    },
    async addPool(slug, keys = []) {
      await house.pools.create(
        { slug, draft: false, provider: 'custom', baseUrl: `${upstream.url}/base`, strategy: 'round_robin' },
        'local',
      )
      const ids: string[] = []
      for (const n of keys) {
        const input = { secret: secretOf(n), label: `key ${n}`, pools: [slug], tags: [], notes: '', weight: 1, priority: 0 }
        ids.push((await house.keys.create(input, 'local')).id)
      }
      return ids
    },
  }
  return rig
}

export { secretOf }
