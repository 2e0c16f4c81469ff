/** X6: line ends and control characters in what people type in never become headers, on either side. */
import { afterEach, describe, expect, test } from 'vitest'
import { keyCreate } from '../../src-preload/contract/key.ts'
import { authStyle } from '../../src-preload/contract/pool.ts'
import { type House, type HousePool, openHouse } from '../proxy/house.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, startRawUpstream, statusOf, whole } from '../proxy/wire.ts'

const secret = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const evils = ['\r\nX-Evil: 1', '\nX-Evil: 1', '\r\n\r\nGET /evil HTTP/1.1\r\nX-Evil: 1', 'a\0b', '\x7f']
const shown = evils.map((evil) => [JSON.stringify(evil), evil] as const)
let upstream: RawUpstream
let house: House

async function call(
  pool: Partial<HousePool>,
  { label, head = '', body = '' }: { label?: string; head?: string; body?: string } = {},
) {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  const options = label === undefined ? {} : { label }
  house = await openHouse([{ slug: 'main', baseUrl: upstream.url, keys: [secret], ...pool }], options)
  const own = `Host: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n`
  const request = `POST /main/x HTTP/1.1\r\n${own}Content-Length: ${Buffer.byteLength(body)}\r\n${head}\r\n${body}`
  return exchangeRaw(house.port, Buffer.from(request, 'latin1'), whole)
}

describe('never on the wire', () => {
  afterEach(async () => {
    await house.close()
    await upstream.close()
  })

  test.each([...shown, ['"\\u00ff\\u2028"', '\u00ff\u2028'] as const])('in the label of a key: %s', async (_name, evil) => {
    const answer = await call({}, { label: `mine${evil}` })
    expect(statusOf(answer)).toBe(200)
    expect(answer).toMatch(/^x-keywheel-key: mine[ -~]+\r$/m)
    expect(answer).not.toMatch(/^x-evil|^GET/im)
  })

  test.each(shown)('in a key, should one be in the vault: %s', async (_name, evil) => {
    const answer = await call({ keys: [secret + evil] })
    expect(statusOf(answer)).toBe(502)
    expect(answer + JSON.stringify(house.rows) + house.logged.join('')).not.toContain(secret)
    expect(upstream.heard.join('')).toBe('')
    expect(house.health('key-1')).toBe('ready')
  })

  test.each(shown)('in the format of a credential, should one be stored: %s', async (_name, evil) => {
    const answer = await call({ auth: { in: 'header', name: 'x-key', format: `{key}${evil}` } })
    expect(statusOf(answer)).toBe(502)
    expect(upstream.heard.join('')).toBe('')
  })

  test.each(shown)('in a key that goes into the query: %s', async (_name, evil) => {
    const answer = await call({ keys: [`sk${evil}`], auth: { in: 'query', name: 'key', format: '{key}' } })
    expect(statusOf(answer)).toBe(200)
    expect(upstream.heard[0]).toContain(`?key=sk${encodeURIComponent(evil)} HTTP/1.1\r\n`)
    expect(upstream.heard.join('')).not.toMatch(/^x-evil|^GET/im)
  })

  test.each(shown)('in the name of a model: %s', async (_name, evil) => {
    const body = JSON.stringify({ model: `gpt${evil}`, messages: [] })
    const answer = await call({}, { head: 'Content-Type: application/json\r\n', body })
    expect(statusOf(answer)).toBe(200)
    expect(answer).not.toMatch(/^x-evil|^GET/im)
    expect(upstream.heard[0]?.endsWith(body)).toBe(true)
    expect((await house.recorded(1))[0]?.modelAsked).toBe(`gpt${evil}`)
  })
})

test.each(shown)('refused when it is typed in: %s', (_name, evil) => {
  expect(keyCreate.safeParse({ secret: `sk-test-0123456789${evil}`, pools: ['main'] }).success).toBe(false)
  expect(authStyle.safeParse({ in: 'header', name: 'x-key', format: `{key}${evil}` }).success).toBe(false)
  expect(authStyle.safeParse({ in: 'header', name: `x-key${evil}`, format: '{key}' }).success).toBe(false)
})
