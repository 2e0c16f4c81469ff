/** A client's life by REST: quotas, changes, another token, usage by day, and its end. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Host, startHost } from '../support/host.ts'

let host: Host
beforeAll(async () => {
  host = await startHost()
  await host.rest('POST', '/pools-demo')
})
afterAll(() => host.stop())

async function call(token: string) {
  const answer = await fetch(`${host.proxy}/demo/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }),
  })
  await answer.text()
  return answer.status
}

test('by REST, from its making to its removal', async () => {
  const made = await host.rest('POST', '/clients', { name: 'CI', pools: ['demo'], quotas: [{ duration: 'MONTH', credits: 2 }] })
  const { id, token } = made.body as { id: string; token: string }
  const path = `/clients/${id}`
  expect(made).toMatchObject({ status: 201, body: { state: 'active', quotas: [{ duration: 'MONTH', used: 0, remaining: 2 }] } })
  expect([await call(token), await call(token), await call(token)]).toEqual([200, 200, 429])
  const read = await host.rest('GET', path)
  expect(read).toMatchObject({ status: 200, body: { id, quotas: [{ credits: 2, used: 2, remaining: 0 }] } })
  expect(JSON.stringify(read.body)).not.toContain(token)

  const patched = await host.rest('PATCH', path, { pools: null, quotas: [{ duration: 'MONTH', credits: 3.5 }] })
  expect(patched).toMatchObject({ status: 200, body: { pools: null, quotas: [{ used: 2, remaining: 1.5 }] } })
  expect([await call(token), await call(token)]).toEqual([200, 429])

  const rotated = await host.rest('POST', `${path}/rotate`)
  const { token: second } = rotated.body as { token: string }
  expect(second).not.toBe(token)
  expect(await call(token)).toBe(401)

  const yesterday = new Date(Date.now() - 86_400_000).toISOString()
  const usage = await host.rest('GET', `${path}/usage?from=${yesterday}`)
  expect(usage).toMatchObject({ status: 200, body: [{ calls: 5, credits: 3 }] })
  expect((await host.rest('GET', `${path}/usage?to=2020-01-01`)).body).toEqual([])
  expect(await host.rest('DELETE', `${path}/usage`)).toMatchObject({ status: 200, body: {} })
  expect((await host.rest('GET', `${path}/usage`)).body).toEqual([])
  expect(await call(second)).toBe(200)

  expect(await host.rest('POST', `${path}/revoke`)).toMatchObject({ status: 200, body: { state: 'revoked' } })
  expect(await call(second)).toBe(401)
  expect(await host.rest('POST', `${path}/rotate`)).toMatchObject({ status: 409, body: { code: 'CLIENT_REVOKED' } })
  expect((await host.rest('GET', `${path}/usage`)).body).toMatchObject([{ calls: 1, credits: 1 }])
  expect((await host.rest('DELETE', path)).status).toBe(200)
  expect(await host.rest('GET', path)).toMatchObject({ status: 404, body: { code: 'CLIENT_NOT_FOUND' } })
})

test.each([
  [
    {
      name: 'x',
      quotas: [
        { duration: 'DAY', credits: 1 },
        { duration: 'DAY', credits: 2 },
      ],
    },
    'quotas',
  ],
  [{ name: 'x', quotas: [{ duration: 'FORTNIGHT', credits: 1 }] }, 'quotas.0.duration'],
  [{ name: 'x', quotas: [{ duration: 'DAY', credits: -5 }] }, 'quotas.0.credits'],
  [{ name: 'x', quotas: [{ duration: 'DAY', credits: 1, zone: 'Nowhere' }] }, 'quotas.0.zone'],
  [{ name: 'x', quotas: [{ duration: 'DAY', credits: 1, start: 1e15 }] }, 'quotas.0.start'],
])('what makes no sense is refused by name: %j', async (body, field) => {
  const refused = await host.rest('POST', '/clients', body)
  expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', data: { fields: [{ path: field }] } } })
})
