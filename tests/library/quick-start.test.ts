/**
 * apipool-ng's quick start and the other examples of its documentation (README, examples/, migration guides; 1.0.9),
 * example by example, in TypeScript and against a service behind real HTTP. The examples of its server mode are not here:
 * the library does not speak to servers yet.
 */
import { expect, test } from 'vitest'
import * as keywheel from '../../src-main/library/index.ts'
import {
  ApiKey,
  ApiKeyManager,
  AsyncDynamicKeyManager,
  type BatchResult,
  DynamicKeyManager,
  PoolConfig,
  PoolExhaustedError,
  StatusCollection,
} from '../../src-main/library/index.ts'
import { type FakeService, MyApiKey, PriceClient, RateLimitError, startService } from './fake-service.ts'

const names = ['key1', 'key2', 'key3']
const keysOf = (service: FakeService, keys = names) => keys.map((key) => new MyApiKey(service.url, key))
const total = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0)

test('library mode: sub-class ApiKey, make a manager, check, call', async () => {
  const service = await startService()
  const apikeys = names.map((key) => new MyApiKey(service.url, key))
  const manager = new ApiKeyManager({ keys: apikeys })
  const report = await manager.checkUsable()
  expect(report.usable).toEqual(apikeys)
  const result = await manager.dummyclient.someApiMethod('arg')
  expect(result).toEqual({ path: '/some', query: { argument: 'arg' } })
  await manager.close()
})

test('dummyclient and adummyclient: one method, and a chain of attributes', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  expect(await manager.dummyclient.ping()).toEqual({ gecko_says: 'to the moon' })
  expect(await manager.adummyclient.ping()).toEqual({ gecko_says: 'to the moon' })
  expect(await manager.adummyclient.coins.simple.price.get({ ids: 'bitcoin' })).toEqual({ bitcoin: { usd: 97_000 } })
  await manager.close()
})

test('keys rotate: calls go out on all of them', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  for (let call = 0; call < 60; call += 1) await manager.dummyclient.ping()
  expect([...service.served.keys()].toSorted()).toEqual(names)
  expect(total(service.served.values())).toBe(60)
  await manager.close()
})

test('rate limits: reach_limit_exc takes the key out of rotation and is thrown; without keys, PoolExhaustedError', async () => {
  const service = await startService()
  const apikeys = keysOf(service)
  for (const key of names) service.limit(key, 2)
  const manager = new ApiKeyManager({ keys: apikeys, reachLimit: RateLimitError })
  const ends: string[] = []
  for (let call = 0; call < 12; call += 1) {
    try {
      await manager.dummyclient.ping()
      ends.push('ok')
    } catch (error) {
      ends.push(error instanceof PoolExhaustedError ? 'exhausted' : (error as Error).name)
    }
  }
  expect(ends.filter((end) => end === 'ok')).toHaveLength(6)
  expect(ends.filter((end) => end === 'RateLimitError')).toHaveLength(3)
  expect(ends.slice(9)).toEqual(['exhausted', 'exhausted', 'exhausted'])
  // Each key was refused once and then left alone.
  expect([...service.refused.values()]).toEqual([1, 1, 1])
  await manager.close()
})

test('all keys exhausted: the error says when the first is back', async () => {
  const service = await startService()
  service.limit('key1', 0, 30)
  const manager = new ApiKeyManager({ keys: keysOf(service, ['key1']), reachLimit: RateLimitError })
  await expect(manager.dummyclient.ping()).rejects.toThrow(RateLimitError)
  const error = await manager.dummyclient.ping().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PoolExhaustedError)
  expect((error as PoolExhaustedError).retryAfter).toBeGreaterThan(25)
  expect((error as PoolExhaustedError).retryAfter).toBeLessThanOrEqual(30)
  await manager.close()
})

test('DynamicKeyManager: fetched keys, callbacks, pool size, graceful shutdown', async () => {
  const service = await startService()
  let rawKeys = ['CG-xxx', 'CG-yyy']
  const added: string[][] = []
  const removed: string[][] = []
  const manager = new DynamicKeyManager({
    keyFetcher: () => rawKeys,
    apiKeyFactory: (rawKey) => new MyApiKey(service.url, rawKey),
    refreshInterval: 120,
    onKeysAdded: (keys) => void added.push(keys),
    onKeysRemoved: (keys) => void removed.push(keys),
  })
  expect(await manager.dummyclient.ping()).toEqual({ gecko_says: 'to the moon' })
  expect(manager.poolSize).toBe(2)
  rawKeys = ['CG-yyy', 'CG-zzz']
  await manager.refresh()
  expect({ added, removed, size: manager.poolSize }).toEqual({ added: [['CG-zzz']], removed: [['CG-xxx']], size: 2 })
  rawKeys = ['CG-xxx', 'CG-yyy', 'CG-zzz']
  await manager.refresh()
  expect(added.at(-1)).toEqual(['CG-xxx'])
  await manager.shutdown()
})

test('AsyncDynamicKeyManager: astart, calls, ashutdown', async () => {
  const service = await startService()
  const manager = new AsyncDynamicKeyManager({
    keyFetcher: () => Promise.resolve(['CG-xxx', 'CG-yyy']),
    apiKeyFactory: (rawKey) => Promise.resolve(new MyApiKey(service.url, rawKey)),
    refreshInterval: 120,
  })
  expect(manager.poolSize).toBe(0)
  await manager.astart()
  expect(await manager.adummyclient.coins.simple.price.get({ ids: 'bitcoin' })).toEqual({ bitcoin: { usd: 97_000 } })
  expect(manager.poolSize).toBe(2)
  await manager.ashutdown()
})

test('configuration sync: fetched with the keys, readable at any time, and applied by hand', async () => {
  const service = await startService()
  const answer = {
    pool_config: { concurrency: 5, timeout: 15 },
    rotation_strategy: 'round_robin',
    reach_limit_exception: null,
    client_type: 'x',
  }
  const manager = new DynamicKeyManager({
    keyFetcher: () => names,
    apiKeyFactory: (rawKey) => new MyApiKey(service.url, rawKey),
    configFetcher: () => PoolConfig.fromServerResponse(answer),
    refreshInterval: 120,
  })
  await manager.start()
  expect([manager.config.concurrency, manager.config.timeout]).toEqual([5, 15])
  manager.applyConfig(PoolConfig.fromServerResponse({ ...answer, pool_config: { concurrency: 7 } }))
  expect([manager.config.concurrency, manager.config.timeout]).toEqual([7, 30])
  await manager.shutdown()
})

test('callConcurrent and acallConcurrent: one method, many arguments, results in order', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  const results = await manager.callConcurrent('someApiMethod', [['a1'], ['a2'], ['a3']], {
    kwargsList: [{ key: 'a' }, { key: 'b' }, { key: 'c' }],
    maxConcurrency: 10,
    timeout: 15,
  })
  expect(results).toEqual(['a', 'b', 'c'].map((key, index) => ({ path: '/some', query: { argument: `a${index + 1}`, key } })))
  const coins = await manager.acallConcurrent('coins.simple.price.get', [[], [], []], {
    kwargsList: [{ ids: 'bitcoin' }, { ids: 'ethereum' }, { ids: 'solana' }],
    maxConcurrency: 5,
    timeout: 10,
  })
  expect(coins.map((coin) => Object.keys(coin as object))).toEqual([['bitcoin'], ['ethereum'], ['solana']])
  await manager.close()
})

test('batchExec: success, failed items, banned keys, single results', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  const result: BatchResult<string> = await manager.batchExec(
    'coins.simple.price.get',
    [
      ['bitcoin', [], { ids: 'bitcoin', vs_currencies: 'usd' }],
      ['ethereum', [], { ids: 'ethereum', vs_currencies: 'usd' }],
      ['no-such-coin', [], { ids: 'no-such-coin', vs_currencies: 'usd' }],
    ],
    { maxConcurrency: 20, timeout: 10, retryOnFailure: true, maxRetries: 3, banThreshold: 3, banDuration: 300 },
  )
  expect(`${result.succeeded}/${result.total} (${(result.successRate * 100).toFixed(1)}%)`).toBe('2/3 (66.7%)')
  expect([...result.errors.keys()]).toEqual(['no-such-coin'])
  expect([...result.bannedKeys.keys()]).toEqual([])
  expect(result.results.get('bitcoin')).toEqual({ bitcoin: { usd: 97_000 } })
  expect(result.elapsed).toBeGreaterThan(0)
  await manager.close()
})

test('abatchExec is the same', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  const options = { maxConcurrency: 50, retryOnFailure: true, maxRetries: 3 }
  const result = await manager.abatchExec('coins.simple.price.get', [['solana', [{ ids: 'solana' }]]], options)
  expect([...result.results]).toEqual([['solana', { solana: { usd: 210 } }]])
  await manager.close()
})

test('statistics: per key, by status, with latency and method', async () => {
  const service = await startService()
  service.limit('key1', 1)
  const manager = new ApiKeyManager({ keys: keysOf(service, ['key1']), reachLimit: RateLimitError })
  await manager.dummyclient.coins.simple.price.get({ ids: 'bitcoin' })
  await manager.dummyclient.ping().catch(() => undefined)
  expect(await manager.stats.usageCountStatsInRecentNSeconds(3600)).toEqual(new Map([['key1', 2]]))
  const { c9_ReachLimit } = StatusCollection
  expect(await manager.stats.usageCountInRecentNSeconds(3600, { statusId: c9_ReachLimit.id })).toBe(1)
  const events = await manager.stats.queryEventInRecentNSeconds(3600)
  expect(events.map(({ method, status }) => ({ method, status }))).toEqual([
    { method: 'coins.simple.price.get', status: 'success' },
    { method: 'ping', status: 'reach limit' },
  ])
  expect(events.every(({ latency }) => latency !== null && latency > 0)).toBe(true)
  await manager.close()
})

test('checkUsable is counted under its own name', async () => {
  const service = await startService()
  service.revoked.add('key2')
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  await manager.checkUsable()
  const events = await manager.stats.queryEventInRecentNSeconds(3600)
  expect(events.map(({ method }) => method)).toEqual(['check_usable', 'check_usable', 'check_usable'])
  expect(events.filter(({ statusId }) => statusId === 5).map(({ keyIdentifier }) => keyIdentifier)).toEqual(['key2'])
  expect([...manager.archivedKeys.keys()]).toEqual(['key2'])
  await manager.close()
})

test('examples/coingecko_client: two and three levels, and closing the clients', async () => {
  const service = await startService()
  const manager = new ApiKeyManager({ keys: keysOf(service) })
  expect(await manager.dummyclient.coins.markets({ vs_currency: 'usd', per_page: 5 })).toEqual({
    path: '/coins/markets',
    query: { vs_currency: 'usd', per_page: '5' },
  })
  expect(await manager.adummyclient.simple.price.get({ ids: 'bitcoin', vs_currencies: 'usd' })).toHaveProperty('bitcoin')
  for (const key of manager.activeKeys.values()) expect(await key.connectClient()).toBeInstanceOf(PriceClient)
  await manager.close()
})

test('examples/google_geocoding: a usability test that compares an answer, three calls, counts per key', async () => {
  const service = await startService()
  const address = '1600 Pennsylvania Ave NW, Washington, DC 20500'
  class GoogleGeocoderApiKey extends MyApiKey {
    override async testUsability(client: PriceClient) {
      const location = await client.geocode(address, { exactlyOne: true })
      return location.formatted_address === `${address}, USA`
    }
  }
  const keys = ['g1', 'g2', 'g3', 'g4', 'g5'].map((key) => new GoogleGeocoderApiKey(service.url, key))
  const manager = new ApiKeyManager({ keys, reachLimit: RateLimitError })
  await manager.checkUsable()
  for (let call = 0; call < 3; call += 1) await manager.dummyclient.geocode(address, { exactlyOne: true })
  const counts = await manager.stats.usageCountStatsInRecentNSeconds(3600)
  expect([...counts.keys()]).toEqual(['g1', 'g2', 'g3', 'g4', 'g5'])
  expect(total(counts.values())).toBe(8)
  await manager.close()
})

test('the tutorial of 2018: ten timelines, and the successful events of a day', async () => {
  const service = await startService()
  class TwitterApiKey extends ApiKey<PriceClient> {
    readonly #token: string
    constructor(token: string) {
      super()
      this.#token = token
    }
    get primaryKey() {
      return this.#token
    }
    createClient() {
      return new PriceClient(service.url, this.#token)
    }
    async testUsability(client: PriceClient) {
      return (await client.getUserTimeline({ screenName: 'someone' })).length >= 5
    }
  }
  const manager = new ApiKeyManager({ keys: ['t1', 't2', 't3'].map((token) => new TwitterApiKey(token)) })
  await manager.checkUsable()
  for (let call = 0; call < 10; call += 1) await manager.dummyclient.getUserTimeline({ screenName: 'someone' })
  expect(total((await manager.stats.usageCountStatsInRecentNSeconds(3600)).values())).toBe(13)
  const events = await manager.stats.queryEventInRecentNSeconds(24 * 3600, { statusId: StatusCollection.c1_Success.id })
  expect(events).toHaveLength(13)
  await manager.close()
})

test('migration guide: connect and check by hand, remove what fails, walk a dotted path', async () => {
  const service = await startService()
  service.revoked.add('key3')
  const adapters = keysOf(service)
  for (const adapter of adapters) await adapter.aconnectClient()
  const manager = new ApiKeyManager({ keys: adapters, reachLimit: RateLimitError })
  for (const [primaryKey, key] of manager.activeKeys) if (!(await key.aisUsable())) await manager.removeOne(primaryKey)
  expect(`${manager.poolSize}/${adapters.length} keys active`).toBe('2/3 keys active')
  expect(await manager.call('coins.simple.price.get', [{ ids: 'bitcoin', vs_currencies: 'usd' }])).toHaveProperty('bitcoin')
  await manager.close()
})

test('every name of the documentation that does not speak to a server is exported', () => {
  const classes = ['ApiKey', 'ApiKeyManager', 'PoolExhaustedError', 'BatchResult', 'DynamicKeyManager', 'AsyncDynamicKeyManager']
  expect(Object.keys(keywheel)).toEqual(expect.arrayContaining([...classes, 'StatusCollection', 'StatsCollector', 'PoolConfig']))
})
