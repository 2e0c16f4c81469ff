import { describe, expect, test } from 'vitest'
import { openStreet } from './street.ts'

const quick = { queueTimeout: 0 }

describe('limits of a key', () => {
  test('hold back calls before they are made, and show how much is used', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
    await street.setKey(1, { limits: { '*': { rpm: 2, rpd: 10 } }, limitZone: 'Asia/Tokyo' })
    const answers = [await street.chat('main'), await street.chat('main'), await street.chat('main')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(street.upstream.requests).toHaveLength(2)
    expect(street.keys.limits(street.id(1))).toMatchObject([
      { scope: 'key', model: null, unit: 'requests', per: 'minute', windowSeconds: 60, limit: 2, used: 2, source: 'set' },
      { scope: 'key', model: null, unit: 'requests', per: 'day', windowSeconds: null, limit: 10, used: 2 },
    ])
    const tomorrow = street.keys.limits(street.id(1))[1]?.resetsAt ?? 0
    expect(new Date(tomorrow).toISOString()).toContain('T15:00:00')
  })

  test('are effective at once: raised, a call goes through; zero lets none through', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
    await street.setKey(1, { limits: { m: { rpm: 1 } } })
    expect([(await street.chat('main')).status, (await street.chat('main')).status]).toEqual([200, 429])
    await street.setKey(1, { limits: { m: { rpm: 3 } } })
    expect((await street.chat('main')).status).toBe(200)
    await street.setKey(1, { limits: { 'm*': { rpm: 0 } } })
    const before = street.upstream.requests.length
    expect((await street.chat('main')).status).toBeGreaterThanOrEqual(400)
    expect(street.upstream.requests).toHaveLength(before)
    expect((await street.chat('main', 'other')).status).toBe(200)
    await street.setKey(1, { limits: {} })
    expect((await street.chat('main')).status).toBe(200)
  })

  test('given with the key are its limits from its first call', async () => {
    const street = await openStreet([{ slug: 'main', keys: [], config: quick }])
    const expiresAt = Date.now() + 3_600_000
    await street.addKey(1, { pools: ['main'], limits: { '*': { rpm: 1 } }, account: 'team', expiresAt })
    expect(street.keys.get(street.id(1))).toMatchObject({
      limits: { '*': { rpm: 1 } },
      limitZone: 'UTC',
      budget: null,
      account: { id: 'team', source: 'set' },
      expiresAt,
    })
    expect([(await street.chat('main')).status, (await street.chat('main')).status]).toEqual([200, 429])
  })

  test('given with a key that is known and joins another pool hold, and the rest of it stays', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [], config: quick },
      { slug: 'other', keys: [], config: quick },
    ])
    const expiresAt = Date.now() + 3_600_000
    await street.addKey(1, { pools: ['main'], limits: { '*': { rpm: 9 } }, expiresAt })
    await street.addKey(1, { pools: ['other'], label: 'again', limits: { '*': { rpm: 1 } }, account: 'team' })
    expect(street.keys.get(street.id(1))).toMatchObject({
      label: 'key 1',
      limits: { '*': { rpm: 1 } },
      account: { id: 'team', source: 'set' },
      expiresAt,
    })
    expect([(await street.chat('other')).status, (await street.chat('main')).status]).toEqual([200, 429])
  })

  test('end their day where the provider does, unless a person says otherwise', async () => {
    const street = await openStreet([{ slug: 'main', keys: [], provider: 'gemini' }])
    await street.addKey(1, { pools: ['main'] })
    await street.addKey(2, { pools: ['main'], limitZone: 'UTC' })
    expect(street.keys.get(street.id(1)).limitZone).toBe('America/Los_Angeles')
    expect(street.keys.get(street.id(2)).limitZone).toBe('UTC')
  })

  test('may be of a model with the name of something that every object has', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: { ...quick, limits: { toString: { rpm: 5 } } } }])
    await street.setKey(1, { limits: { constructor: { rpm: 1 } }, budget: { usd: 5, per: 'total' } })
    expect((await street.chat('main', 'valueOf')).status).toBe(200)
    expect((await street.chat('main', 'constructor')).status).toBe(200)
    expect((await street.chat('main', 'constructor')).status).toBe(429)
    expect(await street.keys.usageLimits(street.id(1), 'constructor')).toMatchObject([{ requestCount: 1 }])
  })

  test('and its budget survive a restart, with what was used of them', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
    await street.setKey(1, { limits: { '*': { rpd: 3 } }, budget: { usd: 5, per: 'month' } })
    await street.chat('main')
    await street.chat('main')
    await street.close()
    const again = await openStreet([], street.dataDir)
    const meters = again.keys.limits(street.id(1))
    expect(meters.map(({ unit, per, limit, used }) => [unit, per, limit, used])).toEqual([
      ['requests', 'day', 3, 2],
      ['usd', 'month', 5, expect.any(Number)],
    ])
  })

  test('in aiXplain’s words: today’s counters, of the key as a whole and of each model', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1], config: quick }])
    await street.setKey(1, { limits: { '*': { rpd: 10 }, 'big*': { tpd: 1000, tokenType: 'output' } } })
    street.upstream.script('*', { kind: 'ok', usage: { input: 7, output: 5 } })
    await street.chat('main', 'm')
    await street.chat('main', 'big-1')
    const whole = { requestCount: 2, requestCountLimit: 10, tokenCount: 24, tokenCountLimit: null }
    const big = { requestCount: 1, requestCountLimit: null, tokenCount: 5, tokenCountLimit: 1000, assetId: 'big-1' }
    expect(await street.keys.usageLimits(street.id(1))).toEqual([whole, big])
    expect(await street.keys.usageLimits(street.id(1), 'big-1')).toEqual([big])
    expect(await street.keys.usageLimits(street.id(1), 'm')).toEqual([
      { requestCount: 1, requestCountLimit: null, tokenCount: 12, tokenCountLimit: null, assetId: 'm' },
    ])
    await expect(street.keys.usageLimits('nobody')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
  })
})

describe('limits of an account', () => {
  test('come from its pool: each account has them once, however many keys it has', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1, 2, 3], config: quick }])
    for (const n of [1, 2]) await street.setKey(n, { account: 'team' })
    await street.setPool('main', { limits: { '*': { rpm: 2 } } })
    const answers = []
    for (let n = 0; n < 5; n++) answers.push((await street.chat('main')).status)
    expect(answers).toEqual([200, 200, 200, 200, 429])
    const [team, own] = street.pools.accounts('main')
    expect(team).toMatchObject({ id: 'team', source: 'set', keys: [{ label: 'key 1' }, { label: 'key 2' }] })
    expect([team, own].map((account) => account?.meters)).toMatchObject([
      [{ scope: 'account', limit: 2, used: 2, per: 'minute' }],
      [{ scope: 'account', limit: 2, used: 2 }],
    ])
  })

  test('in two pools are the smaller of both, and follow the pools as they change, go and come back', async () => {
    const street = await openStreet([
      { slug: 'main', keys: [1], config: { ...quick, limits: { '*': { rpd: 9 } } } },
      { slug: 'small', keys: [], config: { limits: { '*': { rpd: 4 } }, limitZone: 'UTC' } },
    ])
    const limit = () => street.keys.limits(street.id(1)).map((meter) => meter.limit)
    expect(limit()).toEqual([9])
    await street.setKey(1, { pools: ['main', 'small'], confirmAudience: true })
    expect(limit()).toEqual([4])
    await street.setPool('small', { limits: { '*': { rpd: 6 } } })
    expect(limit()).toEqual([6])
    await street.pools.remove('small', 'local')
    expect(limit()).toEqual([9])
    await street.pools.restore('small', 'local')
    expect(limit()).toEqual([6])
    await street.setPool('small', { limits: {} })
    await street.setPool('main', { limits: {} })
    expect(limit()).toEqual([])
  })

  test('a provider’s presets are there to start from', async () => {
    const street = await openStreet([{ slug: 'main', keys: [1] }])
    const gemini = street.pools.providers().find(({ id }) => id === 'gemini')
    expect(gemini?.resetZone).toBe('America/Los_Angeles')
    const preset = gemini?.presets[0]
    expect(preset).toMatchObject({ id: expect.any(String), name: expect.any(String), source: expect.any(String) })
    await street.setPool('main', { limits: preset?.limits })
    expect(street.pools.get('main').config.limits).toEqual(preset?.limits)
  })
})

test('lanes of clients are kept, and a client without one is interactive', async () => {
  const street = await openStreet([])
  const { id } = await street.clients.create(
    { name: 'nightly', lane: 'background', budget: null, quotas: [], expiresAt: null },
    'local',
  )
  await street.close()
  const again = await openStreet([], street.dataDir)
  const lanes = Object.fromEntries(
    again.clients.list().map((client) => [client.id === id ? 'nightly' : client.name, client.lane]),
  )
  expect(lanes).toEqual({ nightly: 'background', street: 'interactive' })
})
