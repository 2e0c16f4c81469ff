/** Requests that nobody should send, in every mixture: refused in the client's own words or cut off, never passed on, the connection in a known state. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import * as fc from '../support/fast-check.ts'
import { cutAt, errorFormat, talk } from './fuzz-wire.ts'
import { type House, openHouse } from './house.ts'

const seed = 20_261_122

let upstream: ScriptedUpstream
let house: House
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  const pool = { slug: 'main', baseUrl: `${upstream.url}/echo`, keys: ['sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'] }
  house = await openHouse([pool], { limits: { headersMs: 1000, bodyWindowMs: 1000, lingerMs: 50 } })
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})
/** What must be true after any of it. */
async function isSound() {
  expect(house.logged.filter((line) => line.includes('inside Keywheel'))).toEqual([])
  await expect.poll(() => house.inFlight('key-1')).toBe(0)
  expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
}

const host = () => `Host: 127.0.0.1:${house.port}\r\n`

/** How a client shows its token, and the words in which it then hears of errors. */
const spellings = {
  authorization: { line: () => `Authorization: Bearer ${house.token}\r\n`, format: 'openai' },
  'x-api-key': { line: () => `x-api-key: ${house.token}\r\nanthropic-version: 2023-06-01\r\n`, format: 'anthropic' },
  'x-goog-api-key': { line: () => `x-goog-api-key: ${house.token}\r\n`, format: 'gemini' },
} as const
const spelling = fc.constantFrom(...(Object.keys(spellings) as (keyof typeof spellings)[]))
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })

/** Sends a bad request and a good one behind it, in pieces. */
async function refused(text: string, places: readonly number[], { mayFollow }: { mayFollow: boolean }) {
  const before = upstream.requests.length
  const behind = `GET /main/behind HTTP/1.1\r\n${host()}${spellings.authorization.line()}\r\n`
  const { replies, after, rest } = await talk(cutAt(Buffer.from(text + behind, 'latin1'), places), {
    port: house.port,
    expected: mayFollow ? 2 : 1,
  })
  const [first, second] = replies
  if (first === undefined) throw new Error('no answer at all')
  expect(first.status).toBeGreaterThanOrEqual(400)
  expect(rest).toBe('')
  const heard = upstream.requests.slice(before).map(({ url }) => url)
  const spared = { heard: [], second: undefined, after: 'closed' }
  // Where the connection may live on, the request behind is a request of its own.
  const followed = { heard: ['/echo/behind'], second: 200, after: 'served' }
  expect(mayFollow ? [spared, followed] : [spared]).toContainEqual({ heard, second: second?.status, after })
  return first
}

it('lengths that contradict each other end the connection', async () => {
  const length = fc.constantFrom('4', '5', '04', '+4', '-1', '4, 4', '4,5', '0x4', '4.0', '4 4', '', '99999999999999999999', '4;')
  const encoding = fc.constantFrom(
    'chunked',
    'Chunked',
    'gzip',
    'gzip, chunked',
    'chunked, chunked',
    'identity',
    'xchunked',
    'chunked;q=1',
    '',
  )
  const lines = fc
    .record({ lengths: fc.array(length, { maxLength: 2 }), encodings: fc.array(encoding, { maxLength: 2 }) })
    .filter(({ lengths, encodings }) => {
      const plain = encodings.length === 1 && encodings[0]?.toLowerCase() === 'chunked' && lengths.length === 0
      // What can be understood in one way only may be served.
      const one =
        encodings.length === 0 && (lengths.length === 0 || (lengths.length === 1 && /^\d{1,10}$/.test(lengths[0] ?? '')))
      return !plain && !one
    })
    .chain(({ lengths, encodings }) => {
      const all = [
        ...lengths.map((one) => `Content-Length: ${one}\r\n`),
        ...encodings.map((one) => `Transfer-Encoding: ${one}\r\n`),
      ]
      return fc.shuffledSubarray(all, { minLength: all.length })
    })
  const property = fc.asyncProperty(lines, spelling, cuts, async (framing, name, places) => {
    const text = `POST /main/x HTTP/1.1\r\n${host()}${spellings[name].line()}${framing.join('')}\r\n0\r\n\r\n`
    const { status } = await refused(text, places, { mayFollow: false })
    expect([400, 501]).toContain(status)
  })
  await fc.assert(property, { numRuns: 250, seed })
  await isSound()
}, 60_000)

it('paths that would leave the pool are refused in the words of the client', async () => {
  const dots = fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '.%2e',
    '%2E.',
    '%252e%252e',
    '..;x=1',
    '..%2f..',
    '..%5c..',
    '%2e%2e%2f',
    '..%252f',
  )
  const part = fc.constantFrom('a', 'b-c', '%20', 'models', 'x:y')
  const paths = fc
    .tuple(fc.array(part, { maxLength: 3 }), dots, fc.array(fc.oneof(part, dots), { maxLength: 3 }))
    .map(([before, dot, behind]) => ['/main', ...before, dot, ...behind].join('/'))
  const property = fc.asyncProperty(paths, spelling, cuts, async (path, name, places) => {
    const first = await refused(`GET ${path} HTTP/1.1\r\n${host()}${spellings[name].line()}\r\n`, places, { mayFollow: true })
    expect([first.status, errorFormat(first)]).toEqual([400, spellings[name].format])
  })
  await fc.assert(property, { numRuns: 200, seed })
  await isSound()
}, 60_000)

it('other forms of target, other methods and versions are refused', async () => {
  const line = fc.constantFrom(
    'GET http://127.0.0.1/main/x',
    'POST https://api.openai.com/v1/models',
    'GET HTTP://user@evil/main/x',
    'GET //evil/main',
    'CONNECT api.openai.com:443',
    'CONNECT 127.0.0.1:22',
    'CONNECT /main/x',
    'OPTIONS *',
    'GET *',
    'GET main/x',
    'GET ?x',
    'TRACE /main/x',
    'FROB /main/x',
    'get /main/x',
    'PRI *',
    'GET /main/x#f',
    'GET /main/\\..\\x',
    'GET /main/x\x01',
    'GET /main/x\xff',
  )
  const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTPS/1.1')
  const property = fc.asyncProperty(line, version, spelling, cuts, async (start, spoken, name, places) => {
    const first = await refused(`${start} ${spoken}\r\n${host()}${spellings[name].line()}\r\n`, places, { mayFollow: true })
    expect([400, 405, 421, 505]).toContain(first.status)
    expect(errorFormat(first)).not.toBeNull()
  })
  await fc.assert(property, { numRuns: 250, seed })
  await isSound()
}, 60_000)

it('headers that are no headers, or too many, or too long, are refused', async () => {
  const bad = fc.oneof(
    fc.constantFrom(
      'X A: 1',
      'X-A : 1',
      ': 1',
      'X-A',
      'X-A: 1\r\n folded',
      'X-A: 1\r\n\tfolded',
      'X-A: a\0b',
      'X-A: a\x7fb',
      'X-\xe9: 1',
      'X-A: \xe9',
    ),
    fc.constantFrom(
      'Host: other',
      'Authorization: Bearer other',
      'Content-Type: a\r\nContent-Type: b',
      'Origin: http://evil.example',
    ),
    fc.integer({ min: 100, max: 400 }).map((many) => Array.from({ length: many }, (_, index) => `X-${index}: 1`).join('\r\n')),
    fc.integer({ min: 33, max: 200 }).map((kilobytes) => `X-Long: ${'a'.repeat(kilobytes * 1024)}`),
    fc.constantFrom('Upgrade: websocket\r\nConnection: upgrade', 'Expect: 200-ok'),
  )
  const property = fc.asyncProperty(bad, fc.boolean(), spelling, cuts, async (header, early, name, places) => {
    const own = host() + spellings[name].line()
    // Two spellings of a token are two places, not one header twice.
    fc.pre(!(header.startsWith('Authorization') && name !== 'authorization'))
    const text = `GET /main/x HTTP/1.1\r\n${early ? `${header}\r\n${own}` : `${own}${header}\r\n`}\r\n`
    const first = await refused(text, places, { mayFollow: true })
    expect([400, 403, 417, 421, 431, 501]).toContain(first.status)
    expect(errorFormat(first)).not.toBeNull()
  })
  await fc.assert(property, { numRuns: 250, seed })
  await isSound()
}, 120_000)

it('what is broken off is dropped, wherever it breaks off', async () => {
  const text = `POST /main/x HTTP/1.1\r\n${host()}${spellings.authorization.line()}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"model":"m"`
  const before = upstream.requests.filter(({ finished }) => finished).length
  const places = Array.from({ length: text.length }, (_, at) => at + 1)
  const worker = async () => {
    for (let at = places.pop(); at !== undefined; at = places.pop()) {
      // Nothing more comes: the proxy's own time-outs end it.
      const { replies, rest } = await talk([text.slice(0, at)], { port: house.port, expected: 1 })
      expect(rest).toBe('')
      for (const reply of replies) expect([400, 408]).toContain(reply.status)
    }
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  expect(upstream.requests.filter(({ finished }) => finished)).toHaveLength(before)
  await isSound()
}, 60_000)
