/** T5: a malicious or broken upstream. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { type CallInit, type House, type HousePool, openHouse } from '../proxy/house.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, startRawUpstream, statusOf, whole } from '../proxy/wire.ts'

const secret = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
let upstream: RawUpstream
let house: House

async function open(answer: Parameters<typeof startRawUpstream>[0], pool: Partial<HousePool> = {}) {
  upstream = await startRawUpstream(answer)
  house = await openHouse([{ slug: 'main', baseUrl: upstream.url, keys: [secret], ...pool }])
}
afterEach(async () => {
  await house.close()
  await upstream.close()
})
const get = (path = '/main/x', init: CallInit = {}) =>
  fetch(house.url + path, { redirect: 'manual', ...init, headers: { authorization: `Bearer ${house.token}`, ...init.headers } })
const raw = (head = '') =>
  exchangeRaw(
    house.port,
    `GET /main/x HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n${head}\r\n`,
    whole,
  )

test.each([301, 302, 303, 307, 308])('T5-1 X9 a %i to elsewhere is passed on and never followed', async (status) => {
  const evil = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '')))
  await open((socket) => socket.write(rawAnswer(`${status} Moved`, `Location: ${evil.url}/steal\r\n`)))
  const answer = await get()
  expect([answer.status, answer.headers.get('location')]).toEqual([status, `${evil.url}/steal`])
  expect(evil.heard).toEqual([])
  expect(upstream.heard.join('').match(/sk-test/g)).toHaveLength(1)
  await evil.close()
})

test('T5-1 a redirect within the upstream comes back through the proxy', async () => {
  await open((socket) => socket.write(rawAnswer('302 Found', `Location: ${upstream.url}/v1/there?a=1\r\n`)), {})
  expect((await get()).headers.get('location')).toBe('/main/v1/there?a=1')
})

test('T5-2 a key that the upstream echoes does not reach the client, in whatever pieces it comes', async () => {
  const body = `before ${secret} between ${secret}${secret} after sk-test-aaaa`
  for (const cut of [1, 5, 12, 30, 47, 52, body.length]) {
    await open(async (socket) => {
      socket.setNoDelay(true)
      socket.write(`HTTP/1.1 200 OK\r\nX-Echo: Bearer ${secret}\r\nContent-Length: ${body.length}\r\n\r\n`)
      for (let i = 0; i < body.length; i += cut) {
        socket.write(body.slice(i, i + cut))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const answer = await raw()
    expect(answer).not.toContain(secret)
    expect(answer).not.toMatch(/x-echo/i)
    expect(answer.endsWith(`\r\n\r\n${body.replaceAll(secret, '*'.repeat(secret.length))}`)).toBe(true)
    if (cut !== body.length) {
      await house.close()
      await upstream.close()
    }
  }
})

test('T5-3 a masked key in an error passes to the client and is not in the row', async () => {
  const body = JSON.stringify({
    error: {
      message: `Incorrect API key provided: sk-test-********************aaaa. See ${secret}`,
      type: 'invalid_request_error',
      code: 'invalid_api_key',
    },
  })
  await open((socket) => socket.write(rawAnswer('401 Unauthorized', 'Content-Type: application/json\r\n', body)))
  const answer = await get()
  expect(answer.status).toBe(401)
  expect(await answer.text()).toContain('sk-test-****')
  const row = JSON.stringify(await house.recorded(1))
  expect(row).not.toContain(secret)
  expect(row).not.toContain('sk-test-***')
  expect(row).toContain('key-invalid')
})

test('T5-4 headers that would act on the browser or on this host are dropped', async () => {
  const names = [
    'Strict-Transport-Security',
    'Set-Cookie',
    'Clear-Site-Data',
    'Alt-Svc',
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'Service-Worker-Allowed',
    'Refresh',
    'X-Keywheel-Key',
    'NEL',
    'Report-To',
  ]
  await open((socket) =>
    socket.write(rawAnswer('200 Sure', `${names.map((name) => `${name}: bad\r\n`).join('')}X-Request-Id: kept\r\n`, 'ok')),
  )
  const answer = await raw()
  expect(answer).toMatch(/^x-request-id: kept\r$/im)
  for (const name of names) expect(answer).not.toMatch(new RegExp(`^${name}: bad`, 'im'))
})

test('T5-5 a page comes with everything that keeps it from acting as one', async () => {
  await open((socket) =>
    socket.write(
      rawAnswer('200 OK', 'Content-Type: text/html\r\nContent-Security-Policy: script-src *\r\n', '<script>1</script>'),
    ),
  )
  const answer = await get()
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'")
  expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
})

test('T5-6 a bomb passes through packed, and costs nothing here', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))
  await open((socket) => {
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
    )
    socket.write(bomb)
  })
  const before = process.memoryUsage().rss
  const answer = await raw('Accept-Encoding: gzip\r\n')
  expect(answer.length).toBeGreaterThan(bomb.length)
  expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'ok', inputTokens: null, bytesOut: bomb.length })
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
})

test('T5-7 a chain of codings is not decoded', async () => {
  const chain = Array.from({ length: 1000 }, () => 'gzip').join(', ')
  await open((socket) =>
    socket.write(rawAnswer('200 OK', `Content-Type: application/json\r\nContent-Encoding: ${chain}\r\n`, 'xxxx')),
  )
  const answer = await raw('Accept-Encoding: gzip\r\n')
  expect(statusOf(answer)).toBe(200)
  expect((await house.recorded(1))[0]).toMatchObject({ inputTokens: null, bytesOut: 4 })
})

test.each(['000', '099', '600', '999', 'abc'])('T5-8 the status %s is not passed on', async (status) => {
  await open((socket) => socket.end(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nok`))
  const answer = await get('/main/x', { method: 'POST', body: '{}' })
  expect(answer.status).toBe(502)
  expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
})

test('T5-9 X13 a thousand early hints, then the answer', async () => {
  await open((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'.repeat(1000))
    socket.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(8))
    socket.write(rawAnswer('200 OK', '', 'at last'))
  })
  const answer = await get()
  expect([answer.status, await answer.text()]).toEqual([200, 'at last'])
})

test('T5-10 an unasked 101 is not an answer', async () => {
  await open((socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'))
  expect((await get('/main/x', { method: 'POST', body: '{}' })).status).toBe(502)
})

test('T5-11 a line without an end streams through, and its usage is unknown', async () => {
  const size = 20 * 1024 * 1024
  await open((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size, 'x'))
  })
  expect((await (await get()).arrayBuffer()).byteLength).toBe(size)
  expect((await house.recorded(1))[0]).toMatchObject({ outcome: 'ok', inputTokens: null, bytesOut: size })
})

test('T5-12 bytes after an answer are not the next answer', async () => {
  await open((socket, _heard, connection) =>
    socket.write(`${rawAnswer('200 OK', '', `mine ${connection}`)}${connection === 0 ? rawAnswer('200 OK', '', 'poison') : ''}`),
  )
  expect(await (await get()).text()).toBe('mine 0')
  expect(await (await get()).text()).toMatch(/^mine \d$/)
  expect(await (await get()).text()).toMatch(/^mine \d$/)
})

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
})()
const noOpenssl = openssl ? '' : ' (skipped: there is no openssl to make a certificate with)'
test.skipIf(!openssl)(
  `T5-13 a certificate that nobody vouches for: 502, one attempt, the key is not sent${noOpenssl}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keywheel-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    let asked = 0
    let connections = 0
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, () => asked++)
    server.on('connection', () => connections++).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await open((socket) => socket.end(), {
      baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      keys: [secret, 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'],
    })
    const answer = await get()
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'UPSTREAM_TLS' } })
    expect([asked, connections]).toEqual([0, 1])
    server.close()
    rmSync(folder, { recursive: true })
  },
)

test('X2 headers of the other hop stay there, and so does the reason phrase', async () => {
  await open((socket) =>
    socket.write(
      rawAnswer(
        '200 Totally Fine',
        'Connection: X-Drop, keep-alive\r\nX-Drop: 1\r\nProxy-Authenticate: Basic\r\nKeep-Alive: timeout=5\r\n',
        'ok',
      ),
    ),
  )
  const answer = await raw()
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  for (const name of ['x-drop', 'proxy-authenticate']) expect(answer).not.toMatch(new RegExp(`^${name}:`, 'im'))
})

test('X12 answers without a body stay without one, and the connections stay usable', async () => {
  for (const [status, extra] of [
    ['204 No Content', 'Content-Length: 5\r\n'],
    ['304 Not Modified', 'ETag: "a"\r\n'],
    ['205 Reset Content', 'Content-Length: 0\r\n'],
  ] as const) {
    await open((socket) => socket.write(`HTTP/1.1 ${status}\r\n${extra}\r\n`))
    for (let i = 0; i < 2; i++) {
      const answer = await get()
      expect([answer.status, await answer.text()]).toEqual([Number(status.slice(0, 3)), ''])
    }
    await house.close()
    await upstream.close()
  }
  await open((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'))
  const head = await get('/main/x', { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '500', ''])
})

test('X14 trailers of an answer are dropped', async () => {
  await open((socket) =>
    socket.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n2\r\nok\r\n0\r\nSet-Cookie: a=b\r\n\r\n',
    ),
  )
  const answer = await raw()
  expect(statusOf(answer)).toBe(200)
  expect(answer).not.toMatch(/set-cookie|trailer/i)
})

test('X19 too many headers of an upstream: 502', async () => {
  await open((socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\nContent-Length: 0\r\n\r\n`))
  expect((await get('/main/x', { method: 'POST', body: '{}' })).status).toBe(502)
})

test.each([
  ['Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
  ['Content-Length: 2\r\nContent-Length: 3\r\n', 'abc'],
  ['Bad Header: 1\r\n', ''],
  ['X-Nul: a\0b\r\nContent-Length: 0\r\n', ''],
])('X3 an answer that does not hold to the protocol is not passed on: %j', async (headers, body) => {
  await open((socket) => socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n${body}`, 'latin1'))
  expect((await get('/main/x', { method: 'POST', body: '{}' })).status).toBe(502)
})
