/** Other servers: logged in at, listed, linked, kept equal to, given up. Against apipool-server as it is on the wire. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { trashMs } from '../../src-main/services/trash.ts'
import type { LiveEvent } from '../../src-preload/contract/index.ts'
import { type Misbehaviour, serverKey, startApipoolServer } from '../support/apipool-server.ts'
import { openHouse } from './house.ts'
import { openPair, tokenOf } from './remotes-house.ts'

const canary = 'sk-canary-remote-aaaaaaaaaaaaaaaaaaaaaaaa'

describe('a server', () => {
  test('is logged in at before anything is kept; its password is in the vault, for its origin alone', async () => {
    const server = await startApipoolServer()
    const house = await openHouse()
    const given = { url: `${server.url}/`, username: 'ann', password: 'wrong-password' }
    await expect(house.remotes.create(given, 'local')).rejects.toMatchObject({
      code: 'REMOTE_UNAUTHORISED',
      message: 'Incorrect username or password',
    })
    expect(house.remotes.list()).toEqual([])
    const remote = await house.remotes.create({ ...given, password: server.password }, 'local')
    expect(remote).toMatchObject({ url: server.url, name: new URL(server.url).host, username: 'ann', state: 'ok', links: [] })
    expect(JSON.stringify(house.remotes.list())).not.toContain(server.password)
    expect(house.log()).not.toContain('password-1')
    server.addPool('b', { name: 'The b', client_type: 'openai', keys: [serverKey(1)] })
    expect(await house.remotes.pools(remote.id)).toEqual([
      { identifier: 'b', name: 'The b', description: '', clientType: 'openai', keys: 1, pool: null },
    ])
    expect(house.remotes.list()).toMatchObject([{ state: 'ok', problem: null }])
  })

  test('that is none, is away, or asks for a plain password over the internet', async () => {
    const server = await startApipoolServer()
    const house = await openHouse()
    const create = (url: string) => house.remotes.create({ url, username: 'ann', password: 'ann-password-1' }, 'local')
    server.misbehave('/auth/login', 'html')
    await expect(create(server.url)).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    await server.cut()
    await expect(create(server.url)).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    await expect(create('http://192.0.2.7')).rejects.toThrow('https://')
    await expect(create('http://ann:secret@127.0.0.1:9')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(house.remotes.list()).toEqual([])
  })

  test('is never this Keywheel itself', async () => {
    const house = await openHouse()
    const { url } = await house.proxy.start({}, 'local')
    await expect(house.remotes.create({ url: url ?? '', username: 'ann', password: 'ann-password-1' }, 'local')).rejects.toThrow(
      'this is the Keywheel itself',
    )
  })

  test('moves: another origin wants its password again, a new password is tried first', async () => {
    const { house, server, remote } = await openPair()
    const other = await startApipoolServer()
    const { id } = remote
    await expect(house.remotes.update(id, { url: other.url }, 'local')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { fields: [{ path: 'password' }] },
    })
    expect(other.asked).toEqual([])
    await expect(house.remotes.update(id, { password: 'wrong-password' }, 'local')).rejects.toMatchObject({
      code: 'REMOTE_UNAUTHORISED',
    })
    expect(await house.remotes.update(id, { name: 'Team' }, 'local')).toMatchObject({ name: 'Team', url: server.url })
    // Without a pool of it that is looked after, its login is what is known of it.
    server.password = 'another-password'
    server.expire('both')
    await expect(house.remotes.pools(id)).rejects.toMatchObject({ code: 'REMOTE_UNAUTHORISED' })
    expect(house.remotes.list()).toMatchObject([{ state: 'unauthorised' }])
    const moved = await house.remotes.update(id, { url: other.url, password: other.password }, 'local')
    expect(moved).toMatchObject({ name: 'Team', url: other.url, state: 'ok', problem: null })
    other.addPool('p')
    expect(await house.remotes.pools(id)).toHaveLength(1)
  })

  test('survives a restart, and waits for the vault', async () => {
    const { house, server, remote, link } = await openPair({ lock: 'passphrase' })
    server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    await house.close()
    const locked = await openHouse({ dataDir: house.dataDir, lock: 'nothing' })
    expect(locked.remotes.list()).toMatchObject([{ id: remote.id, state: 'locked' }])
    await expect(locked.remotes.pools(remote.id)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    server.pools.get('p')?.keys.push(serverKey(2))
    await locked.vault.unlock({ passphrase: 'correct horse battery' }, 'local')
    // By itself, as soon as it is open.
    await expect.poll(() => locked.pools.get('p').keys.total).toBe(2)
    expect(locked.remotes.list()).toMatchObject([{ state: 'ok', links: [{ pool: 'p', problem: null }] }])
  })

  test('that is removed leaves its synced pools with their keys', async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    await house.remotes.remove(remote.id, 'local')
    expect([house.remotes.list(), keysOf('p').length]).toEqual([[], 1])
    await expect(house.remotes.pools(remote.id)).rejects.toMatchObject({ code: 'REMOTE_NOT_FOUND' })
  })
})

describe('a synced pool', () => {
  test('has the keys and the settings of the server, and follows it', async () => {
    const { house, server, remote, link, keysOf, upstream } = await openPair()
    const there = server.addPool('Team Pool/1', {
      client_type: 'openai',
      rotation_strategy: 'round_robin',
      reach_limit_exception: 'openai.RateLimitError',
      pool_config: {
        concurrency: 7,
        timeout: 12.5,
        rate_limit: 'lots',
        nonsense: [1],
        max_retries: null,
        outbound: 'http://evil:1',
      },
      keys: [serverKey(1), serverKey(2)],
    })
    const linked = await link('Team Pool/1')
    expect(linked.links).toMatchObject([{ identifier: 'Team Pool/1', pool: 'team-pool-1', mode: 'sync', problem: null }])
    const pool = house.pools.get('team-pool-1')
    expect(pool).toMatchObject({ alias: 'Team Pool/1', strategy: 'round_robin', baseUrl: `${upstream.url}/v1` })
    expect(pool.config).toMatchObject({
      concurrency: 7,
      timeout: 12.5,
      rateLimit: 0,
      outbound: null,
      clientType: 'openai',
      reachLimitException: 'openai.RateLimitError',
      custom: { rate_limit: 'lots', nonsense: [1], outbound: 'http://evil:1' },
    })
    expect(keysOf('team-pool-1').map(({ label }) => label)).toEqual(['Key 1', 'Key 2'])

    there.keys.push(serverKey(3))
    there.pool_config = { timeout: 3 }
    there.rotation_strategy = 'least_used'
    const after = await house.remotes.sync(remote.id)
    expect(after.links).toMatchObject([{ problem: null }])
    expect(house.pools.get('team-pool-1')).toMatchObject({
      strategy: 'least_used',
      config: { timeout: 3, concurrency: 0, custom: {} },
    })
    expect(keysOf('team-pool-1')).toHaveLength(3)
    expect(house.log()).not.toContain(serverKey(1).raw_key)
  })

  test('where the strategy cares, keys stand in the pool as they do there', async () => {
    const { house, server, remote, link } = await openPair()
    const there = server.addPool('p', {
      rotation_strategy: 'priority',
      keys: [
        { ...serverKey(1), priority: 5, weight: 2 },
        { ...serverKey(2), priority: -1 },
      ],
    })
    await link('p')
    const ranks = () =>
      house.keys
        .list({ pool: 'p', limit: 10 })
        .items.map(({ label, pools }) => `${label}: ${pools[0]?.priority} ${pools[0]?.weight}`)
        .toSorted()
    expect(ranks()).toEqual(['Key 1: 5 2', 'Key 2: -1 1'])
    there.keys = [serverKey(1), { ...serverKey(2), priority: 7 }]
    await house.remotes.sync(remote.id)
    expect(ranks()).toEqual(['Key 1: 0 1', 'Key 2: 7 1'])
    server.misbehave('/api/v1/pools/p', { status: 500 })
    expect((await house.remotes.sync(remote.id)).links[0]?.problem).toEqual(expect.any(String))
    expect(ranks()).toEqual(['Key 1: 0 1', 'Key 2: 7 1'])
  })

  test('a look that finds nothing new writes nothing', async () => {
    const { house, server, remote, link } = await openPair()
    server.addPool('p', { keys: [serverKey(1)], pool_config: { timeout: 4, custom: { a: 1 } } })
    await link('p')
    const before = house.audit().length
    await house.remotes.sync(remote.id)
    expect(house.audit().length).toBe(before)
  })

  test("a person's own settings and keys are left alone", async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)], pool_config: { timeout: 4 } })
    await link('p')
    await house.pools.update('p', { config: { keyConcurrency: 3, timeout: 99 } }, 'local')
    await house.keys.create({ secret: canary, label: 'mine', pools: ['p'], tags: [], notes: '', weight: 1, priority: 0 }, 'local')
    there.keys = [serverKey(2)]
    await house.remotes.sync(remote.id)
    expect(keysOf('p').map(({ label }) => label)).toEqual(['Key 2', 'mine'])
    expect(house.pools.get('p').config).toMatchObject({ keyConcurrency: 3, timeout: 4 })
  })

  test('a changed secret is the same key with another secret; a disabled key stays disabled', async () => {
    const { house, server, remote, link } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    const [key] = house.keys.list({ pool: 'p', limit: 10 }).items
    await house.keys.enable([key?.id ?? ''], false, 'local')
    there.keys = [serverKey(1, canary)]
    await house.remotes.sync(remote.id)
    const [after] = house.keys.list({ pool: 'p', limit: 10 }).items
    expect(after).toMatchObject({ id: key?.id, label: 'Key 1', enabled: false })
    expect((await house.keys.reveal(key?.id ?? '', 'local')).secret).toBe(canary)
  })

  test('two names that exchange their secrets, and one secret under two names', async () => {
    const { house, server, remote, link } = await openPair()
    const [a, b] = [serverKey(1), serverKey(2)]
    const there = server.addPool('p', { keys: [a, b] })
    await link('p')
    there.keys = [
      { ...a, raw_key: b.raw_key },
      { ...b, raw_key: canary },
    ]
    await house.remotes.sync(remote.id)
    expect(await secrets(house)).toEqual([b.raw_key, canary].toSorted())
    there.keys = [
      { ...a, raw_key: canary },
      { ...b, raw_key: canary },
    ]
    expect((await house.remotes.sync(remote.id)).links).toMatchObject([{ problem: null }])
    expect(await secrets(house)).toEqual([canary])
    there.keys = [a, { ...b, raw_key: canary }]
    await house.remotes.sync(remote.id)
    expect(await secrets(house)).toEqual([a.raw_key, canary].toSorted())
  })

  test('a key that was here before joins, and leaves again as it was', async () => {
    const { house, server, remote, link, keysOf, upstream } = await openPair()
    await house.pools.create(
      { slug: 'own', draft: false, provider: 'openai', baseUrl: `${upstream.url}/v1`, strategy: 'lru' },
      'local',
    )
    const mine = await house.keys.create(
      { secret: serverKey(1).raw_key, label: 'mine', pools: ['own'], tags: [], notes: 'n', weight: 1, priority: 0 },
      'local',
    )
    const there = server.addPool('p', { keys: [serverKey(1), serverKey(2)] })
    await link('p')
    expect(keysOf('p').map(({ label }) => label)).toEqual(['Key 2', 'mine'])
    there.keys = [serverKey(2)]
    await house.remotes.sync(remote.id)
    expect(house.keys.get(mine.id)).toMatchObject({ label: 'mine', enabled: true, pools: [{ pool: 'own' }] })
    there.keys = [serverKey(1, canary), serverKey(2)]
    await house.remotes.sync(remote.id)
    expect((await house.keys.reveal(mine.id, 'local')).secret).toBe(serverKey(1).raw_key)
    expect(await secrets(house)).toEqual([canary, serverKey(2).raw_key].toSorted())
  })

  test('a key that leaves and comes back is the same one, cool-down and all; one that stays away goes for good', async () => {
    const { house, server, remote, link, upstream } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1), serverKey(2)] })
    await link('p')
    upstream.script(serverKey(1).raw_key, { kind: 'rate-short', retryAfterS: 300 })
    const token = await tokenOf(house)
    await house.proxy.start({ port: 0 }, 'local')
    const cold = async () => {
      for (let n = 0; n < 4; n += 1) {
        await fetch(`${house.proxy.status().url}/p/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
        })
      }
      return house.keys.list({ pool: 'p', limit: 10 }).items.find(({ label }) => label === 'Key 1')
    }
    const before = await cold()
    expect(before?.state).toBe('cooling')
    there.keys = [serverKey(2)]
    await house.remotes.sync(remote.id)
    expect(house.keys.list({ pool: 'p', limit: 10 }).items.map(({ label }) => label)).toEqual(['Key 2'])
    there.keys = [serverKey(2), serverKey(1)]
    await house.remotes.sync(remote.id)
    const back = house.keys.list({ pool: 'p', limit: 10 }).items.find(({ label }) => label === 'Key 1')
    expect([back?.id, back?.state]).toEqual([before?.id, 'cooling'])
    expect(Math.abs((back?.until ?? 0) - (before?.until ?? 0))).toBeLessThan(1000)

    there.keys = [serverKey(2)]
    await house.remotes.sync(remote.id)
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + trashMs + 1000)
    await house.remotes.sync(remote.id)
    vi.restoreAllMocks()
    expect(() => house.keys.get(before?.id ?? '')).toThrow('no such key')
    there.keys = [serverKey(1), serverKey(2)]
    await house.remotes.sync(remote.id)
    expect(house.pools.get('p').keys.total).toBe(2)
  })

  const badAnswers: [string, Misbehaviour][] = [
    ['HTML', 'html'],
    ['half a JSON', 'half'],
    ['a cut', 'cut'],
    ['a redirect', 'redirect'],
    ['a 500', { status: 500 }],
    ['a 404', { status: 404, body: { detail: "Pool 'p' not found" } }],
    ['no right', { status: 403, body: { detail: 'Raw keys are not for this user' } }],
    ['a list that is not whole', { json: { client_type: 'x', keys: [], total: 2 } }],
    ['an empty list that the server itself does not believe', { json: { client_type: 'x', keys: [], total: 0 } }],
    ['null for a list', { json: { client_type: 'x', keys: null, total: 0 } }],
  ]
  test.each(badAnswers)('%s changes nothing and is said', async (_, how) => {
    const { house, server, remote, link, keysOf } = await openPair()
    server.addPool('p', { keys: [serverKey(1), serverKey(2)] })
    await link('p')
    const before = keysOf('p')
    server.misbehave('/keys/raw', how)
    for (let n = 0; n < 3; n += 1) {
      const [one] = (await house.remotes.sync(remote.id)).links
      expect(one?.problem).toEqual(expect.any(String))
      expect(one?.problem).not.toContain(serverKey(1).raw_key)
    }
    expect(keysOf('p')).toEqual(before)
    server.behave()
    expect((await house.remotes.sync(remote.id)).links).toMatchObject([{ problem: null }])
  })

  test('a pool that is really empty there is emptied at the second look', async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    there.keys = []
    expect((await house.remotes.sync(remote.id)).links[0]?.problem).toContain('once more')
    expect(keysOf('p')).toHaveLength(1)
    expect((await house.remotes.sync(remote.id)).links[0]?.problem).toBeNull()
    expect(keysOf('p')).toHaveLength(0)
  })

  test('a pool that is gone there is said so, and stays here', async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    server.pools.delete('p')
    const [one] = (await house.remotes.sync(remote.id)).links
    expect(one?.problem).toContain("Pool 'p' not found")
    expect(keysOf('p')).toHaveLength(1)
  })

  test('an outage is said, and over with it', async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    const events: LiveEvent[] = []
    house.subscribe((event) => events.push(event))
    await server.cut()
    expect(await house.remotes.sync(remote.id)).toMatchObject({ state: 'unreachable' })
    there.keys.push(serverKey(2))
    await server.listen()
    server.expire('both')
    expect(await house.remotes.sync(remote.id)).toMatchObject({ state: 'ok', problem: null, links: [{ problem: null }] })
    expect(keysOf('p')).toHaveLength(2)
    expect(events.filter((event) => event.type === 'changed' && event.what === 'remotes').length).toBeGreaterThanOrEqual(2)
  })

  test('is looked after by itself, at its interval', async () => {
    const { server, link, keysOf } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)] })
    await link('p', { interval: 1 })
    there.keys.push(serverKey(2))
    await expect.poll(() => keysOf('p').length).toBe(2)
  })

  test('keys that cannot be used here are said, the others come', async () => {
    const { server, link, keysOf } = await openPair()
    server.addPool('p', { keys: [serverKey(1), { identifier: 'odd', raw_key: 'has a space' }] })
    const linked = await link('p')
    expect(linked.links[0]?.problem).toContain('1 of its keys cannot be used here')
    expect(keysOf('p')).toHaveLength(1)
  })

  test('10,000 keys come and go without holding up the rest', async () => {
    const { house, server, remote, link } = await openPair()
    const keys = Array.from({ length: 10_000 }, (_, n) => ({
      identifier: `k${n}`,
      raw_key: `sk-bulk-${String(n).padStart(12, '0')}`,
    }))
    const there = server.addPool('p', { keys })
    let longest = 0
    let last = performance.now()
    const pulse = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    await link('p')
    expect(house.pools.get('p').keys.total).toBe(10_000)
    there.keys = keys.slice(5000)
    await house.remotes.sync(remote.id)
    clearInterval(pulse)
    expect(house.pools.get('p').keys.total).toBe(5000)
    // Not a measure of speed: a second would be a loop that never gave way.
    expect(longest).toBeLessThan(5000)
  })

  test('a link ends with its pool, and does not take one that comes after it', async () => {
    const { house, server, link, upstream } = await openPair()
    server.addPool('p', { keys: [serverKey(1)] })
    await link('p', { interval: 1 })
    await house.pools.remove('p', 'local')
    await sleep(5)
    await house.pools.create(
      { slug: 'p', draft: false, provider: 'openai', baseUrl: `${upstream.url}/v1`, strategy: 'lru' },
      'local',
    )
    await expect.poll(() => house.remotes.list()[0]?.links).toEqual([])
    expect(house.pools.get('p').keys.total).toBe(0)
  })

  test('an unlinked pool keeps its keys and is left alone', async () => {
    const { house, server, remote, link, keysOf } = await openPair()
    const there = server.addPool('p', { keys: [serverKey(1)] })
    await link('p')
    await expect(house.remotes.unlink(remote.id, 'nope', 'local')).rejects.toMatchObject({ code: 'LINK_NOT_FOUND' })
    expect(await house.remotes.unlink(remote.id, 'p', 'local')).toMatchObject({ links: [] })
    there.keys.push(serverKey(2))
    await house.remotes.sync(remote.id)
    expect(keysOf('p')).toHaveLength(1)
    // And may be linked anew, under another name.
    expect((await link('p')).links).toMatchObject([{ pool: 'p-2' }])
  })

  test('what cannot be linked', async () => {
    const { house, server, remote, link } = await openPair()
    server.addPool('p')
    server.addPool('healthz')
    await expect(link('nope')).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    await expect(link('p', { pool: 'x', provider: 'nobody' })).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' })
    const bare = { identifier: 'p', mode: 'sync', interval: 60, report: false } as const
    await expect(house.remotes.link(remote.id, bare, 'local')).rejects.toMatchObject({ data: { fields: [{ path: 'provider' }] } })
    await expect(house.remotes.link(remote.id, { ...bare, provider: 'custom' }, 'local')).rejects.toMatchObject({
      data: { fields: [{ path: 'baseUrl' }] },
    })
    await link('p')
    await expect(link('p')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(link('healthz', { pool: 'p' })).rejects.toMatchObject({ code: 'SLUG_TAKEN' })
    expect((await link('healthz')).links.map(({ pool }) => pool)).toEqual(['p', 'pool-healthz'])
  })
})

async function secrets(house: Awaited<ReturnType<typeof openHouse>>): Promise<string[]> {
  const { items } = house.keys.list({ pool: 'p', limit: 200 })
  return (await Promise.all(items.map(({ id }) => house.keys.reveal(id, 'local')))).map(({ secret }) => secret).toSorted()
}
