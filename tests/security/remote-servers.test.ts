/** T5, T13: another server that is somebody's to misuse. What it says is data, and bounded. */
import { expect, test } from 'vitest'
import { openRig, password } from '../remote/server/rig.ts'
import { chat, openPair, tokenOf } from '../services/remotes-house.ts'
import { serverKey } from '../support/apipool-server.ts'

const config = (pool_config: string) =>
  `{"pool_identifier":"p","client_type":"openai","reach_limit_exception":null,"rotation_strategy":"random","pool_config":${pool_config}}`

test('settings that would reach into the program, or the rest of the house, do not', async () => {
  const {
    house,
    server,
    link,
    keysOf,
    remote: { id },
  } = await openPair()
  server.addPool('p', { keys: [serverKey(1)] })
  await link('p')
  const evil =
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"custom":{"__proto__":{"polluted":1},"toString":1},' +
    '"hasOwnProperty":1,"outbound":"http://10.0.0.1:1","budget":{"usd":1e9},"cache_ttl":9999,"cache_shared":true,"timeout":7}'
  server.misbehave('/config', { json: JSON.parse(config(evil)) as unknown })
  expect((await house.remotes.sync(id)).links[0]?.problem).toBeNull()
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  const pool = house.pools.list().find(({ slug }) => slug === 'p')
  expect(pool?.config).toMatchObject({ outbound: null, budget: null, cacheTtl: 0, cacheShared: false, timeout: 7 })
  expect(keysOf('p')).toHaveLength(1)
  expect((await chat(house, 'p', await tokenOf(house))).status).toBe(200)
})

test('settings without a bottom change nothing and break nothing', async () => {
  const {
    house,
    server,
    link,
    remote: { id },
  } = await openPair()
  server.addPool('p', { keys: [serverKey(1)] })
  await link('p')
  let deep: unknown = 1
  for (let i = 0; i < 2000; i++) deep = [deep]
  server.misbehave('/config', { json: { ...(JSON.parse(config('{}')) as object), pool_config: { deep, timeout: 9 } } })
  await house.remotes.sync(id)
  server.behave()
  server.addPool('q', { keys: [serverKey(2)] })
  expect((await house.remotes.sync(id)).links[0]?.problem).toBeNull()
  await link('q')
  expect((await chat(house, 'p', await tokenOf(house))).status).toBe(200)
  await house.close()
})

test('names of keys are data: prototypes, formulas, control characters', async () => {
  const { house, server, link, keysOf } = await openPair()
  const names = ['__proto__', 'constructor', 'toString', '=1+1', '../../x', "'; drop table keys; --", 'ab\u001b[31m']
  server.addPool('p', { keys: names.map((identifier, n) => ({ ...serverKey(n), identifier, alias: identifier })) })
  const { links } = await link('p')
  expect(links[0]?.problem).toBeNull()
  expect(keysOf('p')).toHaveLength(names.length)
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  const answers = await Promise.all(names.map(async () => (await chat(house, 'p', await tokenOf(house))).status))
  expect(new Set(answers)).toEqual(new Set([200]))
})

test('two Keywheels whose pools lead to each other: the call ends after a few rounds, and says why', async () => {
  const [a, b] = [await openRig(), await openRig()]
  await a.addPool('x', [1])
  for (const rig of [a, b]) await rig.addUser('peer')
  const peer = { username: 'peer', password }
  const toB = await a.remotes.create({ ...peer, url: b.url }, 'local')
  const toA = await b.remotes.create({ ...peer, url: a.url }, 'local')
  const link = { mode: 'proxy', interval: 3600, report: false } as const
  await b.remotes.link(toA.id, { ...link, identifier: 'x', pool: 'y' }, 'local')
  // Once it is passed on and not round, the upstream hears nothing of the way.
  const token = await tokenOf(b)
  expect((await chat(b, 'y', token)).status).toBe(200)
  expect(a.upstream.asked.map(({ headers }) => headers['cdn-loop'])).toEqual([undefined])
  await a.pools.remove('x', 'local')
  await a.remotes.link(toB.id, { ...link, identifier: 'y', pool: 'x' }, 'local')
  const { status, body } = await chat(b, 'y', token)
  expect([status, JSON.stringify(body)]).toEqual([508, expect.stringContaining('lead to each other')])
  expect([a.proxy.status().inFlight, b.proxy.status().inFlight]).toEqual([0, 0])
  expect(a.upstream.asked).toHaveLength(1)
})
