/** Two Keywheels, one as the apipool-server of the other: equal through adds, removals, other secrets, restarts and outages. */
import { expect, onTestFinished, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { connect, getKeys, login } from '../../src-main/library/index.ts'
import type { UserCreate } from '../../src-preload/contract/index.ts'
import { type House, openHouse } from './house.ts'
import { chat, tokenOf } from './remotes-house.ts'

const password = 'ann-password-1'
/** Its hint, which shows the last four characters, tells them all apart. */
const secret = (n: number, turn = 0) => `sk-two-aaaaaaaaaaaaaaaaaaaaaaaa-${n}-${turn}`

async function addKey(house: House, n: number): Promise<string> {
  const key = { secret: secret(n), label: `Key ${n}`, pools: ['team'], tags: [], notes: '', weight: 1, priority: 0 }
  return (await house.keys.create(key, 'local')).id
}

async function openServer(upstream: ScriptedUpstream, keys: readonly number[] = []): Promise<House> {
  const server = await openHouse()
  await server.settings.update({ apipoolServer: true, apipoolReveal: true }, 'local')
  const ann: UserCreate = { username: 'ann', email: '', password, role: 'user', mayReveal: true, pools: null }
  await server.users.create(ann, 'local')
  await server.pools.create(
    {
      slug: 'team',
      draft: false,
      provider: 'openai',
      baseUrl: `${upstream.url}/v1`,
      strategy: 'round_robin',
      config: { timeout: 20 },
    },
    'local',
  )
  for (const n of keys) await addKey(server, n)
  await server.proxy.start({ port: 0 }, 'local')
  return server
}

async function openTwo(keys: readonly number[]) {
  const upstream = await startScriptedUpstream()
  onTestFinished(() => upstream.close())
  const server = await openServer(upstream, keys)
  const client = await openHouse()
  await client.proxy.start({ port: 0 }, 'local')
  const remote = await client.remotes.create({ url: server.proxy.status().url ?? '', username: 'ann', password }, 'local')
  return { upstream, server, client, remote }
}

/** Every key of a pool that may be used, and the settings that go with them. */
function contents(house: House, pool: string) {
  const keys = house.keys.list({ pool, limit: 200 }).items.filter(({ enabled }) => enabled)
  const { strategy, config } = house.pools.get(pool)
  return { keys: keys.map(({ hint }) => hint).toSorted(), strategy, timeout: config.timeout, concurrency: config.concurrency }
}

/** No more than five may be looked at. */
async function secretsOf(house: House, pool: string): Promise<string[]> {
  const last = house.keys
    .list({ pool, limit: 200 })
    .items.toSorted((a, b) => (a.hint < b.hint ? -1 : 1))
    .slice(-5)
  const revealed = await Promise.all(last.map(({ id }) => house.keys.reveal(id, 'local')))
  return revealed.map((one) => one.secret).toSorted()
}

const synced = { identifier: 'team', mode: 'sync', pool: 'here', provider: 'openai', interval: 86_400, report: true } as const

test('a synced pool is kept equal through everything', async () => {
  const { upstream, server, client, remote } = await openTwo([1, 2, 3])
  const { links } = await client.remotes.link(remote.id, { ...synced, baseUrl: `${upstream.url}/v1` }, 'local')
  expect(links).toMatchObject([{ pool: 'here', problem: null }])
  const same = () => expect(contents(client, 'here')).toEqual(contents(server, 'team'))
  const look = async () => (await client.remotes.sync(remote.id)).links[0]?.problem
  same()

  // Added, taken away, brought back.
  const four = await addKey(server, 4)
  expect(await look()).toBeNull()
  same()
  const [first] = server.keys.list({ pool: 'team', limit: 200 }).items
  await server.keys.remove([first?.id ?? ''], 'local')
  expect(await look()).toBeNull()
  same()
  await server.keys.restore([first?.id ?? ''], 'local')
  await look()
  same()
  // Disabled there is not listed there.
  await server.keys.enable([four], false, 'local')
  await look()
  expect(client.pools.get('here').keys.total).toBe(3)
  same()
  await server.keys.enable([four], true, 'local')
  // Another secret, other settings.
  await server.keys.update(four, { secret: secret(4, 1) }, 'local')
  await server.pools.update('team', { strategy: 'least_used', config: { concurrency: 5, timeout: 33 } }, 'local')
  await look()
  same()

  // How keys stand, once the strategy cares.
  await server.keys.update(four, { priority: 9, weight: 3 }, 'local')
  await server.pools.update('team', { strategy: 'priority' }, 'local')
  await look()
  same()
  const ranks = (house: House, pool: string) =>
    house.keys.list({ pool, limit: 200 }).items.map(({ hint, pools }) => `${hint} ${pools[0]?.priority} ${pools[0]?.weight}`)
  expect(ranks(client, 'here').toSorted()).toEqual(ranks(server, 'team').toSorted())

  // An outage; what happened meanwhile comes afterwards.
  const { port } = new URL(server.proxy.status().url ?? '')
  await server.proxy.stop('local')
  const before = contents(client, 'here')
  expect(await look()).toContain('could not be reached')
  expect(client.remotes.list()).toMatchObject([{ state: 'unreachable' }])
  await addKey(server, 5)
  await server.keys.update(four, { secret: secret(4, 2) }, 'local')
  expect(contents(client, 'here')).toEqual(before)
  await server.proxy.start({ port: Number(port) }, 'local')
  expect(await look()).toBeNull()
  same()

  // Both are started anew.
  await server.close()
  await client.close()
  const again = await openHouse({ dataDir: server.dataDir, proxyPort: Number(port) })
  await addKey(again, 6)
  const back = await openHouse({ dataDir: client.dataDir })
  await expect.poll(() => back.pools.get('here').keys.total).toBe(6)
  expect(contents(back, 'here')).toEqual(contents(again, 'team'))
  const secrets = await secretsOf(back, 'here')
  expect(secrets).toEqual(await secretsOf(again, 'team'))
  expect(secrets).toContain(secret(4, 2))
})

test('tokens that end: after a changed password nothing changes here until it is entered', async () => {
  const { upstream, server, client, remote } = await openTwo([1])
  await client.remotes.link(remote.id, { ...synced, baseUrl: `${upstream.url}/v1` }, 'local')
  const [ann] = server.users.list()
  await server.users.update(ann?.id ?? '', { password: 'another-password' }, 'local')
  await addKey(server, 2)
  const [link] = (await client.remotes.sync(remote.id)).links
  expect(link?.problem).toContain('Incorrect username or password')
  expect(client.remotes.list()).toMatchObject([{ state: 'unauthorised' }])
  expect(client.pools.get('here').keys.total).toBe(1)
  const mended = await client.remotes.update(remote.id, { password: 'another-password' }, 'local')
  expect(mended).toMatchObject({ state: 'ok', links: [{ problem: null }] })
  expect(client.pools.get('here').keys.total).toBe(2)
})

test('without the right to raw keys it says so, and calls may go through the server all the same', async () => {
  const { upstream, server, client, remote } = await openTwo([1, 2])
  await server.settings.update({ apipoolReveal: false }, 'local')
  const restricted = { ...synced, baseUrl: `${upstream.url}/v1` }
  const { links } = await client.remotes.link(remote.id, restricted, 'local')
  // A house of these tests is started with --allow-reveal, so the user's own right is what is missing.
  const [ann] = server.users.list()
  await server.users.update(ann?.id ?? '', { mayReveal: false }, 'local')
  const [link] = (await client.remotes.sync(remote.id)).links
  expect(links[0]?.pool).toBe('here')
  expect(link?.problem).toEqual(expect.stringContaining('The server says:'))
  await client.remotes.unlink(remote.id, 'here', 'local')
  await client.remotes.link(remote.id, { identifier: 'team', mode: 'proxy', interval: 60, report: false }, 'local')
  // The server rotates: one key is limited, the other one answers.
  upstream.script(secret(1), { kind: 'rate-short', retryAfterS: 60 })
  const token = await tokenOf(client)
  for (let n = 0; n < 4; n += 1) expect((await chat(client, 'team', token)).status).toBe(200)
  expect(new Set(upstream.requests.map(({ key }) => key))).toContain(secret(2))
  expect(JSON.stringify(client.keys.list({ pool: 'team', limit: 10 }))).not.toContain('sk-two')
})

test('what was called with its keys is told to the server, once', async () => {
  const { upstream, server, client, remote } = await openTwo([1])
  await client.remotes.link(remote.id, { ...synced, baseUrl: `${upstream.url}/v1` }, 'local')
  const token = await tokenOf(client)
  for (let n = 0; n < 5; n += 1) await chat(client, 'here', token)
  await client.usage.requests({ limit: 1 })
  expect((await client.remotes.sync(remote.id)).links[0]?.problem).toBeNull()
  await client.remotes.sync(remote.id)
  const ann = await login(server.proxy.status().url ?? '', 'ann', password)
  const answer = await fetch(`${server.proxy.status().url}/api/v1/stats/team/usage?seconds=3600&group_by=key`, {
    headers: { authorization: `Bearer ${ann.accessToken}` },
  })
  const usage = (await answer.json()) as { summary: { total_calls: number; success: number }; by_key: object }
  expect(usage.summary).toMatchObject({ total_calls: 5, success: 5 })
  expect(JSON.stringify(usage)).not.toContain('sk-two')
})

test('the library speaks with it as well', async () => {
  const { upstream, server } = await openTwo([1, 2])
  const url = server.proxy.status().url ?? ''
  const ann = await login(url, 'ann', password)
  expect((await getKeys(url, 'team', ann)).toSorted()).toEqual([secret(1), secret(2)])
  const manager = connect(url, 'team', ann)
  onTestFinished(() => manager.close())
  expect(await manager.dummyclient.get('/models')).toMatchObject({ _type: 'httpx.Response', status_code: 200 })
  const json = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
  expect(await manager.dummyclient.post('/chat/completions', { json })).toMatchObject({
    status_code: 200,
    data: { choices: [{}] },
  })
  expect(upstream.requests.every(({ key }) => key?.startsWith('sk-two'))).toBe(true)
})
