/** Clients and their quotas in the whole application, over real calls to the demo pool. */
import { expect, test } from 'vitest'
import { clientCreate } from '../../src-preload/contract/client.ts'
import { creditRule } from '../../src-preload/contract/quota.ts'
import { type House, openHouse } from './house.ts'

const make = (house: House, fields: object = {}) => house.clients.create(clientCreate.parse({ name: 'Test', ...fields }), 'local')

async function call(house: House, token: string, path = '/demo/chat/completions') {
  const answer = await fetch(house.proxy.status().url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }] }),
  })
  const body = (await answer.json()) as { error?: { code: string } }
  const left = answer.headers.get('x-ratelimit-remaining')
  return { status: answer.status, code: body.error?.code ?? null, left, id: answer.headers.get('x-keywheel-request') ?? '' }
}

test('64 calls at once with a quota of 20: twenty are served, and a restart gives none back', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  const { id, token } = await make(house, { quotas: [{ duration: 'YEAR', credits: 20 }] })
  const calls = await Promise.all(Array.from({ length: 64 }, () => call(house, token)))
  expect(calls.filter(({ status }) => status === 200)).toHaveLength(20)
  expect(calls.filter(({ code }) => code === 'QUOTA_SPENT')).toHaveLength(44)
  expect(house.clients.get(id).quotas).toMatchObject([{ used: 20, remaining: 0 }])
  await house.close()
  const again = await openHouse({ dataDir: house.dataDir })
  expect(await call(again, token)).toMatchObject({ status: 429, code: 'QUOTA_SPENT', left: '0' })
  expect(again.clients.get(id)).toMatchObject({ quotas: [{ duration: 'YEAR', credits: 20, used: 20 }] })
  const days = await again.clients.usage(id, {})
  expect(days.reduce((sum, day) => sum + day.calls, 0)).toBe(65)
  expect(days.reduce((sum, day) => sum + day.credits, 0)).toBe(20)
  await again.clients.forgetUsage(id, {}, 'local')
  expect(await again.clients.usage(id, {})).toEqual([])
  expect(await call(again, token)).toMatchObject({ status: 200, left: '19' })
  await again.close()
  const third = await openHouse({ dataDir: house.dataDir })
  expect((await third.clients.usage(id, {})).map(({ calls: n, credits }) => [n, credits])).toEqual([[1, 1]])
})

test('rules of the settings hold from the next call on, and are in the log and in the days', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  const { id, token } = await make(house, { quotas: [{ duration: 'DAY', credits: 100 }] })
  expect(await call(house, token)).toMatchObject({ status: 200, left: '99' })
  await house.settings.update({ creditRules: [creditRule.parse({ pool: 'demo', model: 'gpt-4o*', perCall: 2.5 })] }, 'local')
  const second = await call(house, token)
  expect(second.left).toBe('96.5')
  expect(await house.usage.request(second.id)).toMatchObject({ credits: 2.5 })
  const free = await make(house)
  const third = await call(house, free.token)
  expect(third.left).toBeNull()
  expect(await house.usage.request(third.id)).toMatchObject({ credits: null })
  expect(await house.clients.usage(id, {})).toMatchObject([{ calls: 2, credits: 3.5 }])
  expect(await house.clients.usage(free.id, {})).toMatchObject([{ calls: 1, credits: 0 }])
})

test('tokens that are replaced or taken away are refused at once', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  const { id, token } = await make(house)
  expect((await call(house, token)).status).toBe(200)
  const rotated = await house.clients.rotate(id, 'local')
  expect((await call(house, token)).status).toBe(401)
  expect((await call(house, rotated.token)).status).toBe(200)
  await house.clients.revoke(id, 'local')
  expect((await call(house, rotated.token)).status).toBe(401)
  expect(await house.clients.usage(id, {})).toMatchObject([{ calls: 2 }])
  expect(house.audit().map(({ action }) => action)).toEqual(expect.arrayContaining(['client.rotate', 'client.revoke']))
  expect(house.log()).not.toContain(rotated.token)
})

test('a pool that is made anew under an old name is not open to clients of the old one', async () => {
  const house = await openHouse()
  await house.pools.demo('local')
  const { id, token } = await make(house, { pools: ['demo'] })
  expect((await call(house, token)).status).toBe(200)
  await house.pools.remove('demo', 'local')
  // In the trash it can still be brought back, and its clients with it.
  expect(house.clients.get(id).pools).toEqual(['demo'])
  await house.pools.demo('local')
  expect(house.clients.get(id).pools).toEqual([])
  for (const path of ['/demo/chat/completions', '/v1/chat/completions'])
    expect(await call(house, token, path)).toMatchObject({ status: 403, code: 'NO_POOLS_LEFT' })
  await house.clients.update(id, { pools: ['demo'] }, 'local')
  expect((await call(house, token)).status).toBe(200)
})
