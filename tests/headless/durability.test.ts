/** What was acknowledged is still there after SIGKILL; the folder belongs to one Keywheel at a time; ten thousand keys are no trouble. */
import { afterEach, describe, expect, test } from 'vitest'
import { startScriptedUpstream } from '../../src-main/demo/index.ts'
import { type Host, startHost, temporaryFolder } from '../support/host.ts'
import { startUnlockedHost } from '../support/unlocked-host.ts'

const running: Host[] = []
const keep = (host: Host) => {
  running.push(host)
  return host
}
afterEach(async () => {
  for (const host of running.splice(0)) await host.kill()
})

const secretOf = (n: number) => `sk-load-${String(n).padStart(32, '0')}`

describe('durability', () => {
  test('SIGKILL keeps every acknowledged key and pool', async () => {
    const dataDir = temporaryFolder()
    let host = keep(await startUnlockedHost({ dataDir }))
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
    const acknowledged: string[] = []
    for (let round = 0; round < 4; round += 1) {
      // Keys are still being added when the process is killed: the one under way may be there or not, the others must be.
      const adding = (async () => {
        for (let n = round * 1000; ; n += 1) {
          const answer = await host.rest('POST', '/keys', { secret: secretOf(n), pools: ['main'] })
          acknowledged.push((answer.body as { id: string }).id)
        }
      })()
      adding.catch(() => undefined)
      const wanted = acknowledged.length + 1 + round * 10
      await expect.poll(() => acknowledged.length, { interval: 1, timeout: 30_000 }).toBeGreaterThanOrEqual(wanted)
      await host.kill()
      await adding.catch(() => undefined)
      host = keep(await startUnlockedHost({ dataDir }))
      const ids = new Set<string>()
      let cursor = ''
      do {
        const page = (await host.rest('GET', `/keys?limit=200${cursor && `&cursor=${cursor}`}`)).body as {
          items: { id: string }[]
          nextCursor: string | null
        }
        for (const { id } of page.items) ids.add(id)
        cursor = page.nextCursor ?? ''
      } while (cursor)
      expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
      expect(ids.size - acknowledged.length).toBeLessThanOrEqual(round + 1)
    }
    expect((await host.rest('GET', '/vault')).body).toMatchObject({ state: 'unlocked' })
  })

  test('ten thousand keys go through the sealed vault in one import and are listed', async () => {
    const dataDir = temporaryFolder()
    const host = keep(await startUnlockedHost({ dataDir }))
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
    const text = Array.from({ length: 10_000 }, (_, n) => secretOf(n)).join('\n')
    expect((await host.rest('POST', '/keys/import', { text, pool: 'main' })).body).toMatchObject({
      added: 10_000,
      duplicates: 0,
      invalid: [],
    })
    expect((await host.rest('GET', '/keys?pool=main&limit=200')).body).toMatchObject({ total: 10_000 })
    expect((await host.rest('POST', '/keys/import', { text, pool: 'main' })).body).toMatchObject({ added: 0, duplicates: 10_000 })
    await host.kill()
    const again = keep(await startUnlockedHost({ dataDir }))
    expect((await again.rest('GET', `/keys?q=${secretOf(7777)}`)).body).toMatchObject({ total: 1 })
  })

  test('SIGKILL forgets nothing older than a second of what was learned: cool-downs, invalid marks, counters, limits', async () => {
    const dataDir = temporaryFolder()
    const upstream = await startScriptedUpstream()
    let host = keep(await startUnlockedHost({ dataDir }))
    const config = { queueTimeout: 0, limits: { '*': { rpd: 100 } } }
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1`, config })
    const { token } = (await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }
    const ids: string[] = []
    for (const n of [0, 1, 2, 3, 4]) {
      const key = { secret: secretOf(n), pools: ['main'], budget: { usd: 9, per: 'month' } }
      ids.push(((await host.rest('POST', '/keys', key)).body as { id: string }).id)
    }
    upstream.script(secretOf(0), { kind: 'rate-daily' })
    upstream.script(secretOf(1), { kind: 'key-invalid' })
    upstream.script(secretOf(2), { kind: 'no-credit' })
    upstream.script(secretOf(3), { kind: 'rate-short', retryAfterS: 1000 })
    upstream.script(secretOf(4), { kind: 'limited', requests: 40, account: 'org-1' })
    const call = async () => {
      const answer = await fetch(`${host.proxy}/main/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
      })
      await answer.text()
      return answer.status
    }
    type Meters = { scope: string; unit: string; per: string; source: string; limit: number; used: number }[]
    const seen = async () => {
      const keys = await Promise.all(ids.map(async (id) => (await host.rest('GET', `/keys/${id}`)).body))
      const meters = (await host.rest('GET', `/keys/${ids[4]}/limits`)).body as Meters
      return {
        keys: (keys as { state: string; account: unknown }[]).map(({ state, account }) => ({ state, account })),
        until: (keys as { until: number | null }[]).map(({ until }) => until ?? 0),
        meters: meters.map(({ scope, unit, per, source, limit }) => `${scope} ${unit} ${per} ${source} ${limit}`).toSorted(),
        today: meters.find(({ scope, per }) => scope === 'account' && per === 'day')?.used ?? 0,
      }
    }
    for (let n = 0; n < 5; n += 1) expect(await call()).toBe(200)
    // Longer than the second in which everything is written down.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const before = await seen()
    expect(before.keys.map(({ state }) => state)).toEqual(['exhausted', 'invalid', 'exhausted', 'cooling', 'ready'])
    expect(before.meters).toContain('account requests minute announced 40')
    expect(before.today).toBe(5)
    for (let n = 0; n < 3; n += 1) await call()
    await host.kill()

    host = keep(await startUnlockedHost({ dataDir }))
    const after = await seen()
    expect(after.keys).toEqual(before.keys)
    // Wall and monotonic time part by some ms.
    after.until.forEach((until, n) => expect(Math.abs(until - (before.until[n] ?? 0))).toBeLessThan(1000))
    expect(after.meters).toEqual(before.meters)
    expect(after.today).toBeGreaterThanOrEqual(5)
    expect(after.today).toBeLessThanOrEqual(8)
    expect(await call()).toBe(200)
    await upstream.close()
  })

  test('a second Keywheel on the same folder is refused in words', async () => {
    const host = keep(await startUnlockedHost())
    await expect(startHost({ dataDir: host.dataDir })).rejects.toThrow(/another Keywheel/i)
  })

  test('keys that have served are ready after a restart, and an import keeps the order of its lines', async () => {
    const dataDir = temporaryFolder()
    const upstream = await startScriptedUpstream()
    let host = keep(await startUnlockedHost({ dataDir }))
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai', baseUrl: `${upstream.url}/v1`, strategy: 'priority' })
    const text = [3, 1, 2].map(secretOf).join('\n')
    expect((await host.rest('POST', '/keys/import', { text, pool: 'main' })).body).toMatchObject({ added: 3 })
    const { token } = (await host.rest('POST', '/clients', { name: 'test' })).body as { token: string }
    const answer = await fetch(`${host.proxy}/main/models`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
    const before = (await host.rest('GET', '/keys')).body as { items: { label: string; hint: string; state: string }[] }
    expect(before.items.map(({ label, hint }) => [label, hint.slice(-1)])).toEqual([
      ['main 1', '3'],
      ['main 2', '1'],
      ['main 3', '2'],
    ])
    expect(before.items.map(({ state }) => state)).toEqual(expect.arrayContaining(['ready', 'unchecked', 'unchecked']))
    expect(await host.stop()).toBe(0)
    host = keep(await startUnlockedHost({ dataDir }))
    const after = (await host.rest('GET', '/keys')).body as typeof before
    expect(after.items.map(({ label, state }) => [label, state])).toEqual(before.items.map(({ label, state }) => [label, state]))
    await upstream.close()
  })

  test('the proxy comes back as it was', async () => {
    const dataDir = temporaryFolder()
    let host = keep(await startUnlockedHost({ dataDir }))
    await host.rest('POST', '/proxy/stop')
    expect(await host.stop()).toBe(0)
    host = keep(await startUnlockedHost({ dataDir }))
    expect(host.proxy).toBe(null)
    await host.rest('POST', '/proxy/start', { port: 0 })
    expect(await host.stop()).toBe(0)
    host = keep(await startUnlockedHost({ dataDir }))
    expect(host.proxy).not.toBe(null)
  })

  test('without any way to open it the vault is locked, says what to do, and takes no key', async () => {
    const host = keep(await startHost())
    expect((await host.rest('GET', '/vault')).body).toMatchObject({
      state: 'new',
      reason: 'NO_VAULT',
      message: expect.any(String),
    })
    await host.rest('POST', '/pools', { slug: 'main', provider: 'openai' })
    expect(await host.rest('POST', '/keys', { secret: secretOf(1), pools: ['main'] })).toMatchObject({
      status: 423,
      body: { code: 'VAULT_LOCKED' },
    })
    expect(
      (await host.rest('POST', '/vault', { mode: 'sealed', slot: { kind: 'passphrase', passphrase: 'a good passphrase' } }))
        .status,
    ).toBe(201)
    expect((await host.rest('POST', '/keys', { secret: secretOf(1), pools: ['main'] })).status).toBe(201)
  })
})
