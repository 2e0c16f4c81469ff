/** What goes through the proxy and comes back: paths, methods, bodies, headers, credentials, rows. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type CallInit, type House, type HousePool, openHouse } from './house.ts'

let upstream: ScriptedUpstream
let house: House
const secretA = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const secretB = 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'

async function open(pool: Partial<HousePool> = {}, options = {}) {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/echo`, keys: [secretA, secretB], ...pool }], options)
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const call = (path: string, init: CallInit = {}) =>
  fetch(house.url + path, { redirect: 'manual', ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })

test('method, path, query and body arrive as they were sent', async () => {
  await open()
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const body = method === 'GET' ? null : `the body of ${method}`
    const answer = await call(`/main/a%2Fb/c%20d?x=1&y=%20&x=2`, { method, body })
    expect(answer.status).toBe(200)
    const seen = upstream.requests.at(-1)
    expect(seen?.method).toBe(method)
    expect(seen?.url).toBe('/echo/a%2Fb/c%20d?x=1&y=%20&x=2')
    expect(seen?.body).toBe(body ?? '')
    expect(seen?.key).toBe(secretA)
  }
})

test('a large random body arrives byte for byte, with a length and without', async () => {
  const hashes: string[] = []
  const sink = createServer((request, response) => {
    const hash = createHash('sha256')
    request.on('data', (chunk: Buffer) => hash.update(chunk))
    request.on('end', () => {
      hashes.push(`${hash.digest('hex')} ${request.headers['content-length'] ?? 'chunked'}`)
      response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(sink, 'listening')
  await open({ baseUrl: `http://127.0.0.1:${(sink.address() as AddressInfo).port}` })
  const body = randomBytes(20 * 1024 * 1024)
  const expected = createHash('sha256').update(body).digest('hex')
  const type = { 'content-type': 'application/octet-stream' }
  expect((await call('/main/up', { method: 'POST', body, headers: type })).status).toBe(200)
  const stream = new Blob([body]).stream()
  expect((await call('/main/up', { method: 'POST', body: stream, duplex: 'half', headers: type })).status).toBe(200)
  // Long JSON is not read for its model, and passes just the same.
  expect((await call('/main/up', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status).toBe(200)
  expect(hashes).toEqual([`${expected} ${body.length}`, `${expected} chunked`, `${expected} ${body.length}`])
  expect((await house.recorded(3)).map((row) => row.bytesIn)).toEqual([body.length, body.length, body.length])
  sink.close()
})

test('one pooled key goes up, whatever the client sends and wherever the pool wants it', async () => {
  await open()
  const mine = { authorization: '', 'x-api-key': 'sk-own', 'api-key': 'own', cookie: 'a=b', 'proxy-authorization': 'Basic eA==' }
  for (const headers of [
    { authorization: `Bearer ${house.token}` },
    { ...mine, authorization: `bearer ${house.token}` },
    { authorization: '', 'x-api-key': house.token },
    { authorization: '', 'x-goog-api-key': house.token },
    { authorization: '', 'api-key': house.token },
  ]) {
    expect((await call('/main/x', { headers })).status).toBe(200)
    const seen = upstream.requests.at(-1)
    expect(seen?.headers['authorization']).toBe(`Bearer ${secretA}`)
    for (const name of ['x-api-key', 'x-goog-api-key', 'api-key', 'cookie', 'proxy-authorization'])
      expect(seen?.headers).not.toHaveProperty(name)
    expect(JSON.stringify(seen)).not.toContain(house.token)
  }
  expect((await fetch(`${house.url}/main/x?a=1&key=${house.token}&b=2`)).status).toBe(200)
  expect(upstream.requests.at(-1)?.url).toBe('/echo/x?a=1&b=2')
})

test('a key that belongs into the query goes there, in its format', async () => {
  await open({ provider: 'custom', auth: { in: 'query', name: 'api_token', format: 'v1:{key}' }, keys: ['a+b/c='] })
  expect((await call('/main/x?api_token=mine&z=1&key=kept')).status).toBe(200)
  expect(upstream.requests.at(-1)?.url).toBe('/echo/x?z=1&key=kept&api_token=v1%3Aa%2Bb%2Fc%3D')
  expect(upstream.requests.at(-1)?.headers).not.toHaveProperty('authorization')
})

test('a version in the base address and in the rest is said once', async () => {
  upstream = await startScriptedUpstream()
  house = await openHouse([
    { slug: 'v', baseUrl: `${upstream.url}/echo/v1`, keys: [secretA] },
    { slug: 'beta', baseUrl: `${upstream.url}/echo/v1beta/`, keys: [secretA] },
    { slug: 'plain', baseUrl: `${upstream.url}/echo`, keys: [secretA] },
  ])
  for (const [path, arrives] of [
    ['/v/chat/completions', '/echo/v1/chat/completions'],
    ['/v/v1/chat/completions', '/echo/v1/chat/completions'],
    ['/v//v1/chat', '/echo/v1/chat'],
    ['/v/v1', '/echo/v1'],
    ['/v/v10/chat', '/echo/v1/v10/chat'],
    ['/v/v1beta/x', '/echo/v1/v1beta/x'],
    ['/v', '/echo/v1'],
    ['/beta/v1beta/models', '/echo/v1beta/models'],
    ['/beta/models?x=1', '/echo/v1beta/models?x=1'],
    ['/plain/v1/chat', '/echo/v1/chat'],
  ] as const) {
    expect((await call(path)).status).toBe(200)
    expect(upstream.requests.at(-1)?.url).toBe(arrives)
  }
})

test('headers that the provider demands are added unless the client has them', async () => {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', provider: 'anthropic', baseUrl: `${upstream.url}/echo`, keys: [secretA] }])
  await call('/main/x')
  expect(upstream.requests.at(-1)?.headers['anthropic-version']).toBe('2023-06-01')
  expect(upstream.requests.at(-1)?.headers['x-api-key']).toBe(secretA)
  await call('/main/x', { headers: { 'anthropic-version': '2099-01-01' } })
  expect(upstream.requests.at(-1)?.headers['anthropic-version']).toBe('2099-01-01')
})

test('an answer says which key served it, on which attempt and under which id', async () => {
  await open()
  upstream.script(secretA, { kind: 'rate-short', retryAfterS: 60 })
  const answer = await call('/main/x', { method: 'POST', body: '{}' })
  expect(answer.headers.get('x-keywheel-key')).toBe('Key 2')
  expect(answer.headers.get('x-keywheel-attempts')).toBe('2')
  const [row] = await house.recorded(1)
  expect(answer.headers.get('x-keywheel-request')).toBe(row?.id)
})

test('the row says everything about a streamed call', async () => {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/v1`, keys: [secretA] }])
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'hi' }],
  })
  const answer = await call('/main/chat/completions', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const text = await answer.text()
  expect(text).toContain('data: [DONE]')
  const [row] = await house.recorded(1)
  expect(row).toMatchObject({
    clientId: 'client-1',
    clientName: 'Tester',
    pool: 'main',
    keyId: 'key-1',
    keyLabel: 'Key 1',
    chosenBy: 'priority',
    method: 'POST',
    path: '/chat/completions',
    modelAsked: 'gpt-4o-mini',
    status: 200,
    outcome: 'ok',
    streamed: true,
    bytesIn: body.length,
    bytesOut: Buffer.byteLength(text),
    errorCode: null,
  })
  expect(row?.attempts).toMatchObject([{ keyId: 'key-1', outcome: 'ok', status: 200, message: null }])
  expect(row?.inputTokens).toBeGreaterThan(0)
  expect(row?.costNanos).toBe((row?.outputTokens ?? 0) * 10)
  expect(row?.msFirstByte).toBeLessThanOrEqual(row?.msTotal ?? 0)
  expect(row?.id).toMatch(/^[0-9a-f]{32}$/)
})

test('usage of a compressed answer is read as well, and its bytes pass untouched', async () => {
  const packed = gzipSync(
    JSON.stringify({ model: 'gpt-4o-mini', usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } }),
  )
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': packed.length })
    response.end(packed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await open({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  const answer = await call('/main/x', { headers: { 'accept-encoding': 'gzip' } })
  expect(await answer.json()).toMatchObject({ usage: { prompt_tokens: 12 } })
  const [row] = await house.recorded(1)
  expect(row).toMatchObject({ inputTokens: 12, outputTokens: 3, modelServed: 'gpt-4o-mini', bytesOut: packed.length })
  server.close()
})

test('only health is told without a token, and nothing else of what is here', async () => {
  await open()
  const health = await fetch(`${house.url}/healthz`)
  expect([health.status, await health.text()]).toEqual([200, '{"status":"ok"}'])
  for (const path of [
    '/v1/chat/completions',
    '/v1beta/nothing',
    '/api/v1/x',
    '/prompts/a',
    '/connect',
    '/metrics/x',
    '/',
    '/nothing',
    '/healthz/x',
  ]) {
    expect((await call(path)).status).toBe(404)
  }
  // The doors are shut, and there is nothing behind them for anybody.
  for (const path of ['/connect', '/connect/x', '/api/v1', '/api/v1/auth/login']) {
    expect((await fetch(house.url + path)).status).toBe(404)
  }
  expect(upstream.requests).toHaveLength(0)
  expect(house.rows).toHaveLength(0)
})
