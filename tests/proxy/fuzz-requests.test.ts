/** Good requests in every shape that HTTP allows: pieces, header orders, cases, chunkings, pipelines. All are served, and none but as it was meant. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import * as fc from '../support/fast-check.ts'
import { cutAt, talk } from './fuzz-wire.ts'
import { type House, openHouse } from './house.ts'

const secret = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const seed = 20_261_121

let upstream: ScriptedUpstream
let house: House
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/echo`, keys: [secret] }])
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})
/** What must be true after any of it. */
async function isSound() {
  expect(house.logged.filter((line) => line.includes('inside Keywheel'))).toEqual([])
  await expect.poll(() => house.inFlight('key-1')).toBe(0)
  for (const { key, headers, body, url } of upstream.requests) {
    expect(key).toBe(secret)
    expect(JSON.stringify([headers, url, body])).not.toContain(house.token)
  }
}

const host = () => `Host: 127.0.0.1:${house.port}\r\n`
const bearer = () => `Authorization: Bearer ${house.token}\r\n`
const bytesOf = (text: string) => Buffer.from(text, 'latin1')

/** Runs tasks with some at a time. */
async function each<T>(tasks: readonly T[], run: (task: T) => Promise<void>): Promise<void> {
  const left = [...tasks]
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let task = left.pop(); task !== undefined; task = left.pop()) await run(task)
    }),
  )
}

/** Requests, and what the echo says of them. */
const wholeRequests = (): [string, number, object][] => [
  [
    `GET /main/one?a=1&b=%20 HTTP/1.1\r\n${host()}${bearer()}Accept: */*\r\n\r\n`,
    1,
    { path: '/echo/one', query: { a: '1', b: ' ' } },
  ],
  [
    `POST /main/two HTTP/1.1\r\n${host()}X-API-Key: ${house.token}\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"model":"gpt-4"}`,
    1,
    { path: '/echo/two', body: '{"model":"gpt-4"}' },
  ],
  [
    `POST /main/three HTTP/1.1\r\n${host()}x-goog-api-key: ${house.token}\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b;c"\r\nhello\r\n1\r\n,\r\n00006\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n`,
    1,
    { path: '/echo/three', body: 'hello, world' },
  ],
  [
    `GET /main/four HTTP/1.1\r\n${host()}${bearer()}\r\nPUT /main/five HTTP/1.1\r\n${host()}${bearer()}Content-Length: 2\r\n\r\nok`,
    2,
    { path: '/echo/four' },
  ],
  [`GET /main/old HTTP/1.0\r\n${host()}${bearer()}Connection: keep-alive\r\n\r\n`, 1, { path: '/echo/old' }],
]

it('a request cut at any byte is the same request', async () => {
  const cuts = wholeRequests().flatMap((request) =>
    Array.from({ length: request[0].length - 1 }, (_, at) => ({ request, at: at + 1 })),
  )
  await each(cuts, async ({ request: [text, expected, echo], at }) => {
    const { replies, after } = await talk([text.slice(0, at), text.slice(at)], { port: house.port, expected })
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: expected }, () => 200))
    expect(JSON.parse(replies[0]?.body ?? '')).toMatchObject(echo)
    expect(after).toBe('served')
  })
  await isSound()
}, 60_000)

it('a request byte by byte is the same request', async () => {
  await each(wholeRequests(), async ([text, expected, echo]) => {
    const { replies } = await talk(text.split(''), { port: house.port, expected })
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: expected }, () => 200))
    expect(JSON.parse(replies[0]?.body ?? '')).toMatchObject(echo)
  })
})

let count = 0
const asked = (id: string) => upstream.requests.filter(({ headers }) => headers['x-id'] === id)

/** A name in any case. */
const inAnyCase = (name: string) =>
  fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }).map((upper) =>
    name
      .split('')
      .map((letter, index) => (upper[index] ? letter.toUpperCase() : letter.toLowerCase()))
      .join(''),
  )
const blanks = fc.array(fc.constantFrom(' ', '\t'), { maxLength: 3 }).map((marks) => marks.join(''))
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })

it('headers in any order, case and spacing are the same headers', async () => {
  const credential = fc.constantFrom('authorization', 'x-api-key', 'x-goog-api-key', 'api-key')
  const headers = credential.chain((name) => {
    const fields: [string, () => string][] = [
      ['host', () => `127.0.0.1:${house.port}`],
      [name, () => (name === 'authorization' ? `Bearer ${house.token}` : house.token)],
      ['content-type', () => 'text/plain'],
      ['content-length', () => '5'],
      ['accept', () => '*/*'],
      ['x-kept', () => 'first'],
      ['x-kept', () => 'second'],
    ]
    const lines = fields.map(([field, value]) =>
      fc.tuple(inAnyCase(field), blanks, blanks).map(
        ([spelt, before, behind]) =>
          () =>
            `${spelt}:${before}${value()}${behind}\r\n`,
      ),
    )
    return fc.tuple(...lines).chain((made) => fc.shuffledSubarray(made, { minLength: made.length }))
  })
  const property = fc.asyncProperty(headers, cuts, async (lines, places) => {
    const id = `order-${++count}`
    const text = `POST /main/x HTTP/1.1\r\nX-Id: ${id}\r\n${lines.map((line) => line()).join('')}\r\nhello`
    const { replies, after } = await talk(cutAt(bytesOf(text), places), { port: house.port, expected: 1 })
    expect([replies.map(({ status }) => status), after]).toEqual([[200], 'served'])
    const [request, ...more] = asked(id)
    expect([request?.body, more.length]).toEqual(['hello', 0])
    expect(request?.headers['x-kept']?.split(', ').toSorted()).toEqual(['first', 'second'])
  })
  await fc.assert(property, { numRuns: 300, seed })
  await isSound()
}, 60_000)

/** A chunked body: its bytes, and them as they go over the wire. */
const chunked = fc
  .array(
    fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
      zeros: fc.constantFrom('', '0', '0000'),
      upper: fc.boolean(),
      extension: fc.constantFrom('', ';a', ';a=b', ';x="quoted mark"', ';ieof;b=1'),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    const wire = parts.flatMap(({ bytes, zeros, upper, extension }) => {
      const size = bytes.length.toString(16)
      return [bytesOf(`${zeros}${upper ? size.toUpperCase() : size}${extension}\r\n`), bytes, bytesOf('\r\n')]
    })
    return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), wire: Buffer.concat([...wire, bytesOf('0\r\n\r\n')]) }
  })

it('a body in any chunks and packets arrives as it is', async () => {
  const property = fc.asyncProperty(chunked, cuts, async ({ bytes, wire }, places) => {
    const id = `chunks-${++count}`
    const head = `POST /main/x HTTP/1.1\r\n${host()}${bearer()}X-Id: ${id}\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`
    const pieces = cutAt(Buffer.concat([bytesOf(head), wire]), places)
    const { replies, after } = await talk(pieces, { port: house.port, expected: 1 })
    expect([replies.map(({ status }) => status), after]).toEqual([[200], 'served'])
    expect(asked(id).map((request) => request.bytes.equals(bytes))).toEqual([true])
  })
  await fc.assert(property, { numRuns: 200, seed })
  await isSound()
}, 60_000)

/** Requests whose answers are known, good and refused; all of them leave the connection open. */
const steps = {
  get: { text: (id: string) => `GET /main/x HTTP/1.1\r\n${host()}${bearer()}X-Id: ${id}\r\n\r\n`, status: 200 },
  post: {
    text: (id: string) => `POST /main/x HTTP/1.1\r\n${host()}${bearer()}X-Id: ${id}\r\nContent-Length: 3\r\n\r\nabc`,
    status: 200,
  },
  'no token': { text: () => `GET /main/x HTTP/1.1\r\n${host()}\r\n`, status: 401 },
  'no pool': { text: () => `GET /nowhere/x HTTP/1.1\r\n${host()}${bearer()}\r\n`, status: 404 },
  health: { text: () => `GET /healthz HTTP/1.1\r\n${host()}\r\n`, status: 200 },
} as const

it('requests in a row are answered in their order, each by itself', async () => {
  const rows = fc.array(fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])), { minLength: 2, maxLength: 7 })
  const property = fc.asyncProperty(rows, cuts, async (row, places) => {
    const ids = row.map(() => `row-${++count}`)
    const text = row.map((name, index) => steps[name].text(ids[index] ?? '')).join('')
    const { replies, after, rest } = await talk(cutAt(bytesOf(text), places), { port: house.port, expected: row.length })
    expect(replies.map(({ status }) => status)).toEqual(row.map((name) => steps[name].status))
    expect([after, rest]).toEqual(['served', ''])
    for (const [index, name] of row.entries()) {
      const served = name === 'get' || name === 'post'
      expect(asked(ids[index] ?? '')).toHaveLength(served ? 1 : 0)
      const body = replies[index]?.body ?? ''
      expect(body.includes(`"x-id":"${ids[index]}"`)).toBe(served)
      expect(body.startsWith('{"error":')).toBe(!served && name !== 'health')
    }
  })
  // Wrong tokens are counted: few enough runs that the limiter does not come in.
  await fc.assert(property, { numRuns: 25, seed })
  await isSound()
}, 60_000)
