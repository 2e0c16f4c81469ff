/** When another key is tried, how often, and what the client gets when none serves: the upstream counts. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { providers } from '../../src-main/providers/index.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'
import { rawAnswer, startRawUpstream } from './wire.ts'

const keys = [
  'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
  'sk-test-cccccccccccccccccccccccccccccccc',
]
const [keyA = '', keyB = '', keyC = ''] = keys

let upstream: ScriptedUpstream
let house: House

async function open(pool: Partial<HousePool> = {}, options = {}) {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys, ...pool }], options)
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const chat = (body: object = {}) =>
  call('/main/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }], ...body }),
  })
const usedKeys = () => upstream.requests.map((request) => request.key)

describe('an answer that names the key', () => {
  const cases: [Behaviour, string][] = [
    [{ kind: 'rate-short', retryAfterS: 60 }, 'rate-short'],
    [{ kind: 'no-credit' }, 'no-credit'],
    [{ kind: 'key-invalid' }, 'key-invalid'],
  ]
  test.each(cases)('%o moves on to the next key', async (behaviour, outcome) => {
    await open()
    upstream.script(keyA, behaviour)
    const answer = await chat()
    expect(answer.status).toBe(200)
    expect(usedKeys()).toEqual([keyA, keyB])
    const bodies = upstream.requests.map((request) => request.body)
    expect(bodies[1]).toBe(bodies[0])
    const [row] = await house.recorded(1)
    expect(row?.attempts.map((attempt) => attempt.outcome)).toEqual([outcome, 'ok'])
    expect(row).toMatchObject({ outcome: 'ok', keyId: 'key-2', status: 200 })
    expect(house.inFlight('key-1')).toBe(0)
    // The first key is known to be out: it is not asked again.
    await chat()
    expect(usedKeys()).toEqual([keyA, keyB, keyB])
  })

  test('on every key gives the client the last answer as the upstream gave it', async () => {
    await open()
    upstream.script('*', { kind: 'rate-short', retryAfterS: 37 })
    const answer = await chat()
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('37')
    expect(answer.headers.get('x-keywheel-attempts')).toBe('3')
    expect(await answer.json()).toHaveProperty('error.code')
    expect(usedKeys()).toEqual(keys)
    const [row] = await house.recorded(1)
    expect(row).toMatchObject({ status: 429, outcome: 'rate-short', keyId: 'key-3' })
    expect(row?.attempts).toHaveLength(3)
  })

  test('is followed up to maxAttempts and no further', async () => {
    await open({ config: { maxAttempts: 2 } })
    upstream.script('*', { kind: 'rate-short', retryAfterS: 60 })
    expect((await chat()).status).toBe(429)
    expect(usedKeys()).toEqual([keyA, keyB])
  })

  test('with all keys cooling down, the next call is refused here, with the time to wait', async () => {
    await open()
    upstream.script('*', { kind: 'rate-short', retryAfterS: 60 })
    await chat()
    const refused = await chat()
    expect(refused.status).toBe(429)
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(30)
    expect(wait).toBeLessThanOrEqual(60)
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    const reset = Number(refused.headers.get('x-ratelimit-reset')) - wait
    expect(Math.abs(reset - Date.now() / 1000)).toBeLessThan(60)
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'NO_READY_KEY' } })
    expect(upstream.requests).toHaveLength(3)
    const rows = await house.recorded(2)
    expect(rows[1]).toMatchObject({ outcome: 'no-key', status: 429, attempts: [], keyId: null, errorCode: 'NO_READY_KEY' })
  })
})

describe('a failure that may have been processed', () => {
  test('is passed on for a POST: the upstream sees one request', async () => {
    await open()
    upstream.script(keyA, { kind: 'server-error' })
    expect((await chat()).status).toBe(500)
    expect(upstream.requests).toHaveLength(1)
    expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'overloaded', status: 500 })
    expect(house.health('key-1')).toBe('ready')
  })

  test('is tried once more for a GET, which does the same when it is done twice', async () => {
    await open()
    upstream.script(keyA, { kind: 'server-error' })
    expect((await call('/main/models')).status).toBe(200)
    expect(usedKeys()).toEqual([keyA, keyB])
  })

  test('is tried again for a POST where the pool says so, as often as it says', async () => {
    await open({ config: { retryOnFailure: true, maxRetries: 1 } })
    upstream.script('*', { kind: 'server-error' })
    expect((await chat()).status).toBe(500)
    expect(usedKeys()).toEqual([keyA, keyB])
  })

  test('after a reset: a POST is not sent again, a GET is', async () => {
    await open()
    upstream.script(keyA, { kind: 'reset' })
    const broken = await chat()
    expect(broken.status).toBe(502)
    expect(await broken.json()).toMatchObject({ error: { code: 'UPSTREAM_FAILED' } })
    expect(upstream.requests).toHaveLength(1)
    expect((await call('/main/models')).status).toBe(200)
  })

  test('never makes more than a fifth of the traffic', async () => {
    await open({ config: { retryOnFailure: true, maxRetries: 2, breakerFailures: 0 } })
    upstream.script('*', { kind: 'server-error' })
    for (let i = 0; i < 20; i++) await chat()
    // 20 calls, a fifth of that in retries, and the three that a window begins with.
    expect(upstream.requests.length).toBeGreaterThan(20)
    expect(upstream.requests.length).toBeLessThanOrEqual(20 + 4 + 3)
  })
})

test('an upstream that asks to be tried again is, on another key', async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    if (asked === 1) response.writeHead(503, { 'retry-after': '0' }).end('{}')
    else response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await open({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  expect((await chat()).status).toBe(200)
  expect(asked).toBe(2)
  server.close()
})

describe('an upstream that cannot be reached', () => {
  test('is asked once more, and then the client is told, and no key is blamed', async () => {
    await open({ baseUrl: 'http://127.0.0.1:9' })
    const answer = await chat()
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_UNREACHABLE' } })
    const [row] = await house.recorded(1)
    expect(row?.attempts).toHaveLength(2)
    expect(row).toMatchObject({ outcome: 'network', status: 502 })
    for (const key of ['key-1', 'key-2', 'key-3']) expect(house.health(key)).toBe('ready')
  })

  test('is not asked twice when TLS with it fails: another key would meet the same stranger', async () => {
    let connections = 0
    const stranger = createTcpServer((socket) => {
      connections++
      socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    }).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    await open({ baseUrl: `https://127.0.0.1:${(stranger.address() as AddressInfo).port}` })
    const answer = await chat()
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_TLS' } })
    expect(connections).toBe(1)
    stranger.close()
  })

  test('over a single key, the key may be used once more', async () => {
    await open({ keys: [keyA], config: { queueTimeout: 1 } })
    upstream.script(keyA, [{ kind: 'reset' }, { kind: 'ok' }])
    expect((await call('/main/models')).status).toBe(200)
    expect(usedKeys()).toEqual([keyA, keyA])
  })

  test('and does not answer in time gives 504', async () => {
    await open({ config: { timeout: 1 } })
    upstream.script('*', { kind: 'no-answer' })
    const answer = await chat()
    expect(answer.status).toBe(504)
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('the body of a call that is tried again', () => {
  test('is byte for byte the same, JSON or not, sent with a length or without', async () => {
    const hashes: string[] = []
    const server = createServer((request, response) => {
      const hash = createHash('sha256')
      request.on('data', (chunk: Buffer) => hash.update(chunk))
      request.on('end', () => {
        hashes.push(hash.digest('hex'))
        if (request.headers.authorization?.endsWith(keyA)) response.writeHead(429, { 'retry-after': '0' }).end('{}')
        else response.end('{}')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await open({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, config: { cooldownBase: 0.1 } })
    const body = randomBytes(3 * 1024 * 1024)
    const stream = () => new Blob([body]).stream()
    for (const init of [
      { body, headers: { 'content-type': 'application/octet-stream' } },
      { body: stream(), duplex: 'half', headers: { 'content-type': 'application/json' } },
      { body: stream(), duplex: 'half', headers: { 'content-type': 'text/plain' } },
    ] as const) {
      hashes.length = 0
      expect((await call('/main/x', { method: 'POST', ...init })).status).toBe(200)
      expect(new Set(hashes)).toEqual(new Set([createHash('sha256').update(body).digest('hex')]))
      expect(hashes.length).toBeGreaterThanOrEqual(1)
    }
    server.close()
  })

  test('is sent once only when it is longer than the replay buffer, and the client gets that answer', async () => {
    await open({}, { limits: { replayBytes: 64 * 1024 } })
    upstream.script(keyA, { kind: 'rate-short', retryAfterS: 60 })
    const long = { method: 'POST', body: Buffer.alloc(200 * 1024, 'x'), headers: { 'content-type': 'text/plain' } }
    const answer = await call('/main/echo', long)
    expect([answer.status, answer.headers.get('x-keywheel-retry')]).toEqual([429, 'body-too-large'])
    expect(upstream.requests).toHaveLength(1)
    // Memory is given back: a short one is replayed again.
    upstream.script(keyB, { kind: 'rate-short', retryAfterS: 60 })
    expect((await chat()).status).toBe(200)
    expect(usedKeys()).toEqual([keyA, keyB, keyC])
  })

  test('is sent once only when all replay buffers together are full', async () => {
    await open({}, { limits: { replayTotalBytes: 1024 } })
    upstream.script(keyA, { kind: 'rate-short', retryAfterS: 60 })
    const long = { method: 'POST', body: Buffer.alloc(20 * 1024, 'x'), headers: { 'content-type': 'text/plain' } }
    expect((await call('/main/echo', long)).status).toBe(429)
    expect(upstream.requests).toHaveLength(1)
  })
})

test('an upstream that answers before the body has come: the retry waits for all of it', async () => {
  const seen: string[] = []
  const early = await startRawUpstream((socket, heard) => {
    const first = heard.includes(keyA)
    if (first) socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 2\r\n\r\n{}')
    seen.push(first ? 'A' : 'B')
    if (!first) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  await open({ baseUrl: early.url })
  const socket = connect(house.port, '127.0.0.1')
  const text: Buffer[] = []
  socket.on('data', (chunk) => text.push(chunk))
  const head = `POST /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
  socket.write(`${head}Content-Type: text/plain\r\nContent-Length: 10\r\n\r\n12345`)
  await expect.poll(() => seen).toEqual(['A'])
  socket.write('67890')
  await expect.poll(() => Buffer.concat(text).toString()).toContain('HTTP/1.1 200')
  expect(seen).toEqual(['A', 'B'])
  expect(early.heard[1]).toMatch(/\r\n\r\n1234567890$/)
  socket.destroy()
  await early.close()
})

describe('keys that may not be used', () => {
  test('bound to another address: 403, and nothing is sent', async () => {
    await open({ audience: ['https://api.openai.com'] })
    const answer = await chat()
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ error: { code: 'AUDIENCE_MISMATCH' } })
    expect(upstream.requests).toHaveLength(0)
    expect((await house.recorded(1))[0]).toMatchObject({
      outcome: 'no-key',
      status: 403,
      errorCode: 'AUDIENCE_MISMATCH',
      attempts: [],
    })
    expect(house.inFlight('key-1')).toBe(0)
  })

  test('while the vault is locked: 503 with Retry-After, except for the demo pool', async () => {
    upstream = await startScriptedUpstream()
    house = await openHouse(
      [
        { slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [keyA] },
        { slug: 'demo', provider: 'demo', baseUrl: `${upstream.url}/v1`, keys: ['demo-1'] },
      ],
      { vaultOpen: () => false },
    )
    const locked = await chat()
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await locked.json()).toMatchObject({ error: { code: 'VAULT_LOCKED' } })
    expect((await call('/demo/models')).status).toBe(200)
    const rows = await house.recorded(2)
    expect(rows[0]).toMatchObject({ outcome: 'no-key', errorCode: 'VAULT_LOCKED', status: 503 })
  })

  test('a pool without keys: 503 that says so', async () => {
    await open({ keys: [] })
    const answer = await chat()
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ error: { code: 'NO_KEYS' } })
  })
})

test('a call waits for a key that is busy, and then gets it', async () => {
  await open({ keys: [keyA], config: { keyConcurrency: 1 } })
  upstream.script(keyA, [{ kind: 'slow-first-byte', ms: 150 }, { kind: 'ok' }])
  const [first, second] = await Promise.all([chat(), chat()])
  expect([first.status, second.status]).toEqual([200, 200])
  const rows = await house.recorded(2)
  expect(Math.max(...rows.map((row) => row.msQueued))).toBeGreaterThan(50)
})

test('a call that gets no key in time is refused, and recorded', async () => {
  await open({ keys: [keyA], config: { keyConcurrency: 1, queueTimeout: 0 } })
  upstream.script(keyA, { kind: 'slow-first-byte', ms: 300 })
  const first = chat()
  await expect.poll(() => upstream.requests.length).toBe(1)
  const second = await chat()
  expect(second.status).toBe(429)
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect((await first).status).toBe(200)
  expect((await house.recorded(2)).map((row) => row.outcome).toSorted()).toEqual(['no-key', 'ok'])
})

test('an error of our own is a 500 without its words, and the key gets its place back', async () => {
  const secretFor = () => {
    throw new TypeError(`cannot read ${keyA}`)
  }
  await open({}, { secretFor })
  const answer = await chat()
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({ error: { code: 'INTERNAL' } })
  expect((await house.recorded(1))[0]).toMatchObject({ status: 500, errorCode: 'INTERNAL' })
  expect(house.inFlight('key-1')).toBe(0)
  expect(house.logged).toHaveLength(1)
  expect(house.logged[0]).toContain('TypeError')
  expect(house.logged[0]).not.toContain(keyA)
})

test('an error of our own while an answer is held back lets go of the upstream', async () => {
  let cut = false
  const endless = await startRawUpstream((socket) => {
    socket.on('close', () => {
      cut = true
    })
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n')
  })
  await open({ baseUrl: endless.url })
  vi.spyOn(providers.openai, 'readings').mockImplementation(() => {
    throw new TypeError('a header that nobody thought of')
  })
  try {
    expect((await chat()).status).toBe(500)
    await expect.poll(() => cut).toBe(true)
    expect(house.inFlight('key-1')).toBe(0)
  } finally {
    vi.restoreAllMocks()
    await endless.close()
  }
})

test('an error of our own outside a call cuts that request and no other', async () => {
  let broken = true
  await open(
    {},
    {
      onFinished: () => {
        throw new TypeError('the recorder is gone')
      },
      findPool: () => {
        if (broken) throw new TypeError(`cannot read ${keyA}`)
      },
    },
  )
  await expect(chat()).rejects.toThrow('fetch failed')
  broken = false
  expect((await chat()).status).toBe(200)
  expect((await chat()).status).toBe(200)
  await expect.poll(() => house.logged.length).toBe(3)
  expect(house.logged.join('')).not.toContain(keyA)
  expect(house.proxy.inFlight).toBe(0)
})

test('X15 an upstream that closes kept connections under our hands: GETs are served, POSTs are never doubled', async () => {
  const closing = await startRawUpstream((socket) => {
    socket.write(rawAnswer('200 OK', '', 'ok'))
    setTimeout(() => socket.destroy(), 1)
  })
  await open({ baseUrl: closing.url, keys: [keyA] })
  const statuses = new Set<number>()
  for (let i = 0; i < 200; i++) {
    expect((await call(`/main/get-${i}`)).status).toBe(200)
    const post = await call(`/main/post-${i}`, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })
    await post.text()
    statuses.add(post.status)
  }
  expect([...statuses].filter((status) => status !== 200 && status !== 502)).toEqual([])
  const posts = closing.heard.join('').match(/POST \/post-\d+ /g) ?? []
  expect(new Set(posts).size).toBe(posts.length)
  await closing.close()
})

test('X21 more calls at once than there are connections to one upstream are all served', async () => {
  await open()
  upstream.script('*', { kind: 'slow-first-byte', ms: 100 })
  const answers = await Promise.all(Array.from({ length: 300 }, () => chat()))
  expect(answers.map((answer) => answer.status)).toEqual(Array(300).fill(200))
  await Promise.all(answers.map((answer) => answer.text()))
  await house.recorded(300)
  expect(house.proxy.inFlight).toBe(0)
})
