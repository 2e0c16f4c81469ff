/** A pool for any HTTP API: the key goes where its owner says, as a header or a query parameter, in the format it wants. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const secret = 'custom-key-aaaaaaaaaaaaaaaaaaaa'
let host: Host
let upstream: ScriptedUpstream
let token: string

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  host = await startUnlockedHost()
  token = ((await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }).token
})
afterAll(async () => {
  await host.stop()
  await upstream.close()
})

interface Echo {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
}

test.each([
  [
    'in-header',
    { in: 'header', name: 'X-Service-Key', format: 'Token {key}' },
    { in: 'header', name: 'X-Service-Key', format: 'Token {key}' },
  ],
  [
    'short-header',
    { header: 'Authorization', format: 'Bearer {key}' },
    { in: 'header', name: 'Authorization', format: 'Bearer {key}' },
  ],
  ['short-query', { query: 'apikey' }, { in: 'query', name: 'apikey', format: '{key}' }],
])('%s', async (slug, auth, stored) => {
  const created = await host.rest('POST', '/pools', { slug, provider: 'custom', baseUrl: `${upstream.url}/echo`, auth })
  expect(created).toMatchObject({ status: 201, body: { auth: stored } })
  await host.rest('POST', '/keys', { secret, pools: [slug] })
  const answer = await fetch(`${host.proxy}/${slug}/things/1?page=2`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: 'x',
  })
  expect(answer.status).toBe(200)
  const received = upstream.requests.at(-1)
  expect(received).toMatchObject({ method: 'PUT', body: 'x' })
  expect(received?.url).toContain('/echo/things/1?page=2')
  const { query, headers } = (await answer.json()) as Echo
  const sent = stored.in === 'header' ? headers[stored.name.toLowerCase()] : query[stored.name]
  // What the upstream echoes of the key is starred out; what it received is not.
  expect(sent).not.toContain(secret)
  const value =
    stored.in === 'header'
      ? received?.headers[stored.name.toLowerCase()]
      : new URL(received?.url ?? '', upstream.url).searchParams.get(stored.name)
  expect(value).toBe(stored.format.replace('{key}', secret))
  expect(JSON.stringify(received)).not.toContain(token)
})

test('neither, or both, is refused with the field named', async () => {
  for (const auth of [{ name: 'X-Key' }, { header: 'X-Key', query: 'key' }]) {
    const answer = await host.rest('POST', '/pools', { slug: 'wrong', provider: 'custom', baseUrl: upstream.url, auth })
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } })
    expect(JSON.stringify(answer.body)).toContain('auth')
  }
})
