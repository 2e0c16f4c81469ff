/** T3, T12: guessing tokens, and a client with a valid token that wants the raw key. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { newToken } from '../../src-main/clients/index.ts'
import { providers } from '../../src-main/providers/index.ts'
import { checkHead } from '../../src-main/proxy/admit/request-checks.ts'
import { route } from '../../src-main/proxy/admit/route.ts'
import { upstreamTarget } from '../../src-main/proxy/admit/target.ts'
import { type House, openHouse } from '../proxy/house.ts'
import { exchangeRaw, type RawUpstream, rawAnswer, startRawUpstream, statusOf, whole } from '../proxy/wire.ts'
import * as fc from '../support/fast-check.ts'

const secret = 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
let upstream: RawUpstream
let elsewhere: RawUpstream
let house: House

beforeAll(async () => {
  upstream = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'ok')))
  elsewhere = await startRawUpstream((socket) => socket.write(rawAnswer('200 OK', '', 'elsewhere')))
  house = await openHouse([{ slug: 'main', baseUrl: `${upstream.url}/base/v1`, keys: [secret] }])
})
afterAll(async () => {
  await house.close()
  await upstream.close()
  await elsewhere.close()
})
const ask = (line: string, headers: string[] = []) =>
  exchangeRaw(
    house.port,
    `${line} HTTP/1.1\r\nHost: 127.0.0.1:${house.port}\r\nAuthorization: Bearer ${house.token}\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n`,
    whole,
  )
const lastHeard = () => {
  const heads = upstream.heard.join('').split(/(?=^GET )/m)
  return heads.at(-1) ?? ''
}

test('T3-1 wrong tokens are slowed down after twenty a minute, and the right one keeps working', async () => {
  const flooded = await openHouse([{ slug: 'main', baseUrl: upstream.url, keys: [secret] }])
  const statuses: number[] = []
  const waits: (string | null)[] = []
  const limits: string[] = []
  for (let i = 0; i < 40; i++) {
    const answer = await fetch(`${flooded.url}/main/x`, { headers: { authorization: `Bearer ${newToken().token}` } })
    statuses.push(answer.status)
    waits.push(answer.headers.get('retry-after'))
    limits.push(`${answer.headers.get('x-ratelimit-limit')} ${answer.headers.get('x-ratelimit-remaining')}`)
  }
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(20).fill(429)])
  expect(waits).toEqual([...Array(20).fill(null), ...Array(20).fill('60')])
  expect(limits).toEqual([...Array(20).fill('null null'), ...Array(20).fill('20 0')])
  expect((await fetch(`${flooded.url}/main/x`, { headers: { authorization: `Bearer ${flooded.token}` } })).status).toBe(200)
  await flooded.close()
})

test('T12-1 an absolute-form target is not followed', async () => {
  const away = elsewhere.url.replace('http://', '')
  for (const target of [`http://${away}/`, `https://${away}/main/x`, `${elsewhere.url}/main/x`, away, `//${away}/main/x`]) {
    expect([400, 401, 404, 421]).toContain(statusOf(await ask(`GET ${target}`)))
  }
  expect(elsewhere.heard).toEqual([])
})

test('T12-2 no spelling of a path leaves the base of the pool', async () => {
  const before = upstream.heard.join('').length
  for (const path of [
    '//evil.example/x',
    '/main/../x',
    '/main/a/../../x',
    '/main/%2e%2e/x',
    '/main/%2E%2e/x',
    '/main/.%2e/x',
    '/main/..%2fx',
    '/main/..%5cx',
    '/main/%252e%252e/x',
    '/main/..;/x',
    '/main/..;a=b/x',
    '/main/.',
    '/main/x%00',
    '/main/x%0d%0aHost:%20evil.example',
    '/main/\\evil.example',
    '/main/%5c..%5cx',
    '/main/x#fragment',
    '/main/%zz',
  ]) {
    expect([path, await ask(`GET ${path}`)]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 40[04] /)])
  }
  expect(upstream.heard.join('').length).toBe(before)
  expect(statusOf(await ask('GET /main//evil.example/x'))).toBe(200)
  expect(lastHeard()).toMatch(/^GET \/base\/v1\/evil\.example\/x HTTP/)
  expect(statusOf(await ask('GET /main/@evil.example'))).toBe(200)
  expect(lastHeard()).toMatch(/^GET \/base\/v1\/@evil\.example HTTP/)
})

test('T12-2 property: every target is refused, or stays at the origin and below the prefix', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '%2f',
      '%5c',
      '\\',
      '//',
      '/',
      ';',
      '@',
      ':',
      '?',
      '#',
      '%00',
      '%0d%0a',
      '%25',
      '%252e',
      '%32%65',
      '%2e%2',
      'http:',
      'v1',
      '..;',
      '[::1]',
      '%',
      '\t',
      ' ',
    ),
    fc.string({ maxLength: 6 }),
  )
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/main/${pieces.join('')}`)
  const bases = [
    'https://api.example.com/v1',
    'https://api.example.com',
    'https://api.example.com/a/b/',
    'http://[::1]:9/x?fixed=1',
  ].map((base) => new URL(base))
  const head = { method: 'GET', httpVersion: '1.1', rawHeaders: ['Host', 'x'] }
  let passed = 0
  fc.assert(
    fc.property(target, fc.constantFrom(...bases), fc.constantFrom(...Object.values(providers)), (raw, baseUrl, provider) => {
      if (checkHead({ ...head, target: raw }) !== null) return
      const where = route(raw)
      if (where.kind !== 'pool' || where.slug !== 'main') return
      const pool = { baseUrl, provider, auth: provider.auth }
      const path = upstreamTarget({ pool, rest: where.rest, query: where.query, clientTokens: [] })
      if (path === null) return
      passed++
      const url = new URL(baseUrl.origin + path)
      const prefix = baseUrl.pathname.replace(/\/+$/, '')
      expect(url.origin).toBe(baseUrl.origin)
      expect(url.username + url.password + url.hash).toBe('')
      expect(url.pathname === prefix || url.pathname.startsWith(`${prefix}/`)).toBe(true)
      // What a laxer server makes of it: decoded, backslashes turned, parameters dropped.
      const lax = bytesDecoded(bytesDecoded(path.split('?')[0] ?? '')).replaceAll('\\', '/')
      for (const segment of lax.split('/')) expect(segment.replace(/;.*/, '')).not.toMatch(/^\.\.?$/)
    }),
    { numRuns: 100_000 },
  )
  expect(passed).toBeGreaterThan(5_000)
})

function bytesDecoded(text: string): string {
  const parts = text.split(/%([0-9a-fA-F]{2})/)
  return parts.map((part, i) => (i % 2 === 0 ? part : String.fromCharCode(Number(`0x${part}`)))).join('')
}

test('T12-3 headers that steer or tell of other hops are not used and not passed on', async () => {
  const away = elsewhere.url.replace('http://', '')
  const steering = [
    'X-Forwarded-Host',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Original-URL',
    'X-Rewrite-URL',
    'Forwarded',
    'X-OpenAI-Base-Url',
    'x-portkey-custom-host',
    'Via',
    'X-Real-IP',
  ]
  expect(statusOf(await ask('GET /main/x', [...steering.map((name) => `${name}: ${away}`), 'X-Kept: yes']))).toBe(200)
  const heard = lastHeard().toLowerCase()
  expect(heard).toContain('x-kept: yes')
  for (const name of steering) expect(heard).not.toContain(`${name.toLowerCase()}:`)
  expect(elsewhere.heard).toEqual([])
})

test('T12-5 exactly one credential goes up: the pooled one', async () => {
  const own = [
    'x-api-key: own-1',
    'api-key: own-2',
    'x-goog-api-key: own-3',
    'Cookie: session=own-4',
    'Proxy-Authorization: Basic own-5',
    `X-Note: ${house.token}`,
  ]
  expect(statusOf(await ask(`GET /main/x?key=own-6&a=1&other=${house.token}`, own))).toBe(200)
  const heard = lastHeard()
  expect(heard).toMatch(/^GET \/base\/v1\/x\?a=1 HTTP/)
  expect(heard.match(/sk-test-/g)).toHaveLength(1)
  expect(heard).not.toMatch(/own-\d/)
  expect(heard).not.toContain(house.token)
})

test('T12-6 naming Authorization in Connection does not take the pooled key off', async () => {
  expect(statusOf(await ask('GET /main/x', ['Connection: close, authorization, x-api-key']))).toBe(200)
  expect(lastHeard()).toMatch(new RegExp(`^authorization: Bearer ${secret}\r$`, 'im'))
})

test('a token or key in a path or query is in no row and no log', async () => {
  await ask(`GET /main/x/${house.token}?key=${house.token}`)
  expect(JSON.stringify(house.rows)).not.toContain(house.token)
  expect(JSON.stringify(house.rows)).not.toContain(secret)
  expect(house.logged).toEqual([])
})
