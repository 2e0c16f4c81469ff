/** X3-X7, X11, X14, X19: requests that no client should send. Refused ones never reach the upstream. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../proxy/house.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, readUntil, startRawUpstream, statusOf, whole } from '../proxy/wire.ts'

let upstream: RawUpstream
let house: House
let own: string
let auth: string

beforeAll(async () => {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  const limits = { headersMs: 500, bodyWindowMs: 400, bodyBytesPerSecond: 1000, writeStallMs: 400 }
  house = await openHouse([{ slug: 'main', baseUrl: upstream.url, keys: ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'] }], {
    limits,
  })
  own = `Host: 127.0.0.1:${house.port}\r\n`
  auth = `Authorization: Bearer ${house.token}\r\n`
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})
const get = (path: string, token = auth) => `GET /main/${path} HTTP/1.1\r\n${own}${token}\r\n`
const expecting = (token: string) =>
  `POST /main/x HTTP/1.1\r\n${own}${token}Content-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`
const heard = () => upstream.heard.join('').length

// <H> = our Host and a valid token, <A> = the token alone.
const corpus: [string, string, number[]][] = [
  ['two Host headers', 'GET /main/x HTTP/1.1\r\n<H>Host: evil.example\r\n\r\n', [400]],
  ['no Host', 'GET /main/x HTTP/1.1\r\n<A>\r\n', [400]],
  ['empty Host', 'GET /main/x HTTP/1.1\r\nHost:\r\n<A>\r\n', [400, 421]],
  ['Host with a user', 'GET /main/x HTTP/1.1\r\nHost: a@b\r\n<A>\r\n', [421]],
  ['TE: gzip, chunked', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', [501]],
  ['TE: identity', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: identity\r\n\r\n', [400, 501]],
  ['two TE', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400, 501]],
  ['TE on HTTP/1.0', 'POST /main/x HTTP/1.0\r\n<H>Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
  ['CL and TE', 'POST /main/x HTTP/1.1\r\n<H>Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
  ['TE and CL', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n', [400]],
  ['two CL', 'POST /main/x HTTP/1.1\r\n<H>Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc', [400]],
  ['CL with a sign', 'POST /main/x HTTP/1.1\r\n<H>Content-Length: +2\r\n\r\nab', [400]],
  ['CL as a list', 'POST /main/x HTTP/1.1\r\n<H>Content-Length: 2, 2\r\n\r\nab', [400]],
  ['TE with a vertical tab', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n', [400, 501]],
  ['bad chunk size', 'POST /main/x HTTP/1.1\r\n<H>Transfer-Encoding: chunked\r\n\r\n-1\r\nab\r\n0\r\n\r\n', [400]],
  ['HTTP/2.0 in text', 'GET /main/x HTTP/2.0\r\n<H>\r\n', [400, 505]],
  ['HTTP/1.2', 'GET /main/x HTTP/1.2\r\n<H>\r\n', [400, 505]],
  ['HTTP/0.9', 'GET /main/x\r\n\r\n', [400, 505]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 405, 505]],
  ['TRACE', 'TRACE /main/x HTTP/1.1\r\n<H>\r\n', [405]],
  ['an unknown method', 'FROB /main/x HTTP/1.1\r\n<H>\r\n', [400, 405]],
  ['absolute form', 'GET http://127.0.0.1/main/x HTTP/1.1\r\n<H>\r\n', [400]],
  ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\n<H>\r\n', [400]],
  ['a fragment', 'GET /main/x#a HTTP/1.1\r\n<H>\r\n', [400]],
  ['dot segments', 'GET /main/../../admin HTTP/1.1\r\n<H>\r\n', [400]],
  ['a space in the path', 'GET /main/x y HTTP/1.1\r\n<H>\r\n', [400]],
  ['raw UTF-8 in the path', 'GET /main/\xc3\xa9 HTTP/1.1\r\n<H>\r\n', [400]],
  ['space before the colon', 'GET /main/x HTTP/1.1\r\n<H>X-A : 1\r\n\r\n', [400]],
  ['a folded header', 'GET /main/x HTTP/1.1\r\n<H>X-A: 1\r\n 2\r\n\r\n', [400]],
  ['a bare line feed', 'GET /main/x HTTP/1.1\nHost: a\n\n', [400]],
  ['NUL in a value', 'GET /main/x HTTP/1.1\r\n<H>X-A: a\0b\r\n\r\n', [400]],
  ['obs-text in a value', 'GET /main/x HTTP/1.1\r\n<H>X-A: a\xffb\r\n\r\n', [400]],
  ['two credentials of one kind', 'GET /main/x HTTP/1.1\r\n<H>Authorization: Bearer x\r\n\r\n', [400]],
  ['X19 101 headers', `GET /main/x HTTP/1.1\r\n<H>${'X-A: 1\r\n'.repeat(99)}\r\n`, [431]],
  ['X19 64 kB of headers', `GET /main/x HTTP/1.1\r\n<H>X-A: ${'a'.repeat(65_536)}\r\n\r\n`, [431]],
  ['a 20 kB target with a control character', `GET /main/${'a'.repeat(20_000)}\x01 HTTP/1.1\r\n<H>\r\n`, [400, 431]],
  ['X7 CONNECT', 'CONNECT api.openai.com:443 HTTP/1.1\r\n<H>\r\n', [405]],
  ['X7 CONNECT to loopback', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\n<H>\r\n', [405]],
  ['an unknown Expect', 'POST /main/x HTTP/1.1\r\n<H>Expect: 200-ok\r\nContent-Length: 0\r\n\r\n', [417]],
]

test.each(corpus)('X3 %s', async (_name, request, statuses) => {
  const before = heard()
  const bytes = request.replaceAll('<H>', own + auth).replaceAll('<A>', auth)
  const answer = await exchangeRaw(house.port, Buffer.from(bytes, 'latin1'), whole)
  expect(statuses).toContain(statusOf(answer))
  expect(heard()).toBe(before)
})

test('X4 bytes after an ambiguous request are not a second one', async () => {
  const before = heard()
  const second = `GET /main/second HTTP/1.1\r\n${own}${auth}\r\n`
  for (const first of [
    `POST /main/x HTTP/1.1\r\n${own}${auth}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX${second}`,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n5c\r\n${second}`,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${second}`,
  ]) {
    const answer = await exchangeRaw(house.port, first)
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  }
  expect(heard()).toBe(before)
})

test('X5 of three pipelined requests the first is answered, the malformed second ends it', async () => {
  const answer = await exchangeRaw(house.port, `${get('first')}GET /main/bad HTTP/1.1\r\nBad Header: 1\r\n\r\n${get('third')}`)
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
  expect(upstream.heard.join('')).toContain('/first')
  expect(upstream.heard.join('')).not.toContain('/third')
})

test('X1 hop-by-hop headers stay on their hop', async () => {
  const hop =
    'Connection: te, x-foo\r\nX-Foo: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X-T\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\nX-Kept: 1\r\n'
  const from = heard()
  expect(statusOf(await exchangeRaw(house.port, `GET /main/x HTTP/1.1\r\n${own}${auth}${hop}\r\n`, whole))).toBe(200)
  const sent = upstream.heard.join('').slice(from).toLowerCase()
  expect(upstream.heard.join('').toLowerCase()).toContain('x-kept: 1')
  for (const name of ['x-foo', 'te', 'trailer', 'proxy-connection', 'upgrade'])
    expect(sent).not.toMatch(new RegExp(`^${name}:`, 'm'))
})

test('X1 an offer of h2c is ignored, as the protocol allows', async () => {
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
  expect(statusOf(await exchangeRaw(house.port, `GET /main/x HTTP/1.1\r\n${own}${auth}${offer}\r\n`, whole))).toBe(200)
})

test('X11 a body is asked for only when it will be used', async () => {
  const refused = await exchangeRaw(house.port, expecting('Authorization: Bearer wrong\r\n'), whole)
  expect(refused).toMatch(/^HTTP\/1\.1 401/)
  const socket = connect(house.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(expecting(auth))
  expect(await readUntil(socket, (text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 100 Continue/)
  const answer = readUntil(socket, (text) => text.includes('HTTP/1.1 200'))
  socket.write('hello')
  expect(await answer).toContain('HTTP/1.1 200')
  expect(upstream.heard.join('')).not.toMatch(/^expect:/im)
  socket.destroy()
})

test('X14 trailers of a request are dropped', async () => {
  const trailers = '5\r\nhello\r\n0\r\nAuthorization: Bearer stolen\r\nX-Trailer: 1\r\n\r\n'
  const answer = await exchangeRaw(
    house.port,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${trailers}`,
    whole,
  )
  expect(statusOf(answer)).toBe(200)
  expect(upstream.heard.join('')).not.toMatch(/stolen|x-trailer/i)
})

test('X24 two clients on one connection are judged one by one', async () => {
  const guest = house.tokenFor(['other'])
  const pieces = [auth, `Authorization: Bearer ${guest}\r\n`, '', auth].map((token) => get('x', token)).join('')
  const socket = connect(house.port, '127.0.0.1')
  await once(socket, 'connect')
  const answers = readUntil(socket, (text) => (text.match(/HTTP\/1\.1/g)?.length ?? 0) === 4)
  socket.write(pieces)
  expect((await answers).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 401', 'HTTP/1.1 200'])
  socket.destroy()
})

test('N12 a head that does not end is cut off', async () => {
  const answer = await exchangeRaw(house.port, `GET /main/x HTTP/1.1\r\n${own}X-A: `)
  expect(statusOf(answer)).toBe(408)
})

test('N12 a body that drips in is cut off, a call waiting for it is over', async () => {
  const before = house.rows.length
  const answer = await exchangeRaw(
    house.port,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"a"`,
  )
  expect(statusOf(answer)).toBe(408)
  expect((await house.recorded(before + 1)).at(-1)).toMatchObject({ status: 408, errorCode: 'BODY_TOO_SLOW' })
})

test('N12 a client that does not read is cut off', async () => {
  const big = await startRawUpstream((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n')
    socket.write(Buffer.alloc(64 * 1024 * 1024))
  })
  const slow = await openHouse([{ slug: 'main', baseUrl: big.url, keys: ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'] }], {
    limits: { writeStallMs: 300 },
  })
  const socket = connect(slow.port, '127.0.0.1')
  socket.on('error', () => {}).pause()
  socket.write(`GET /main/x HTTP/1.1\r\nHost: 127.0.0.1:${slow.port}\r\nAuthorization: Bearer ${slow.token}\r\n\r\n`)
  expect((await slow.recorded(1))[0]).toMatchObject({ outcome: 'aborted', status: 200 })
  expect(slow.inFlight('key-1')).toBe(0)
  socket.destroy()
  await slow.close()
  await big.close()
})

test('chunks that are not chunks in the middle of a body: 400, once, and the upstream call is broken off', async () => {
  const before = house.rows.length
  const answer = await exchangeRaw(
    house.port,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
  expect((await house.recorded(before + 1)).at(-1)).toMatchObject({ status: 400, errorCode: 'BAD_BODY' })
})
