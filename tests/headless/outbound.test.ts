/** The whole application behind a company's proxy and a certificate authority of its own; and what its metrics then say. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StagedUpstream, startStagedUpstream } from '../proxy/staged-upstream.ts'
import { makeAuthority } from '../support/authority.ts'
import { type Host, temporaryFolder } from '../support/host.ts'
import { type OutboundProxy, startConnectProxy, startSocksProxy } from '../support/outbound-proxies.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const secret = 'sk-behind-the-proxy-aaaaaaaaaaaaaaaa'
const authority = makeAuthority()
const caFile = join(temporaryFolder(), 'authority.pem')
const answer = {
  id: 'c',
  object: 'chat.completion',
  choices: [],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
}

let host: Host
let upstream: StagedUpstream
let company: OutboundProxy
let socks: OutboundProxy
let refusing: OutboundProxy
let token: string
let keyId: string

beforeAll(async () => {
  writeFileSync(caFile, authority.ca)
  upstream = await startStagedUpstream(
    'h2',
    (reply, { path }) => {
      const body = path.endsWith('/models') ? { object: 'list', data: [{ id: 'gpt-test' }] } : answer
      reply.whole(200, { 'content-type': 'application/json' }, JSON.stringify(body))
    },
    authority.issue('DNS:upstream.test'),
  )
  company = await startConnectProxy({ login: 'me:hunter2' })
  socks = await startSocksProxy()
  refusing = await startConnectProxy({ refuse: 403 })
  const httpsProxy = `http://me:hunter2@${company.url.host}`
  host = await startUnlockedHost({
    env: { HTTPS_PROXY: httpsProxy, https_proxy: '', NO_PROXY: 'elsewhere.test', KEYWHEEL_LOG: 'debug' },
  })
  token = ((await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }).token
  await host.rest('POST', '/pools', { slug: 'far', provider: 'openai', baseUrl: `https://upstream.test:${upstream.port}/v1` })
  const added = await host.rest('POST', '/keys', { secret, pools: ['far'] })
  keyId = (added.body as { id: string }).id
})
afterAll(async () => {
  await host.stop()
  await Promise.all([upstream, company, socks, refusing].map((one) => one.close()))
})

async function chat(): Promise<{ status: number; text: string }> {
  const said = await fetch(`${host.proxy}/far/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] }),
  })
  return { status: said.status, text: await said.text() }
}

test('a certificate of an authority that is not believed: nothing is sent', async () => {
  const { status, text } = await chat()
  expect(status).toBe(502)
  expect(text).toContain('UPSTREAM_TLS')
  expect(upstream.heard).toEqual([])
  expect(company.asked[0]).toBe(`upstream.test:${upstream.port}`)
})

test('settings take only a file that holds authorities, and then it counts at once', async () => {
  const wrong = await host.rest('PATCH', '/settings', { caFile: '/nonexistent.pem' })
  expect(wrong).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
  expect(await host.rest('PATCH', '/settings', { caFile })).toMatchObject({ status: 200, body: { caFile } })
  const before = company.asked.length
  expect(await chat()).toMatchObject({ status: 200 })
  expect(company.asked.length).toBeGreaterThan(before)
  expect(company.logins.at(-1)).toBe('me:hunter2')
  expect(upstream.heard.at(-1)).toMatchObject({ version: '1.1', headers: { authorization: `Bearer ${secret}` } })
})

test('a free check of a key goes the same way', async () => {
  const before = upstream.heard.length
  expect(await host.rest('POST', `/keys/${keyId}/check`)).toMatchObject({ status: 200, body: { usable: true } })
  expect(upstream.heard.slice(before).map(({ path }) => path)).toContain('/v1/models')
})

test('a pool says its own way, and speaks HTTP/2 where it is to', async () => {
  await host.rest('PATCH', '/pools/far', { config: { outbound: socks.url.href, http2: true } })
  expect(await chat()).toMatchObject({ status: 200 })
  expect(socks.asked).toEqual([`upstream.test:${upstream.port}`])
  expect(upstream.heard.at(-1)?.version).toBe('2.0')
})

test('a key’s own way goes before the pool’s, and a proxy that refuses is named', async () => {
  await host.rest('PATCH', `/keys/${keyId}`, { outbound: refusing.url.href })
  const { status, text } = await chat()
  expect(status).toBe(502)
  expect(text).toContain('OUTBOUND_REFUSED')
  expect(text).toContain(refusing.url.host)
  await host.rest('PATCH', `/keys/${keyId}`, { outbound: null })
  expect(await chat()).toMatchObject({ status: 200 })
})

test('the metrics tell of it, and neither they nor the log hold a secret', async () => {
  const read = await fetch(`${host.proxy}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const text = await read.text()
  expect(read.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  expect(text).toContain('keywheel_requests_total{pool="far",provider="openai",outcome="ok",status="2xx"} 3')
  expect(text).toContain('keywheel_tokens_total{pool="far",provider="openai",kind="input"} 15')
  expect(text).toContain('keywheel_tokens_total{pool="far",provider="openai",kind="output"} 21')
  expect(text).toContain('keywheel_attempts_total{pool="far",provider="openai",outcome="network"} 2')
  expect(text).toContain('keywheel_keys_ready{pool="far",provider="openai"} 1')
  expect(text).toContain('keywheel_proxy_state{state="on"} 1')
  for (const hidden of [secret, token, 'hunter2', keyId]) expect(text).not.toContain(hidden)
  for (const hidden of [secret, token, 'hunter2']) expect(host.log()).not.toContain(hidden)
  expect((await fetch(`${host.proxy}/metrics`)).status).toBe(401)
})
