/** What every door promises, over real sockets: the head as it came, a body within the door's bound, and refusals that its programs can read. */
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Door, DoorHead } from '../../src-main/proxy/types.ts'
import { type House, openHouse } from './house.ts'
import { exchangeRaw, statusOf, whole } from './wire.ts'

const origin = 'http://localhost:5173'
let house: House
let asked: (DoorHead & { body: Uint8Array })[]
let shut: boolean
let answer: Door['answer']

const json = (value: unknown, status = 200) => ({
  status,
  headers: ['content-type', 'application/json'],
  body: Buffer.from(JSON.stringify(value)),
})

beforeEach(async () => {
  asked = []
  shut = false
  answer = () => Promise.resolve(json({ ok: true }))
  const door: Door = {
    maxBody: ({ path, header }) => {
      if (header('x-stranger') !== undefined) return Promise.resolve(json({ detail: 'who are you?' }, 401))
      return Promise.resolve(path.endsWith('/import') ? 200_000 : 1000)
    },
    answer(request) {
      asked.push(request)
      return answer(request)
    },
  }
  const open = () => (shut ? undefined : door)
  house = await openHouse([], { origins: [origin], doors: { connect: open, apipool: open } })
})

afterEach(() => house.close())

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(house.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

describe('what a door is told', () => {
  test('the head as it came, where the program sees this Keywheel, and the whole body; no token is asked for', async () => {
    const response = await post('/api/v1/pools/a%20b/keys?page=2&q=%C3%A4', '{"a":1}', { 'x-thing': 'yes' })
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    const [request] = asked
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/pools/a%20b/keys', origin: house.url })
    expect([request?.query.get('page'), request?.query.get('q')]).toEqual(['2', 'ä'])
    expect(request?.header('X-Thing')).toBe('yes')
    expect(request?.peer.address).toBe('127.0.0.1')
    expect(request?.peer.port).toBeGreaterThan(0)
    expect(Buffer.from(request?.body ?? []).toString()).toBe('{"a":1}')
  })

  test.each(['/connect', '/connect/abc', '/api/v1', '/api/v1/', '/api/v1/auth/login'])('%s is behind a door', async (path) => {
    expect((await fetch(house.url + path)).status).toBe(200)
    expect(asked[0]?.path).toBe(path)
  })

  test.each(['/connected', '/api', '/api/v2/x', '/api/v1x'])('%s is not', async (path) => {
    expect((await fetch(house.url + path)).status).toBe(401)
    expect(asked).toHaveLength(0)
  })

  test('a body in pieces without a length is put together', async () => {
    const chunks = ['{"a":', '[1,', '2]}'].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')
    const head = `POST /connect HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nTransfer-Encoding: chunked\r\n\r\n`
    expect(statusOf(await exchangeRaw(house.port, `${head}${chunks}0\r\n\r\n`, whole))).toBe(200)
    expect(Buffer.from(asked[0]?.body ?? []).toString()).toBe('{"a":[1,2]}')
  })

  test('HEAD has the headers of the answer and no body; OPTIONS that asks for nothing is the door’s as well', async () => {
    const head = await fetch(`${house.url}/api/v1/x`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '11', ''])
    await fetch(`${house.url}/api/v1/x`, { method: 'OPTIONS' })
    expect(asked.map(({ method }) => method)).toEqual(['HEAD', 'OPTIONS'])
  })
})

describe('what comes to no door', () => {
  test('a body that is too long is 413, whether it says so or not, and a door may allow more', async () => {
    const long = 'x'.repeat(1001)
    const said = await post('/connect', long)
    expect([said.status, await said.json()]).toMatchObject([413, { error: { code: 'PAYLOAD_TOO_LARGE' } }])
    const head = `POST /api/v1/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const unsaid = await exchangeRaw(house.port, `${head}3e9\r\n${long}\r\n0\r\n\r\n`, whole)
    expect(statusOf(unsaid)).toBe(413)
    expect(unsaid).toContain('{"detail":"The body is longer than 1000 bytes."}')
    expect(asked).toHaveLength(0)
    expect((await post('/api/v1/import', 'x'.repeat(200_000))).status).toBe(200)
    expect(asked[0]?.body.byteLength).toBe(200_000)
  })

  test('a body of somebody who may not send one is not read', async () => {
    const head = `POST /api/v1/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nX-Stranger: yes\r\n`
    const unsent = await exchangeRaw(house.port, `${head}Content-Length: 100000000\r\nExpect: 100-continue\r\n\r\n`, whole)
    expect([statusOf(unsent), unsent.includes('who are you?')]).toEqual([401, true])
    expect((await fetch(`${house.url}/api/v1/x`, { headers: { 'x-stranger': 'yes' } })).status).toBe(200)
    expect(asked.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a compressed body is 415', async () => {
    const response = await post('/api/v1/x', 'abc', { 'content-encoding': 'gzip' })
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([415, ['detail']])
  })

  test('a body that is no body is 400, and the connection is over', async () => {
    const head = `POST /connect HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const text = await exchangeRaw(house.port, `${head}zz\r\n`)
    expect(statusOf(text)).toBe(400)
    expect(asked).toHaveLength(0)
  })

  test.each(['/api/v1/pools/..%2f..%2fetc', '/api/v1/pools/%00', '/api/v1/../../healthz', '/connect/%zz'])(
    '%s is 400 in the door’s own form',
    async (path) => {
      const text = await exchangeRaw(house.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\n\r\n`, whole)
      expect(statusOf(text)).toBe(400)
      expect(text).toContain(path.startsWith('/api') ? '{"detail":' : '{"error":{"code":"BAD_TARGET"')
      expect(asked).toHaveLength(0)
    },
  )

  test('pages of other sites, other host names', async () => {
    expect((await post('/connect', '{}', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post('/connect', '{}', { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(statusOf(await exchangeRaw(house.port, 'GET /connect HTTP/1.1\r\nHost: evil.example\r\n\r\n', whole))).toBe(421)
    expect(asked).toHaveLength(0)
  })

  test('when the door is shut there is nothing, with a token and without', async () => {
    shut = true
    for (const headers of [{}, { authorization: `Bearer ${house.token}` }] as Record<string, string>[]) {
      const response = await fetch(`${house.url}/connect`, { headers })
      expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }])
    }
    const apipool = await fetch(`${house.url}/api/v1/auth/me`)
    expect([apipool.status, Object.keys((await apipool.json()) as object)]).toEqual([404, ['detail']])
    expect(asked).toHaveLength(0)
  })
})

test('a page that is allowed to call may read the answers, and the refusals', async () => {
  const open = await post('/api/v1/x', '{}', { origin })
  expect(open.headers.get('access-control-allow-origin')).toBe(origin)
  const refused = await post('/api/v1/x', 'x'.repeat(1001), { origin })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([413, origin])
})

test('what goes wrong behind a door is 500 without a word of it; the next one is served', async () => {
  answer = () => Promise.reject(new Error('the secret is sk-1234'))
  const response = await post('/api/v1/x', '{}')
  expect([response.status, await response.text()]).toEqual([500, '{"detail":"Something went wrong inside Keywheel."}'])
  expect(house.logged.join()).toContain('a door could not answer')
  expect(house.logged.join()).not.toContain('sk-1234')
  answer = () => Promise.resolve(json({ ok: true }))
  expect((await post('/api/v1/x', '{}')).status).toBe(200)
})

test('a door hears that its program has gone, and the proxy stops when the door is done', async () => {
  const gone = new Promise<void>((resolve) => {
    answer = ({ gone: signal }) =>
      new Promise((answered) =>
        signal.addEventListener('abort', () => {
          resolve()
          answered(json({}))
        }),
      )
  })
  const socket = connect(house.port, '127.0.0.1')
  socket.write(`GET /connect/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\n\r\n`)
  await expect.poll(() => asked.length).toBe(1)
  socket.destroy()
  await gone
  await house.proxy.stop()
  expect(house.proxy.inFlight).toBe(0)
})
