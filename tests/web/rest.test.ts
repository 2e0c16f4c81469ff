/** REST as scripts see it: shapes, statuses, and every kind of bad input with its coded answer. */
import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aRequest, canary } from '../api/fake-services.ts'
import { adminToken, type OpenHost, openHost, post, raw, rawRequest } from './host.ts'

let at: OpenHost
beforeAll(async () => {
  at = await openHost()
})
afterAll(() => at.host.close())
beforeEach(() => void at.services.calls.splice(0))

const json = { 'content-type': 'application/json' }
const send = (method: string, path: string, body: unknown) => at.api(path, { method, headers: json, body: JSON.stringify(body) })

describe('REST', () => {
  it('creates with 201 and gives the caller as admin', async () => {
    const response = await send('POST', '/pools', { slug: 'team', provider: 'openai' })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ slug: 'team' })
    expect(at.services.calls).toEqual([
      {
        call: 'pools.create',
        actor: 'admin',
        input: { slug: 'team', provider: 'openai', draft: false },
      },
    ])
  })

  it('takes path parameters, changes and no body where none is needed', async () => {
    expect((await send('PATCH', '/pools/main', { name: 'New' })).status).toBe(200)
    expect((await at.api('/keys/k1', { method: 'DELETE' })).status).toBe(200)
    expect((await at.api('/proxy/start', { method: 'POST' })).status).toBe(200)
    expect((await at.api('/proxy/stop', { method: 'POST', headers: json })).status).toBe(200)
    expect((await send('POST', '/proxy/start', { port: 0 })).status).toBe(200)
    expect(at.services.calls.map(({ call, input }) => [call, input])).toEqual([
      ['pools.update', { slug: 'main', patch: { name: 'New' } }],
      ['keys.remove', ['k1']],
      ['proxy.start', {}],
      ['proxy.stop', undefined],
      ['proxy.start', { port: 0 }],
    ])
  })

  it('reads an empty chunked body as none', async () => {
    const answer = await raw(
      at.port,
      `POST /api/proxy/start HTTP/1.1\r\nhost: 127.0.0.1:${at.port}\r\nauthorization: Bearer ${adminToken}\r\n` +
        'content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n0\r\n\r\n',
    )
    expect(answer.status).toBe(200)
  })

  it('coerces what a query can only say as text', async () => {
    await at.api('/keys?pool=main&limit=20&q=sk')
    await at.api('/requests?failed=true&status=429&from=2026-01-01T00:00:00Z&to=1767312000')
    await at.api('/usage/series?bucket=day')
    expect(at.services.calls.map(({ input }) => input)).toEqual([
      { pool: 'main', limit: 20, q: 'sk' },
      { failed: true, status: 429, from: Date.UTC(2026, 0, 1), to: 1_767_312_000_000, limit: 50 },
      { bucket: 'day', every: 1, percentiles: true },
    ])
  })

  it('never lets a secret through that the contract does not have in an answer', async () => {
    for (const response of [
      await at.api('/keys'),
      await send('POST', '/keys', { secret: canary, pools: ['main'] }),
      await send('POST', '/pools', { slug: 'team', provider: 'openai' }),
    ]) {
      expect(response.ok).toBe(true)
      expect(await response.text()).not.toContain(canary)
    }
  })

  it('refuses to give an answer that is stricter in the contract than what a service gave', async () => {
    const response = await send('POST', '/export', {})
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain(canary)
    expect(JSON.stringify(at.log.lines.at(-1))).toContain('vaultKey')
    expect(JSON.stringify(at.log.lines)).not.toContain(canary)
  })

  it('hides an unexpected failure behind a reference that the log knows', async () => {
    const response = await at.api('/keys/k1/check', { method: 'POST' })
    const body = (await response.json()) as { data: { reference: string }; message: string }
    expect(response.status).toBe(500)
    expect(body).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining(body.data.reference) })
    expect(at.log.lines.at(-1)).toMatchObject({
      level: 'error',
      fields: { reference: body.data.reference, call: 'keys.check' },
    })
    expect(JSON.stringify([body, at.log.lines])).not.toContain(canary)
  })

  it('describes itself, for whoever has a token', async () => {
    expect((await fetch(`${at.base}/api/openapi.json`)).status).toBe(401)
    const document = (await (await at.api('/openapi.json')).json()) as { paths: object; info: object }
    expect(document.info).toMatchObject({ title: 'Keywheel', version: '0.1.0' })
    expect(Object.keys(document.paths)).toContain('/keys/{id}/reveal')
  })

  it('says without a token that it lives, and nothing more', async () => {
    const response = await fetch(`${at.base}/healthz`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  it('streams live data as events and stops listening when the reader leaves', async () => {
    const controller = new AbortController()
    const response = await at.api('/live', { signal: controller.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    if (response.body === null) throw new Error('an answer without a body')
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    while (at.services.listeners() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    at.services.emit({ type: 'request.finished', request: Object.assign({ prompt: canary }, aRequest) })
    let text = ''
    while (!text.includes('request.finished')) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`the stream ended after ${text}`)
      text += value
    }
    expect(text).not.toContain(canary)
    controller.abort()
    while (at.services.listeners() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })
})

describe('bad input', () => {
  it.each([
    ['an unknown field', '/pools', { slug: 'a', provider: 'openai', extra: 1 }, 'extra'],
    ['a nested unknown field', '/pools', { slug: 'a', provider: 'openai', config: { fast: true } }, 'config.fast'],
    ['a slug with a slash', '/pools', { slug: 'a/b', provider: 'openai' }, 'slug'],
    ['a slug with dots', '/pools', { slug: '../etc', provider: 'openai' }, 'slug'],
    ['a reserved slug', '/pools', { slug: 'healthz', provider: 'openai' }, 'slug'],
    ['a missing field', '/pools', { slug: 'a' }, 'provider'],
    ['a secret with a newline', '/keys', { secret: `${canary}\n`, pools: ['main'] }, 'secret'],
    ['a secret with spaces around', '/keys', { secret: ` ${canary}`, pools: ['main'] }, 'secret'],
    ['no pools', '/keys', { secret: canary, pools: [] }, 'pools'],
    ['a bad pool among good ones', '/keys', { secret: canary, pools: ['main', 'A'] }, 'pools.1'],
    ['a port out of range', '/proxy/start', { port: 70_000 }, 'port'],
    ['a negative port', '/proxy/start', { port: -1 }, 'port'],
    ['a port as text', '/proxy/start', { port: '8080' }, 'port'],
    ['a key of the prototype', '/clients', JSON.parse('{"name":"a","__proto__":{"pools":["main"]}}'), '__proto__'],
    ['a list instead of an object', '/clients', [1], ''],
    ['null', '/clients', null, ''],
    ['no body', '/clients', undefined, ''],
  ])('%s is 400 INVALID_INPUT and names the field', async (_name, path, body, field) => {
    const response = await (body === undefined ? at.api(path, { method: 'POST' }) : send('POST', path, body))
    const answer = (await response.json()) as { data: { fields: Array<{ path: string; message: string }> }; message: string }
    expect(response.status).toBe(400)
    expect(answer).toMatchObject({ code: 'INVALID_INPUT', status: 400, defined: true })
    expect(answer.data.fields.map((issue) => issue.path)).toEqual([field])
    expect(answer.data.fields[0]?.message).toMatch(/\w/)
    expect(answer.message).toContain(field)
    expect(JSON.stringify(answer)).not.toContain(canary)
    expect(at.services.calls).toEqual([])
  })

  it.each([
    '/keys?limit=0',
    '/keys?limit=201',
    '/keys?limit=many',
    '/keys?state=lost',
    '/usage/summary?from=yesterday',
    '/keys?nonsense=1',
  ])('GET %s is 400 INVALID_INPUT', async (path) => {
    const response = await at.api(path)
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'INVALID_INPUT', data: { fields: [{}] } }])
  })

  it('an unknown provider and an unknown pool are told apart by their codes', async () => {
    const provider = await send('POST', '/pools', { slug: 'a', provider: 'nonsense' })
    expect([provider.status, await provider.json()]).toMatchObject([
      422,
      { code: 'UNKNOWN_PROVIDER', data: { fields: [{ path: 'provider' }] } },
    ])
    const pool = await at.api('/pools/none')
    expect([pool.status, await pool.json()]).toMatchObject([404, { code: 'POOL_NOT_FOUND' }])
  })

  it.each(['{"name":', '{name:1}', 'undefined', '{"name":"a"}}', '\u0000'])(
    'malformed JSON (%j) is 400 MALFORMED_JSON',
    async (body) => {
      const response = await at.api('/clients', { method: 'POST', headers: json, body })
      expect([response.status, await response.json()]).toMatchObject([400, { code: 'MALFORMED_JSON' }])
    },
  )

  it('malformed JSON is not quoted back', async () => {
    const response = await at.api('/keys', { method: 'POST', headers: json, body: `{"secret":"${canary}` })
    expect(await response.text()).not.toContain('canary')
  })

  it('bytes that are not UTF-8 are 400 MALFORMED_JSON', async () => {
    const response = await at.api('/clients', { method: 'POST', headers: json, body: Buffer.from([0x22, 0xc3, 0x28, 0x22]) })
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'MALFORMED_JSON' }])
  })

  it('JSON nested without end is 400', async () => {
    const deep = `{"slug":"a","provider":"openai","config":{"custom":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}}`
    const response = await at.api('/pools', { method: 'POST', headers: json, body: deep })
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'INVALID_INPUT' }])
  })

  it.each([true, false])('a 20 MB body is 413 PAYLOAD_TOO_LARGE (length announced: %s)', async (announced) => {
    const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const headers = { ...json, authorization: `Bearer ${adminToken}`, ...(announced ? { 'content-length': 20_000_000 } : {}) }
      const upload = request({ port: at.port, host: '127.0.0.1', path: '/api/keys', method: 'POST', headers }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      upload.on('error', reject)
      const chunk = Buffer.alloc(1_000_000, 32)
      for (let i = 0; i < 20; i++) upload.write(chunk)
      upload.end()
    })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('1 MiB') })
    expect(at.services.calls).toEqual([])
  })

  it('an import of 20 MB is taken', async () => {
    const response = await send('POST', '/keys/import', { text: 'sk-x\n'.repeat(4_000_000), pool: 'main' })
    expect(response.status).toBe(200)
  })

  it('a wrong method is 405 with those that are right', async () => {
    const response = await at.api('/pools/main', { method: 'PUT', headers: json, body: '{}' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PATCH, DELETE'])
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
    expect((await fetch(`${at.base}/session`)).status).toBe(405)
    expect((await fetch(at.base, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${at.base}/healthz`, { method: 'DELETE' })).status).toBe(405)
  })

  it.each(['/nothing', '/api/nothing', '/api/pools/', '/api/pools/main/x', '/assets/index-abc.js.map', '/rpc', '/assets'])(
    'an unknown address %s is 404 in JSON',
    async (path) => {
      const response = await fetch(at.base + path, { headers: { authorization: `Bearer ${adminToken}` } })
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'NOT_FOUND' }])
    },
  )

  it('a wrong token is 401 and says how to ask', async () => {
    const response = await fetch(`${at.base}/api/pools`, { headers: { authorization: 'Bearer nonsense' } })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
    for (const authorization of ['', 'Basic YTpi', `bearer${adminToken}`, `Bearer ${adminToken} x`]) {
      expect((await rawRequest(at.port, '/api/pools', { authorization })).status).toBe(401)
    }
  })

  it('a page’s call that cannot be decoded is refused in the page’s shape', async () => {
    const own = { authorization: `Bearer ${await at.signIn()}` }
    for (const body of [null, 7, { json: {}, meta: [[1, '__proto__', 'polluted']] }, { json: {}, meta: [null] }]) {
      const response = await post(`${at.base}/rpc/keys/list`, body, own)
      expect([response.status, await response.json()]).toMatchObject([400, { json: { code: 'INVALID_INPUT' } }])
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const get = await fetch(`${at.base}/rpc/pools/list`, { headers: own })
    expect([get.status, await get.json()]).toMatchObject([405, { json: { code: 'METHOD_NOT_ALLOWED' } }])
    expect((await post(`${at.base}/rpc/pools/nothing`, {}, own)).status).toBe(404)
  })
})
