/** Live events and the description of the REST face, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

let host: Host
beforeAll(async () => {
  host = await startUnlockedHost()
})
afterAll(() => host.stop())

describe('live events', () => {
  test('a proxied call is told to whoever listens, without a key or a token', async () => {
    await host.rest('POST', '/pools-demo')
    const { token } = (await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }
    const gone = new AbortController()
    const live = await fetch(`${host.api}/live`, { headers: { authorization: `Bearer ${host.adminToken}` }, signal: gone.signal })
    expect(live.headers.get('content-type')).toContain('text/event-stream')
    const answer = await fetch(`${host.proxy}/demo/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(answer.status).toBe(200)
    let seen = ''
    const decoder = new TextDecoder()
    for await (const chunk of live.body ?? []) {
      seen += decoder.decode(chunk, { stream: true })
      if (seen.includes('request.finished')) break
    }
    gone.abort()
    expect(seen).toContain(`"id":"${answer.headers.get('x-keywheel-request')}"`)
    expect(seen).not.toContain(token)
  })
})

test('openapi.json lists every path that scripts rely on', async () => {
  const { paths } = (await host.rest('GET', '/openapi.json')).body as { paths: Record<string, Record<string, unknown>> }
  const found = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(found).toEqual(
    expect.arrayContaining([
      'POST /pools',
      'GET /pools',
      'PATCH /pools/{slug}',
      'DELETE /pools/{slug}',
      'POST /keys',
      'POST /keys/import',
      'GET /keys',
      'PATCH /keys/{id}',
      'DELETE /keys/{id}',
      'POST /keys/{id}/reveal',
      'POST /keys/{id}/check',
      'POST /clients',
      'GET /proxy',
      'POST /proxy/start',
      'POST /proxy/stop',
      'GET /usage/summary',
      'GET /usage/series',
      'GET /requests',
      'POST /export',
      'POST /import',
    ]),
  )
})

test('an error that says how long to wait says it in Retry-After as well', async () => {
  const open = await startUnlockedHost({ args: ['--allow-reveal'] })
  await open.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
  const { id } = (await open.rest('POST', '/keys', { secret: 'sk-live-aaaaaaaaaaaaaaaaaaaaaaaa', pools: ['main'] })).body as {
    id: string
  }
  for (let shown = 0; shown < 5; shown += 1) expect((await open.rest('POST', `/keys/${id}/reveal`)).status).toBe(200)
  const refused = await fetch(`${open.api}/keys/${id}/reveal`, {
    method: 'POST',
    headers: { authorization: `Bearer ${open.adminToken}` },
  })
  const { data } = (await refused.json()) as { data: { retryAfter: number } }
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, String(data.retryAfter)])
  expect(await open.stop()).toBe(0)
})
