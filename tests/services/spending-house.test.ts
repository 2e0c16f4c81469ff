/** Prices, budgets and kept answers in the whole application, over real calls to the demo pool. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type House, openHouse } from './house.ts'

/** A dollar for each token, so that sums are easy to read. */
const dear = { provider: 'demo', model: '*', input: 1e6, output: 1e6 }

interface Told {
  status: number
  code: string | null
  cost: number | null
  cache: string | null
}

/** One call; what the log says of it is asked for by the id that the answer bears. */
async function call(house: House, token: string, text = 'hello'): Promise<Told> {
  const answer = await fetch(`${house.proxy.status().url}/demo/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 5, messages: [{ role: 'user', content: text }] }),
  })
  await answer.text()
  const row = await house.usage.request(answer.headers.get('x-keywheel-request') ?? '')
  return { status: answer.status, code: row.errorCode, cost: row.costNanos, cache: answer.headers.get('x-keywheel-cache') }
}

async function newClient(house: House, budget: { usd: number; per: 'total' } | null = null) {
  const { token } = await house.clients.create(
    { name: 'Test', lane: 'interactive', budget, quotas: [], expiresAt: null },
    'local',
  )
  return token
}

test('a budget of a pool or a client ends what may be called, also after a restart', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  await house.settings.update({ prices: [dear] }, 'local')
  const token = await newClient(house)
  const first = await call(house, token)
  expect(first).toMatchObject({ status: 200, cost: expect.any(Number) })
  const usd = (first.cost ?? 0) / 1e9
  expect(usd).toBeGreaterThan(0)
  const small = await newClient(house, { usd: usd / 10, per: 'total' })
  const refusal = { status: 429, code: 'BUDGET_SPENT', cost: null }
  expect(await call(house, small)).toMatchObject(refusal)
  expect((await call(house, token)).status).toBe(200)
  await house.pools.update('demo', { config: { budget: { usd, per: 'total' } } }, 'local')
  expect(await call(house, token)).toMatchObject(refusal)
  await house.close()
  const again = await openHouse({ dataDir: house.dataDir })
  expect(await call(again, token)).toMatchObject(refusal)
  await again.pools.update('demo', { config: { budget: null } }, 'local')
  expect((await call(again, token)).status).toBe(200)
})

test('a price of one’s own counts from the next call on, and is named in the log', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  const token = await newClient(house)
  expect((await call(house, token)).cost).toBeNull()
  await house.settings.update({ prices: [{ ...dear, input: 0, output: 0 }] }, 'local')
  expect((await call(house, token)).cost).toBe(0)
  const [row] = (await house.usage.requests({ limit: 1 })).items
  expect(row).toMatchObject({ priceVersion: 'own', costNanos: 0 })
})

test('a kept answer is counted as a call and costs nothing; cleared, it is asked for again', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  await house.settings.update({ prices: [dear] }, 'local')
  await house.pools.update('demo', { config: { cacheTtl: 60 } }, 'local')
  const token = await newClient(house)
  const first = await call(house, token)
  expect(first).toMatchObject({ status: 200, cache: 'miss' })
  await expect.poll(() => house.cache.info()).toMatchObject({ entries: 1 })
  expect(await call(house, token)).toMatchObject({ status: 200, cache: 'hit' })
  expect(await call(house, token, 'something else')).toMatchObject({ cache: 'miss' })
  expect(await call(house, await newClient(house))).toMatchObject({ cache: 'miss' })
  const hits = await house.usage.requests({ limit: 10, cache: 'hit' })
  expect(hits.items).toHaveLength(1)
  const { requests, costNanos } = await house.usage.summary({})
  expect(requests).toBe(4)
  const known = first.cost ?? 0
  expect(costNanos).toBeGreaterThanOrEqual(3 * known)
  expect(costNanos).toBeLessThan(4 * known)
  await house.cache.clear('local')
  expect(await call(house, token)).toMatchObject({ cache: 'miss' })
  await house.system.erase('local')
  expect(await house.cache.info()).toEqual({ entries: 0, bytes: 0 })
  expect(existsSync(join(house.dataDir, 'usage.db'))).toBe(true)
})
