/** What apipool-ng got wrong, fault by fault: none of it happens here. */
import { expect, test, vi } from 'vitest'
import { ApiKeyManager, DynamicKeyManager, MemoryUsageStore, PoolExhaustedError } from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { failure, LimitError, noted, pending, rig, type StubClient, StubKey, settle } from './rig.ts'

const boom = () => {
  throw new Error('boom')
}

test('1: an error that is no rate limit never takes a key out, not even the only one of a service', async () => {
  const { manager } = rig(['a'], (_, isBad) => (isBad ? boom() : 'ok'), { reachLimit: (error) => error instanceof LimitError })
  await failure(manager.dummyclient.call(true))
  await manager.batchExec('no.such.method', [['x']])
  expect([await manager.dummyclient.call(), manager.poolSize]).toEqual(['ok', 1])
})

test('2: checkUsable may find bad keys anywhere', async () => {
  const manager = new ApiKeyManager({ keys: ['a', 'b', 'c', 'd'].map((name) => new StubKey(name, { test: () => name > 'b' })) })
  await manager.checkUsable()
  expect([...manager.activeKeys.keys()]).toEqual(['c', 'd'])
  await manager.close()
})

test('3: the default statistics stand concurrent calls and batches, and go on afterwards', async () => {
  const { manager } = rig(['a', 'b'])
  await manager.callConcurrent(
    'call',
    Array.from({ length: 20 }, () => []),
  )
  await manager.batchExec(
    'call',
    Array.from({ length: 20 }, (_, index) => [index]),
  )
  await manager.dummyclient.call()
  expect([manager.poolSize, await manager.stats.usageCountInRecentNSeconds(60)]).toEqual([2, 41])
})

test('4: calls that end in the same microsecond are all counted', async () => {
  const { manager } = rig(['a'])
  await Promise.all(Array.from({ length: 50 }, () => manager.dummyclient.call()))
  expect(await manager.stats.usageCountInRecentNSeconds(60, { primaryKey: 'a' })).toBe(50)
})

test('5: a batch calls an id once, keeps empty answers, takes no items, and a slow item holds nobody up', async () => {
  const gate = pending()
  const { manager, clock, used } = rig(['a'], (_, value) => (value === 'slow' ? gate.promise : null))
  expect((await manager.batchExec('call', [])).total).toBe(0)
  const batch = manager.batchExec('call', [['x'], ['x'], ['y', ['slow']]], { timeout: 1 })
  await settle()
  clock.advance(1001)
  const result = await batch
  expect([result.total, [...result.results], [...result.errors.keys()], result.elapsed, used.length]).toEqual([
    2,
    [['x', null]],
    ['y'],
    1.001,
    2,
  ])
})

test('6: an empty answer is an answer: no other key is tried, none is booked, and it is not made into null', async () => {
  for (const value of [null, false, '', undefined]) {
    const { manager, used } = rig(['a', 'b'], () => Promise.resolve(value))
    expect(await manager.adummyclient.call()).toBe(value)
    expect([used.length, await manager.stats.usageCountInRecentNSeconds(60, { statusId: 5 })]).toEqual([1, 0])
  }
})

test('6: what is tried again is called on the key that it is booked on', async () => {
  const { manager, used } = rig(['a', 'b', 'c'], boom, { config: { retryOnFailure: true, maxRetries: 2 } })
  await failure(manager.dummyclient.call())
  const events = await manager.stats.queryEventInRecentNSeconds(60)
  expect(events.map(({ keyIdentifier }) => keyIdentifier)).toEqual(used)
  expect(new Set(used).size).toBe(3)
})

test('7: two calls that reach the limit of one key at once both throw their own error', async () => {
  const gate = pending()
  const { manager } = rig(['a'], () => gate.promise)
  const calls = [failure(manager.dummyclient.call()), failure(manager.dummyclient.call())]
  await settle()
  const error = new LimitError(1)
  gate.reject(error)
  expect(await Promise.all(calls)).toEqual([error, error])
})

test('8: a key that reached its limit comes back at the time the service named, not before and not never', async () => {
  let isLimited = true
  const { manager, clock } = rig(['a'], () => {
    if (isLimited) throw new LimitError(90)
    return 'ok'
  })
  await failure(manager.dummyclient.call())
  isLimited = false
  clock.advance(89_990)
  expect(await failure(manager.dummyclient.call())).toBeInstanceOf(PoolExhaustedError)
  clock.advance(20)
  expect(await manager.dummyclient.call()).toBe('ok')
})

test('9: rate limit, strategy, priority, time-out and retries of the settings hold for single calls', async () => {
  const clock = new VirtualClock()
  const used: string[] = []
  const answer = (key: string) => (key === 'first' ? boom() : 'ok')
  const keys = ['second', 'first'].map(
    (name) => new StubKey(name, { answer: noted(used, answer), priority: name === 'first' ? 0 : 1 }),
  )
  const config = {
    rotation_strategy: 'priority',
    rate_limit: 3,
    rate_limit_interval: 60,
    retry_on_failure: true,
    max_retries: 1,
    queueTimeout: 1,
  }
  const manager = new ApiKeyManager({ keys, clock, config })
  for (let call = 0; call < 3; call += 1) expect(await manager.dummyclient.call()).toBe('ok')
  expect(used).toEqual(['first', 'second', 'first', 'second', 'first', 'second'])
  expect(await failure(manager.dummyclient.call())).toMatchObject({ code: 'POOL_EXHAUSTED', retryAfter: 60 })
  await manager.close()
})

test('10: a changed secret is picked up, and an empty fetch empties nothing', async () => {
  let list: string[] | null = ['a=1']
  const manager = new DynamicKeyManager<StubClient>({
    keyFetcher: () => list,
    apiKeyFactory: (raw) => new StubKey(raw.split('=')[0] ?? '', { answer: () => raw }),
    clock: new VirtualClock(),
    onProblem: () => undefined,
  })
  await manager.start()
  list = ['a=2']
  await manager.refresh()
  for (list of [null, []]) await manager.refresh()
  expect(await manager.dummyclient.call()).toBe('a=2')
  await manager.close()
})

test('11: neither messages nor stores hold a key', async () => {
  const secret = 'sk-live-0123456789abcdef'
  const stored: unknown[] = []
  class Spy extends MemoryUsageStore {
    override add(event: Parameters<MemoryUsageStore['add']>[0]): void {
      stored.push(event)
      super.add(event)
    }
  }
  const quoted = () => {
    throw new LimitError(60)
  }
  const { manager, problems } = rig([secret], quoted, { stats: new Spy() })
  const connect = () => {
    throw new Error(`no client for ${secret}`)
  }
  await manager.addOne(new StubKey(secret), { upsert: false })
  const errors = [
    await failure(manager.dummyclient.call()),
    await failure(manager.dummyclient.call()),
    await failure(manager.removeOne(`${secret}x`)),
  ]
  const broken = rig([], undefined)
  await failure(broken.manager.addOne(new StubKey(secret, { connect })))
  expect(JSON.stringify([stored, problems, broken.problems, errors.map((error) => error.message)])).not.toContain('0123456789')
})

test('12: a thousand keys are one pool at once, and no call waits for a disk', async () => {
  const manager = new ApiKeyManager({ keys: Array.from({ length: 1000 }, (_, index) => new StubKey(`k${index}`)) })
  expect(manager.poolSize).toBe(1000)
  await manager.close()
})

test('14: shutting down throws nothing', async () => {
  const manager = new DynamicKeyManager<StubClient>({
    keyFetcher: () => ['a'],
    apiKeyFactory: (raw) => new StubKey(raw),
    clock: new VirtualClock(),
  })
  await manager.astart()
  await expect(manager.ashutdown()).resolves.toBeUndefined()
})

test('16: nothing is printed, and a client that cannot be made is thrown where it was added', async () => {
  const print = [vi.spyOn(console, 'log'), vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]
  const { manager } = rig(['a'])
  await manager.checkUsable()
  await failure(manager.addOne(new StubKey('b', { connect: boom })))
  await manager.dummyclient.call()
  expect(print.flatMap(({ mock }) => mock.calls)).toEqual([])
  vi.restoreAllMocks()
  expect(manager.poolSize).toBe(1)
})
