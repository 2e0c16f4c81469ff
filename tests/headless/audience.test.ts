/** A key goes only where it is bound to, whatever a pool, a membership or an import says. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const secret = 'sk-bound-aaaaaaaaaaaaaaaaaaaaaaaaaaaa'
let host: Host
let right: ScriptedUpstream
let wrong: ScriptedUpstream
let token: string
let id: string

beforeAll(async () => {
  right = await startScriptedUpstream()
  wrong = await startScriptedUpstream()
  host = await startUnlockedHost()
  await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${right.url}/v1` })
  id = ((await host.rest('POST', '/keys', { secret, pools: ['main'] })).body as { id: string }).id
  token = ((await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }).token
})
afterAll(async () => {
  await host.stop()
  await right.close()
  await wrong.close()
})

const call = (pool: string) => fetch(`${host.proxy}/${pool}/models`, { headers: { authorization: `Bearer ${token}` } })

test('T6-4: a pool that points elsewhere gets no key until someone confirms', async () => {
  expect((await call('main')).status).toBe(200)
  expect((await host.rest('PATCH', '/pools/main', { baseUrl: `${wrong.url}/v1` })).body).toMatchObject({ untrustedKeys: 1 })
  const refused = await call('main')
  expect(refused.status).toBe(403)
  expect(await refused.text()).toContain('bound to another address')
  expect(wrong.requests).toEqual([])

  expect((await host.rest('POST', '/pools/main/trust')).body).toEqual({ keys: 1 })
  expect((await call('main')).status).toBe(200)
  expect(wrong.requests).toHaveLength(1)
  expect((await host.rest('GET', '/pools/main')).body).toMatchObject({ untrustedKeys: 0 })
})

test('a key is put into a pool at another address only with a word of confirmation', async () => {
  const third = await startScriptedUpstream()
  await host.rest('POST', '/pools', { slug: 'other', provider: 'openai', baseUrl: `${third.url}/v1` })
  expect(await host.rest('PATCH', `/keys/${id}`, { pools: ['main', 'other'] })).toMatchObject({
    status: 403,
    body: { code: 'AUDIENCE_MISMATCH' },
  })
  expect((await host.rest('GET', `/keys/${id}`)).body).toMatchObject({ pools: [{ pool: 'main' }] })
  expect((await host.rest('PATCH', `/keys/${id}`, { pools: ['main', 'other'], confirmAudience: true })).status).toBe(200)
  expect((await call('other')).status).toBe(200)
  await third.close()
})

test('an import that moves a pool does not move its keys', async () => {
  const document = (await host.rest('POST', '/export', { what: 'pools' })).body as { pools: { slug: string; baseUrl: string }[] }
  const evil = await startScriptedUpstream()
  for (const pool of document.pools) pool.baseUrl = `${evil.url}/v1`
  expect((await host.rest('POST', '/import', { document, mode: 'apply' })).body).toMatchObject({ applied: true })
  expect((await call('main')).status).toBe(403)
  expect(evil.requests).toEqual([])
  await evil.close()
})
