/** Other sites, other names, other programs against the page's port, by their names in the threat list. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminToken, type OpenHost, openHost, post, raw, rawRequest } from './host.ts'

let at: OpenHost
beforeAll(async () => {
  at = await openHost()
})
afterAll(() => at.host.close())

const bearer = { authorization: `Bearer ${adminToken}` }

describe('T2 the page’s port', () => {
  it('T2-1 takes a sign-in code once', async () => {
    const code = new URL(at.host.newLoginUrl()).hash.slice('#code='.length)
    const first = await post(`${at.base}/session`, { code })
    expect(first.status).toBe(200)
    const second = await post(`${at.base}/session`, { code })
    expect(second.status).toBe(401)
    expect(await second.json()).toMatchObject({ code: 'CODE_INVALID' })
  })

  it('T2-2 refuses a code after ten minutes', async () => {
    const code = new URL(at.host.newLoginUrl()).hash.slice('#code='.length)
    at.clock.at += 10 * 60_000
    expect((await post(`${at.base}/session`, { code })).status).toBe(401)
  })

  it('T2-3 takes no cookie for a session and sets none', async () => {
    const token = await at.signIn()
    for (const path of ['/api/pools', '/rpc/pools/list']) {
      const answer = await rawRequest(at.port, path, { cookie: `session=${token}; token=${adminToken}` })
      expect(answer.status).toBe(401)
      expect(answer.head).not.toContain('set-cookie')
    }
    expect((await rawRequest(at.port, '/', {})).head).not.toContain('set-cookie')
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])(
    'T2-4 takes nothing but JSON (%s)',
    async (type) => {
      const body = '{"name":"a"}'
      const headers = { ...bearer, 'content-length': String(body.length), ...(type ? { 'content-type': type } : {}) }
      const lines = Object.entries({ host: `127.0.0.1:${at.port}`, connection: 'close', ...headers }).map(
        ([k, v]) => `${k}: ${v}`,
      )
      const answer = await raw(at.port, `POST /api/clients HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
      expect(answer.status).toBe(415)
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' })
    },
  )

  it('T2-5 sends the pinned policy, with a nonce that is fresh each time and stands in the page', async () => {
    const pages = await Promise.all([fetch(at.base), fetch(at.base)])
    const nonces = await Promise.all(
      pages.map(async (response) => {
        const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1] ?? ''
        const policy = response.headers.get('content-security-policy')
        expect(policy).toBe(
          `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
            "require-trusted-types-for 'script'; trusted-types default",
        )
        return nonce
      }),
    )
    expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(nonces[0]).not.toBe(nonces[1])
    const headers = Object.fromEntries(pages[0]?.headers ?? [])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })

  it('T2-6 cannot be framed', async () => {
    const answer = await rawRequest(at.port, '/', {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    })
    expect(answer.status).toBe(403)
  })

  it('T2-8 writes neither token nor code into its log', async () => {
    await at.signIn()
    await post(`${at.base}/session`, { code: 'wrong-code-7Hq2' })
    await fetch(`${at.base}/api/pools`, { headers: { authorization: 'Bearer wrong-token-9Kd4' } })
    expect(JSON.stringify(at.log.lines)).not.toMatch(/wrong-code|wrong-token|admin-token/)
  })

  it('T2-9 answers 429 from the eleventh wrong code of a minute, and a right one still works', async () => {
    at.clock.at += 3_600_000
    const statuses: number[] = []
    for (let i = 0; i < 30; i++) statuses.push((await post(`${at.base}/session`, { code: `wrong-${i}` })).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(20).fill(429)])
    const limited = await post(`${at.base}/session`, { code: 'wrong' })
    expect(limited.headers.get('retry-after')).toBe('60')
    expect(await at.signIn()).toMatch(/^[\w-]{43}$/)
    at.clock.at += 60_000
    expect((await post(`${at.base}/session`, { code: 'wrong' })).status).toBe(401)
  })
})

describe('T1 for the page’s port: other sites and other names', () => {
  it.each([
    ['a simple request of another site', { origin: 'https://evil.example', ...bearer }],
    ['a sandboxed frame', { origin: 'null', ...bearer }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', ...bearer }],
    ['the other name of this page', { origin: 'http://localhost:1', ...bearer }],
    ['an image or script tag', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', ...bearer }],
    ['a page on another port', { 'sec-fetch-site': 'same-site', ...bearer }],
  ])('refuses %s, even with a token', async (_name, headers) => {
    for (const [method, target] of [
      ['GET', '/api/pools'],
      ['POST', '/session'],
      ['OPTIONS', '/api/pools'],
      ['GET', '/'],
    ] as const) {
      const answer = await rawRequest(at.port, target, headers, method)
      expect(answer.status).toBe(403)
      expect(answer.head).not.toContain('access-control-')
    }
  })

  it('lets a link open the page, and nothing but the page', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await rawRequest(at.port, '/', link)).status).toBe(200)
    expect((await rawRequest(at.port, '/api/pools', { ...link, ...bearer })).status).toBe(403)
  })

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1.nip.io:PORT',
    '0.0.0.0:PORT',
    '127.1:PORT',
    '2130706433:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '127.0.0.1:1',
    '127.0.0.1',
    'localhost.:PORT',
    '127.0.0.1:PORT@evil',
    '',
  ])('refuses the host name "%s"', async (host) => {
    const answer = await rawRequest(at.port, '/api/pools', { host: host.replace('PORT', String(at.port)), ...bearer })
    expect([400, 421]).toContain(answer.status)
  })

  it('refuses two host names', async () => {
    const own = `127.0.0.1:${at.port}`
    const head = `GET /api/pools HTTP/1.1\r\nhost: ${own}\r\nhost: evil.example\r\nauthorization: Bearer ${adminToken}\r\nconnection: close\r\n\r\n`
    expect([400, 421]).toContain((await raw(at.port, head)).status)
  })

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('serves the host name %s', async (name) => {
    expect((await rawRequest(at.port, '/api/pools', { host: `${name}:${at.port}`, ...bearer })).status).toBe(200)
  })

  it.each([
    'http://evil.example/',
    '//evil.example/',
    '/../api/pools',
    '/api/%2e%2e/pools',
    '/api/./pools',
    '/api\\pools',
    '*',
    '/assets/../index.html',
  ])('finds nothing at %s', async (target) => {
    expect([400, 404]).toContain((await rawRequest(at.port, target, bearer)).status)
  })

  it.each([{}, { origin: 'https://evil.example' }])('T1-8 never upgrades a connection (%j)', async (origin) => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    expect((await rawRequest(at.port, '/', { ...upgrade, ...origin, ...bearer })).status).toBe(501)
  })

  it('refuses CONNECT', async () => {
    expect((await rawRequest(at.port, 'evil.example:443', bearer, 'CONNECT')).status).not.toBe(200)
  })
})

describe('tokens', () => {
  it('says the same about existing and unknown addresses to whoever has none', async () => {
    const answers = await Promise.all(
      ['/api/pools', '/api/pools/none', '/api/nothing', '/api'].map((path) => rawRequest(at.port, path, {})),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
  })

  it('answers 429 after thirty wrong admin tokens in a minute; the right one keeps working', async () => {
    at.clock.at += 3_600_000
    const statuses: number[] = []
    for (let i = 0; i < 40; i++)
      statuses.push((await fetch(`${at.base}/api/pools`, { headers: { authorization: `Bearer no-${i}` } })).status)
    expect(statuses).toEqual([...Array<number>(30).fill(401), ...Array<number>(10).fill(429)])
    expect((await at.api('/pools')).status).toBe(200)
  })

  it('takes a page’s bearer for REST as a script’s, and no admin token for the page’s calls', async () => {
    at.clock.at += 3_600_000
    const token = await at.signIn()
    const own = { authorization: `Bearer ${token}` }
    const reveal = await post(`${at.base}/api/keys/k1/reveal`, {}, own)
    expect(reveal.status).toBe(403)
    expect(await reveal.json()).toMatchObject({ code: 'REVEAL_DISABLED' })
    const call = await post(`${at.base}/rpc/pools/list`, {}, bearer)
    expect(call.status).toBe(401)
    expect(await call.json()).toMatchObject({ json: { code: 'UNAUTHORIZED', defined: true } })
  })

  it('ends a page’s session after seven days without a call', async () => {
    const own = { authorization: `Bearer ${await at.signIn()}` }
    at.clock.at += 6 * 24 * 3_600_000
    expect((await post(`${at.base}/rpc/pools/list`, {}, own)).status).toBe(200)
    at.clock.at += 7 * 24 * 3_600_000
    expect((await post(`${at.base}/rpc/pools/list`, {}, own)).status).toBe(401)
  })
})
