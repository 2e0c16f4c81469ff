/** The REST shapes that scripts rely on, over a real headless Keywheel. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const secrets = {
  a: 'sk-test-aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  b: 'sk-test-bbbbbbbbbbbbbbbbbbbbbbbbbbbb',
  c: 'sk-test-cccccccccccccccccccccccccccc',
}

let host: Host
let upstream: ScriptedUpstream
let token: string

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
})
afterAll(async () => {
  await host.stop()
  await upstream.close()
})

const chat = (pool = 'main') =>
  fetch(`${host.proxy}/${pool}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }),
  })

describe('REST', () => {
  test('the ready line names page, proxy, API and process, and the admin token is a private file', () => {
    expect(host.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{20,}$/)
    expect(host.proxy).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(host.api).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
    expect(host.pid).toBeGreaterThan(1)
    expect(statSync(join(host.dataDir, 'admin-token')).mode & 0o777).toBe(0o600)
  })

  test('a pool is created, read, changed', async () => {
    const created = await host.rest('POST', '/pools', {
      slug: 'main',
      name: 'Main',
      provider: 'openai',
      baseUrl: `${upstream.url}/v1`,
      strategy: 'priority',
      config: { max_retries: 2, queueTimeout: 5 },
    })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      slug: 'main',
      provider: 'openai',
      strategy: 'priority',
      config: { maxRetries: 2, queueTimeout: 5, keyConcurrency: 0 },
    })
    const patched = await host.rest('PATCH', '/pools/main', { name: 'Renamed', config: { concurrency: 3 } })
    expect(patched.body).toMatchObject({ name: 'Renamed', config: { concurrency: 3, maxRetries: 2 } })
    expect((await host.rest('GET', '/pools')).body).toMatchObject([{ slug: 'main', keys: { total: 0 } }])
    expect((await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })).body).toMatchObject({ code: 'SLUG_TAKEN' })
  })

  test('keys are added without ever coming back', async () => {
    const created = await host.rest('POST', '/keys', {
      secret: secrets.a,
      label: 'first',
      pools: ['main'],
      tags: ['paid'],
      priority: 0,
    })
    expect(created.status).toBe(201)
    expect(created.body).toMatchObject({
      label: 'first',
      hint: expect.stringMatching(/^sk-.*aaaa$/),
      pools: [{ pool: 'main', priority: 0, weight: 1 }],
    })
    expect(JSON.stringify(created.body)).not.toContain(secrets.a)
    expect(await host.rest('POST', '/keys', { secret: secrets.a, pools: ['main'] })).toMatchObject({
      status: 409,
      body: { code: 'KEY_DUPLICATE' },
    })
    const imported = await host.rest('POST', '/keys/import', {
      pool: 'main',
      text: `${secrets.b}\n${secrets.a}\nnot a key\n${secrets.b}\n${secrets.c}`,
    })
    expect(imported.body).toMatchObject({ added: 2, duplicates: 2, invalid: [{ line: 3, reason: expect.any(String) }] })
    const list = await host.rest('GET', '/keys?pool=main&limit=2')
    const { items, total, nextCursor } = list.body as { items: unknown[]; total: number; nextCursor: string }
    expect([items.length, total]).toEqual([2, 3])
    const rest = (await host.rest('GET', `/keys?pool=main&limit=2&cursor=${nextCursor}`)).body as {
      items: unknown[]
      nextCursor: null
    }
    expect([rest.items.length, rest.nextCursor]).toEqual([1, null])
    expect((await host.rest('GET', '/keys?q=first')).body).toMatchObject({ total: 1 })
    expect((await host.rest('GET', `/keys?q=${secrets.a}`)).body).toMatchObject({ total: 1, items: [{ label: 'first' }] })
  })

  test('a client gets a token once, and calls through it move past a rate-limited key', async () => {
    const created = await host.rest('POST', '/clients', { name: 'test program', pools: ['main'] })
    expect(created.status).toBe(201)
    token = (created.body as { token: string }).token
    expect(JSON.stringify((await host.rest('GET', '/clients')).body)).not.toContain(token)
    const list = (await host.rest('GET', '/keys?pool=main')).body as { items: { id: string; label: string }[] }
    for (const { id, label } of list.items) if (label !== 'first') await host.rest('PATCH', `/keys/${id}`, { priority: 5 })

    upstream.script(secrets.a, [{ kind: 'rate-short', retryAfterS: 7 }])
    const answer = await chat()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-keywheel-attempts')).toBe('2')
    expect(answer.headers.get('x-keywheel-key')).not.toBe('first')
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' })
    expect((await host.rest('GET', '/keys?state=cooling')).body).toMatchObject({
      items: [{ label: 'first', until: expect.any(Number) }],
    })
  })

  test('usage shows exactly those calls', async () => {
    const summary = (await host.rest('GET', '/usage/summary?pool=main')).body
    expect(summary).toMatchObject({ requests: 1, ok: 1, failed: 0, attempts: 2 })
    const series = (await host.rest('GET', '/usage/series?bucket=minute&pool=main')).body as { points: { requests: number }[] }
    expect(series.points.reduce((sum, point) => sum + point.requests, 0)).toBe(1)
    const requests = (await host.rest('GET', '/requests?pool=main')).body as { items: { id: string; inputTokens: number }[] }
    expect(requests.items).toMatchObject([
      {
        outcome: 'ok',
        status: 200,
        modelAsked: 'gpt-4o-mini',
        clientName: 'test program',
        attempts: [{ outcome: 'rate-short', status: 429 }, { outcome: 'ok' }],
      },
    ])
    expect(requests.items[0]?.inputTokens).toBeGreaterThan(0)
    expect((await host.rest('GET', `/requests/${requests.items[0]?.id}`)).status).toBe(200)
  })

  test('a key is checked, changed, disabled, deleted and brought back', async () => {
    const list = (await host.rest('GET', '/keys?q=first')).body as { items: { id: string }[] }
    const id = list.items[0]?.id ?? ''
    expect((await host.rest('POST', `/keys/${id}/resume`)).body).toMatchObject({ label: 'first', until: null })
    upstream.script(secrets.a, [{ kind: 'ok' }])
    expect((await host.rest('POST', `/keys/${id}/check`)).body).toMatchObject({ id, usable: true, outcome: 'ok' })
    expect((await host.rest('PATCH', `/keys/${id}`, { enabled: false, notes: 'resting' })).body).toMatchObject({
      state: 'disabled',
      notes: 'resting',
    })
    expect((await host.rest('DELETE', `/keys/${id}`)).body).toMatchObject({ undoUntil: expect.any(Number) })
    expect((await host.rest('GET', `/keys/${id}`)).body).toMatchObject({ code: 'KEY_NOT_FOUND' })
    expect((await host.rest('POST', '/keys/restore', { ids: [id] })).body).toEqual({ restored: 1 })
    expect((await host.rest('GET', `/keys/${id}`)).body).toMatchObject({ label: 'first' })
  })

  test('a refused key that is deleted and brought back is still refused; added anew it begins anew', async () => {
    const refusedKey = 'sk-test-dddddddddddddddddddddddddddd'
    upstream.script(refusedKey, [{ kind: 'key-invalid' }])
    const { id } = (await host.rest('POST', '/keys', { secret: refusedKey, label: 'refused', pools: ['main'] })).body as {
      id: string
    }
    await host.rest('POST', `/keys/${id}/check`)
    expect((await host.rest('GET', `/keys/${id}`)).body).toMatchObject({ state: 'invalid' })
    await host.rest('DELETE', `/keys/${id}`)
    await host.rest('POST', '/keys/restore', { ids: [id] })
    expect((await host.rest('GET', `/keys/${id}`)).body).toMatchObject({ state: 'invalid' })
    await host.rest('DELETE', `/keys/${id}`)
    const again = (await host.rest('POST', '/keys', { secret: refusedKey, pools: ['main'] })).body as { id: string }
    expect(again).toMatchObject({ state: 'unchecked' })
    await host.rest('DELETE', `/keys/${again.id}`)
  })

  test('limits are set, used and shown, in aiXplain’s words too; accounts are counted; a call says its lane', async () => {
    const pools = (await host.rest('PATCH', '/pools/main', { config: { limits: { '*': { rpd: 1000 } }, queueTimeout: 0 } })).body
    expect(pools).toMatchObject({ accounts: 3, config: { limits: { '*': { rpd: 1000 } } } })
    const { items } = (await host.rest('GET', '/keys?pool=main')).body as { items: { id: string; label: string }[] }
    const id = items.find(({ label }) => label === 'first')?.id
    const patch = {
      limits: { 'gpt-4o-mini': { rpd: 2, tpd: 5000 } },
      budget: { usd: 2.5 },
      account: 'team',
      priority: -9,
      enabled: true,
    }
    expect((await host.rest('PATCH', `/keys/${id}`, patch)).body).toMatchObject({
      limits: patch.limits,
      limitZone: 'UTC',
      budget: { usd: 2.5, per: 'total' },
      account: { id: 'team', source: 'set' },
    })
    const served = []
    for (let n = 0; n < 3; n += 1) served.push((await chat()).headers.get('x-keywheel-key'))
    expect(served.map((label) => label === 'first')).toEqual([true, true, false])
    expect((await host.rest('GET', `/keys/${id}/limits`)).body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ scope: 'key', model: 'gpt-4o-mini', unit: 'requests', per: 'day', limit: 2, used: 2 }),
        expect.objectContaining({ scope: 'key', model: null, unit: 'usd', per: 'total', limit: 2.5 }),
        expect.objectContaining({ scope: 'account', model: null, unit: 'requests', per: 'day', limit: 1000 }),
      ]),
    )
    expect((await host.rest('GET', `/keys/${id}/usage-limits?model=gpt-4o-mini`)).body).toEqual([
      {
        requestCount: 2,
        requestCountLimit: 2,
        tokenCount: expect.any(Number),
        tokenCountLimit: 5000,
        assetId: 'gpt-4o-mini',
      },
    ])
    const accounts = (await host.rest('GET', '/pools/main/accounts')).body as { id: string; source: string }[]
    expect(accounts.map(({ source }) => source).toSorted()).toEqual(['own', 'own', 'set'])
    const { items: calls } = (await host.rest('GET', '/requests?pool=main&limit=1')).body as { items: object[] }
    expect(calls).toMatchObject([{ lane: 'interactive', estimatedTokens: expect.any(Number) }])
    await host.rest('PATCH', `/keys/${id}`, { limits: {}, budget: null, account: null, priority: 0, enabled: false })
  })

  test('revealing is refused to scripts unless Keywheel was started for it', async () => {
    const list = (await host.rest('GET', '/keys')).body as { items: { id: string }[] }
    expect(await host.rest('POST', `/keys/${list.items[0]?.id}/reveal`)).toMatchObject({
      status: 403,
      body: { code: 'REVEAL_DISABLED' },
    })
  })

  test('the proxy stops and starts, and says so', async () => {
    const port = Number(new URL(host.proxy ?? '').port)
    expect((await host.rest('POST', '/proxy/stop')).body).toMatchObject({ state: 'off', url: null })
    await expect(chat()).rejects.toThrow('fetch failed')
    expect((await host.rest('POST', '/proxy/start', { port })).body).toMatchObject({ state: 'on', port })
    expect((await chat()).status).toBe(200)
    expect((await host.rest('GET', '/proxy')).body).toMatchObject({ state: 'on', url: host.proxy })
  })

  test('pools and keys survive export, deletion and import; sealed secrets too', async () => {
    const document = (await host.rest('POST', '/export', { what: 'all', secrets: 'none' })).body
    expect(JSON.stringify(document)).not.toContain(secrets.a)
    const sealed = (await host.rest('POST', '/export', { what: 'all', secrets: 'sealed', passphrase: 'a long enough one' })).body
    expect(sealed).toMatchObject({
      format: 'keywheel-export',
      sealed: 'age',
      age: expect.stringContaining('BEGIN AGE ENCRYPTED FILE'),
    })
    await host.rest('POST', '/erase', { confirm: 'erase everything' })
    expect((await host.rest('GET', '/pools')).body).toEqual([])

    expect((await host.rest('POST', '/import', { document, mode: 'preview' })).body).toMatchObject({
      applied: false,
      pools: [{ slug: 'main', action: 'add' }],
      keys: { counts: { 'no-secret': 3 } },
    })
    expect((await host.rest('GET', '/pools')).body).toEqual([])
    expect(
      (await host.rest('POST', '/import', { document: sealed, passphrase: 'not this one', mode: 'apply' })).body,
    ).toMatchObject({ code: 'WRONG_PASSPHRASE' })
    expect(
      (await host.rest('POST', '/import', { document: sealed, passphrase: 'a long enough one', mode: 'apply' })).body,
    ).toMatchObject({ applied: true, keys: { counts: { add: 3 } } })
    expect((await host.rest('GET', '/pools')).body).toMatchObject([
      { slug: 'main', name: 'Renamed', keys: { total: 3 }, untrustedKeys: 0 },
    ])

    token = ((await host.rest('POST', '/clients', { name: 'again' })).body as { token: string }).token
    expect((await chat()).status).toBe(200)
  })

  test('no secret is in any file or in what was written to stderr', () => {
    expect(host.log()).toBe('')
    for (const name of ['keywheel.db', 'keywheel.db-wal', 'usage.db', 'usage.db-wal']) {
      const bytes = readFileSync(join(host.dataDir, name))
      for (const secret of [...Object.values(secrets), token]) expect(bytes.includes(secret)).toBe(false)
    }
  })
})
