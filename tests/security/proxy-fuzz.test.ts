/** X3, at random: bent requests never bring the proxy down, and what is refused never reaches an upstream. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../proxy/house.ts'
import { type RawUpstream, rawAnswer, startRawUpstream } from '../proxy/wire.ts'

const secret = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const mutants = 3000
const atOnce = 64
const quietMs = 150
const seed = 20_260_101
const timeLimitMs = 10_000

let upstream: RawUpstream
let house: House
beforeAll(async () => {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  const limits = { headersMs: 500, bodyWindowMs: 500, lingerMs: 50 }
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/base`, keys: [secret] }], { limits })
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})

/** Mulberry32: the same mutants in every run. */
function randomFrom(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function seeds(): string[] {
  const own = `Host: 127.0.0.1:${house.port}\r\n`
  const auth = `Authorization: Bearer ${house.token}\r\n`
  const json = 'Content-Type: application/json\r\n'
  return [
    `GET /main/models?a=1&b=%20 HTTP/1.1\r\n${own}${auth}Accept: */*\r\n\r\n`,
    `POST /main/chat HTTP/1.1\r\n${own}${auth}${json}Content-Length: 11\r\n\r\n{"model":1}`,
    `POST /main/chat HTTP/1.1\r\n${own}${auth}${json}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\n{"a":\r\n2\r\n1}\r\n0\r\nX-T: 1\r\n\r\n`,
    `PUT /main/a/b/../c HTTP/1.0\r\n${own}x-api-key: ${house.token}\r\nConnection: keep-alive, x-a\r\nX-A: 1\r\n\r\n`,
    `GET /main/x?key=${house.token} HTTP/1.1\r\n${own}Upgrade: h2c\r\nConnection: upgrade\r\n\r\n`,
    `POST /main/x HTTP/1.1\r\n${own}${auth}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
    `GET /main/one HTTP/1.1\r\n${own}${auth}\r\nGET /main/two HTTP/1.1\r\n${own}${auth}\r\n`,
    `OPTIONS /main/x HTTP/1.1\r\n${own}Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
  ]
}

const spices = [
  ...'\r|\n|\r\n|\r\n\r\n|\0| |\t|\x0b|:|,|;|%|%2e%2e/|../|//|\\|#|?|\xff|\x7f|HTTP/1.1|HTTP/2.0|ffffffffffffffff|-1'.split('|'),
  ...'Content-Length: 5|Content-Length: +1|Transfer-Encoding: chunked|Transfer-Encoding: gzip|Host: evil'
    .split('|')
    .map((one) => `${one}\r\n`),
  '0\r\n\r\n',
  'GET http://127.0.0.1:9/ HTTP/1.1\r\n\r\n',
]

/** One or two cuts, doublings, swaps or insertions. */
function mutate(text: string, random: (below: number) => number): string {
  let bent = text
  for (let times = 1 + random(2); times > 0; times--) {
    const at = random(bent.length + 1)
    const to = Math.min(bent.length, at + 1 + random(4))
    const piece = bent.slice(at, to)
    const spice = spices[random(spices.length)] ?? ''
    const replacement = ['', piece + piece, spice, spice + piece, String.fromCharCode(random(256))][random(5)] ?? ''
    bent = bent.slice(0, at) + replacement + bent.slice(to)
  }
  return bent
}

/** Sends bytes, says no more when it has heard nothing for a moment, and gives back what came until the proxy closed. */
async function send(bytes: string): Promise<string> {
  const socket = connect(house.port, '127.0.0.1').on('error', () => {})
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1'))).setTimeout(quietMs, () => socket.end())
  socket.write(Buffer.from(bytes, 'latin1'))
  await once(socket, 'close')
  return text
}

test(`${mutants} mutants (seed ${seed}): answered or closed, and nothing that was refused went up`, async () => {
  const random = randomFrom(seed)
  const corpus = seeds()
  const until = Date.now() + timeLimitMs
  let sent = 0
  let refused = 0
  let served = 0
  const worker = async () => {
    while (sent < mutants && Date.now() < until) {
      sent++
      const answer = await send(mutate(corpus[random(corpus.length)] ?? '', random))
      const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
      refused += statuses.filter((status) => status >= 400).length
      served += statuses.filter((status) => status === 200).length
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  expect(refused).toBeGreaterThan(sent / 4)
  expect(served).toBeGreaterThan(20)
  expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
  expect(house.logged.filter((line) => line.includes('inside Keywheel'))).toEqual([])
  await expect.poll(() => house.inFlight('key-1')).toBe(0)
  // Every request that went up belongs to an attempt of a call that was let in, is below the pool's base and has our key alone.
  const heard = upstream.heard.join('')
  const heads = heard.match(/[A-Z]+ \/base\S* HTTP\/1\.1\r$/gm) ?? []
  expect(heads.length).toBeGreaterThanOrEqual(served)
  expect(heads.length).toBeLessThanOrEqual(house.rows.flatMap((row) => row.attempts).length)
  const credentials = heard.match(/^authorization: .*$/gim) ?? []
  expect(credentials).toHaveLength(heads.length)
  expect(new Set(credentials)).toEqual(new Set([`Authorization: Bearer ${secret}`]))
  for (const bytes of upstream.heard) expect(bytes).toMatch(/^([A-Z]+ \/base[/? ]|$)/)
  expect(heard).not.toContain(house.token)
}, 30_000)
