/** T1: a malicious web page against the proxy's port. Raw bytes, so that forbidden headers can be set. */

import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../proxy/house.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, startRawUpstream, statusOf, whole } from '../proxy/wire.ts'

let upstream: RawUpstream
let house: House
let open: House
const listed = 'http://localhost:5173'

beforeAll(async () => {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  const pool = { slug: 'main', baseUrl: upstream.url, keys: ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'] }
  house = await openHouse([pool])
  open = await openHouse([pool], { origins: [listed] })
})
afterAll(async () => {
  await house.close()
  await open.close()
  await upstream.close()
})

const ask = (line: string, headers: string[], at: House = house, body = '') =>
  exchangeRaw(at.port, `${line} HTTP/1.1\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`, whole)
const host = (at: House = house) => `Host: 127.0.0.1:${at.port}`
const token = (at: House = house) => `Authorization: Bearer ${at.token}`
/** The answer, once it is certain that the upstream heard nothing. */
async function refused(text: Promise<string>): Promise<string> {
  const before = upstream.heard.join('').length
  const answer = await text
  expect(upstream.heard.join('').length).toBe(before)
  return answer
}
const status = (code: string) => expect.stringMatching(new RegExp(`^HTTP/1\\.1 (${code}) `))

test('T1-1 a simple cross-site POST without a token is refused, without CORS headers', async () => {
  const headers = [host(), 'Origin: https://evil.example', 'Content-Type: text/plain', 'Content-Length: 2']
  const answer = await refused(ask('POST /main/v1/chat/completions', headers, house, '{}'))
  expect(answer).toEqual(status('403'))
  expect(answer).not.toMatch(/access-control/i)
})

test('T1-2 so is one with a valid token', async () => {
  const headers = [host(), token(), 'Origin: https://evil.example', 'Content-Type: text/plain', 'Content-Length: 2']
  const answer = await refused(ask('POST /main/x', headers, house, '{}'))
  expect(answer).toEqual(status('403'))
  expect(answer).not.toMatch(/access-control/i)
})

test('T1-3 an image, script or navigation of another site is refused', async () => {
  for (const site of ['cross-site', 'same-site', 'anything']) {
    expect(await refused(ask('GET /main/models', [host(), token(), `Sec-Fetch-Site: ${site}`]))).toEqual(status('403'))
  }
  for (const site of ['none', 'same-origin']) {
    expect(statusOf(await ask('GET /main/models', [host(), token(), `Sec-Fetch-Site: ${site}`]))).toBe(200)
  }
})

test('T1-4 a preflight of a foreign page gets no permission', async () => {
  const headers = [
    host(),
    'Origin: https://evil.example',
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Private-Network: true',
  ]
  const answer = await refused(ask('OPTIONS /main/x', headers))
  expect(answer).toEqual(status('403'))
  expect(answer).not.toMatch(/access-control-allow/i)
})

test('T1-5 DNS rebinding: a foreign host name is misdirected', async () => {
  expect(await refused(ask('GET /main/x', [`Host: evil.example:${house.port}`, token()]))).toEqual(status('421'))
})

test('T1-6 so is every spelling of a host that is not exactly ours', async () => {
  const p = house.port
  for (const name of [
    `localhost.evil.example:${p}`,
    `127.0.0.1.nip.io:${p}`,
    `0.0.0.0:${p}`,
    `127.1:${p}`,
    `2130706433:${p}`,
    `[::ffff:127.0.0.1]:${p}`,
    `127.0.0.1:${p + 1}`,
    '127.0.0.1',
    `localhost.:${p}`,
    `127.0.0.1:${p}@evil`,
    `a@127.0.0.1:${p}`,
    '',
  ]) {
    expect(await refused(ask('GET /main/x', [`Host: ${name}`, token()]))).toEqual(status('421|400'))
    expect(await refused(ask('GET /healthz', [`Host: ${name}`]))).toEqual(status('421|400'))
  }
})

test('T1-7 our own names are served', async () => {
  for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
    expect(statusOf(await ask('GET /main/x', [`Host: ${name}:${house.port}`, token()]))).toBe(200)
  }
})

test('T1-8 an upgrade is refused and the connection closed', async () => {
  const upgrade = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  const upgrading = (lines: string[]) => refused(exchangeRaw(house.port, `${[...lines, ...upgrade].join('\r\n')}\r\n\r\n`))
  // To the end of the connection: they return only because the other side closed.
  expect(await upgrading(['GET / HTTP/1.1', host(), 'Origin: https://evil.example'])).toEqual(status('403|501'))
  expect(await upgrading(['GET /main/x HTTP/1.1', host(), token()])).toEqual(status('501'))
})

test('T1-9 a sandboxed frame or a file has no origin, and is refused', async () => {
  expect(await refused(ask('GET /main/x', [host(), token(), 'Origin: null']))).toEqual(status('403'))
})

test('T1-10 an origin on the list is served, and no other', async () => {
  const answer = await ask('GET /main/x', [host(open), token(open), `Origin: ${listed}`, 'Sec-Fetch-Site: cross-site'], open)
  expect(statusOf(answer)).toBe(200)
  expect(answer).toMatch(new RegExp(`^access-control-allow-origin: ${listed}\r$`, 'im'))
  expect(answer).toMatch(/^vary: Origin\r$/im)
  expect(answer).not.toMatch(/access-control-allow-credentials/i)
  expect(await refused(ask('GET /main/x', [host(open), token(open), `Origin: ${listed}.evil.example`], open))).toEqual(
    status('403'),
  )
  const preflight = await ask(
    'OPTIONS /main/x',
    [host(open), `Origin: ${listed}`, 'Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization'],
    open,
  )
  expect(statusOf(preflight)).toBe(204)
  expect(preflight).toMatch(/^access-control-allow-headers: authorization\r$/im)
  const unauthorised = await ask('GET /main/x', [host(open), `Origin: ${listed}`], open)
  expect(statusOf(unauthorised)).toBe(401)
  expect(unauthorised).toMatch(/^access-control-allow-origin: /im)
})

const noProc = existsSync('/proc/net/tcp') ? '' : ' (skipped: only Linux lists sockets in /proc/net)'
test.skipIf(noProc !== '')(`T1-11 only the loopback addresses listen${noProc}`, () => {
  const hexPort = house.port.toString(16).toUpperCase().padStart(4, '0')
  const lists = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file))
  const sockets = lists.flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  const listening = sockets.filter((line) => line.includes(`:${hexPort} `) && line.split(/\s+/)[4] === '0A')
  const addresses = listening.map((line) => line.trim().split(/\s+/)[1]?.split(':')[0])
  expect(addresses.length).toBeGreaterThan(0)
  for (const address of addresses) expect(['0100007F', '00000000000000000000000001000000']).toContain(address)
})

test('T1-12 without a token, every path gives the same answer', async () => {
  const answers = new Set<string>()
  for (const path of [
    '/main/x',
    '/no-such-pool/x',
    '/v1/models',
    '/api/keys',
    '/',
    '/main',
    '/../etc',
    '/healthz/x',
    '/main/%2e%2e/x',
  ]) {
    const answer = await refused(ask(`GET ${path}`, [host()]))
    expect(answer).toEqual(status('401'))
    answers.add(answer.replace(/^date: .*\r\n/im, ''))
  }
  expect(answers.size).toBe(1)
})

test('T12-4 a pool that is not allowed and a pool that is not there give the same answer', async () => {
  const guest = house.tokenFor(['other'])
  const answers = ['main', 'nothing'].map((slug) => ask(`GET /${slug}/x`, [host(), `Authorization: Bearer ${guest}`]))
  const [one, two] = (await Promise.all(answers)).map((text) => text.replace(/^date: .*\r\n/im, ''))
  expect(statusOf(one ?? '')).toBe(404)
  expect(one).toBe(two)
})
