/** DynamicKeyManager: a pool in step with a list that others keep. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  AsyncDynamicKeyManager,
  DynamicKeyManager,
  type DynamicKeyManagerOptions,
  type PoolConfigInput,
  type Problem,
} from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { failure, LimitError, noted, pending, type StubClient, StubKey, settle } from './rig.ts'

type Options = Partial<DynamicKeyManagerOptions<StubClient>>

interface Source {
  list: string[] | null | undefined
  error: Error | null
  fetches: number
}

/** Raw keys are `name` or `name=secret`; the part before the sign is the primary key. */
function dynamic(list: string[], options: Options = {}) {
  const source: Source = { list, error: null, fetches: 0 }
  const clock = new VirtualClock()
  const used: string[] = []
  const made: string[] = []
  const problems: Problem[] = []
  const told: string[] = []
  const apiKeyFactory = (raw: string) => {
    made.push(raw)
    if (raw.includes('bad')) throw new Error(`cannot use ${raw}`)
    const [name = ''] = raw.split('=')
    return new StubKey(name, { answer: noted(used, () => raw) })
  }
  const manager = new DynamicKeyManager<StubClient>({
    keyFetcher: async () => {
      source.fetches += 1
      if (source.error) throw source.error
      return source.list
    },
    apiKeyFactory,
    clock,
    strategy: 'round_robin',
    reachLimit: LimitError,
    onProblem: (problem) => problems.push(problem),
    onKeysAdded: (keys) => void told.push(`+${keys.join()}`),
    onKeysRemoved: (keys) => void told.push(`-${keys.join()}`),
    ...options,
  })
  onTestFinished(() => manager.close())
  return { manager, source, clock, used, made, problems, told, active: () => [...manager.activeKeys.keys()].toSorted() }
}

describe('refresh', () => {
  test('brings new keys, takes missing ones out, brings back those that return, and says so', async () => {
    const { manager, source, told, active } = dynamic(['a', 'b'])
    await manager.start()
    expect([active(), told]).toEqual([['a', 'b'], []])
    source.list = ['b', 'c']
    expect(await manager.refresh()).toEqual({ added: ['c'], replaced: [], removed: ['a'], skipped: 0 })
    source.list = ['a', 'b', 'c']
    expect(await manager.refresh()).toMatchObject({ added: ['a'], removed: [] })
    expect([active(), told, manager.archivedKeys.size]).toEqual([['a', 'b', 'c'], ['+c', '-a', '+a'], 0])
  })

  test('makes a key only once, however often it is fetched', async () => {
    const { manager, made } = dynamic(['a', 'b'])
    await manager.start()
    for (let round = 0; round < 5; round += 1) await manager.refresh()
    expect(made).toEqual(['a', 'b'])
  })

  test('a changed secret under the same primary key is used from the next call on', async () => {
    const { manager, source, told } = dynamic(['a=old'])
    expect(await manager.dummyclient.call()).toBe('a=old')
    source.list = ['a=new']
    expect(await manager.refresh()).toMatchObject({ added: [], replaced: ['a'], removed: [] })
    expect([await manager.dummyclient.call(), manager.poolSize, told]).toEqual(['a=new', 1, []])
  })

  test('a key that comes back is the fresh one, not the old object', async () => {
    const { manager, source } = dynamic(['a=1', 'b'])
    await manager.start()
    source.list = ['b']
    await manager.refresh()
    source.list = ['a=2', 'b']
    await manager.refresh()
    const answers = new Set([await manager.dummyclient.call(), await manager.dummyclient.call()])
    expect(answers).toEqual(new Set(['a=2', 'b']))
  })

  test('a list with the same key twice has it once', async () => {
    const { manager, active, problems } = dynamic(['a', 'a', 'b'])
    await manager.start()
    expect([active(), problems]).toEqual([['a', 'b'], []])
  })

  test('two raw keys with one primary key: the first counts, and someone hears of the other', async () => {
    const { manager, problems } = dynamic(['a=1', 'a=2'])
    await manager.start()
    expect([manager.poolSize, await manager.dummyclient.call()]).toEqual([1, 'a=1'])
    expect(problems.map(({ code }) => code)).toEqual(['KEY_SKIPPED'])
  })

  test('keys may be objects', async () => {
    const manager = new DynamicKeyManager<StubClient, { id: number; key: string }>({
      keyFetcher: () => [{ id: 1, key: 'x' }],
      apiKeyFactory: ({ id, key }) => new StubKey(String(id), { answer: () => key }),
    })
    expect(await manager.dummyclient.call()).toBe('x')
    await manager.close()
  })
})

describe('nothing empties a pool by accident', () => {
  test.each<[string, Partial<Source>, string]>([
    ['an empty list', { list: [] }, 'FETCH_EMPTY'],
    ['null', { list: null }, 'FETCH_EMPTY'],
    ['nothing', { list: undefined }, 'FETCH_EMPTY'],
    ['an error', { error: new Error('offline') }, 'FETCH_FAILED'],
    ['what is no list', { list: 'oops' as unknown as string[] }, 'FETCH_FAILED'],
    ['only keys that cannot be made', { list: ['bad1', 'bad2'] }, 'FETCH_EMPTY'],
  ])('%s', async (_, change, code) => {
    const { manager, source, active, problems, told } = dynamic(['a', 'b'])
    await manager.start()
    Object.assign(source, change)
    await manager.refresh()
    expect([active(), problems.at(-1)?.code, told]).toEqual([['a', 'b'], code, []])
  })

  test('unless the program allows it', async () => {
    const { manager, source, told } = dynamic(['a'], { allowEmpty: true })
    await manager.start()
    source.list = []
    await manager.refresh()
    expect([manager.poolSize, told]).toEqual([0, ['-a']])
  })

  test('a first fetch that fails is an empty pool that fills later', async () => {
    const { manager, source, clock } = dynamic([])
    source.error = new Error('offline')
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'no-keys' })
    source.error = null
    source.list = ['a']
    clock.advance(60_000)
    await settle()
    expect(await manager.dummyclient.call()).toBe('a')
  })
})

describe('one key of many', () => {
  test('whose factory throws is lost alone, reported without the key, and tried again', async () => {
    const { manager, source, active, problems, made } = dynamic(['a', 'bad-secret-key', 'c'])
    await manager.start()
    expect(active()).toEqual(['a', 'c'])
    expect(problems).toEqual([
      { code: 'KEY_SKIPPED', message: 'Key 2 of 3 was skipped until the next refresh: Error: cannot use ***' },
    ])
    await manager.refresh()
    expect(made.filter((raw) => raw === 'bad-secret-key')).toHaveLength(2)
    source.list = ['a', 'c', 'd']
    expect(await manager.refresh()).toMatchObject({ added: ['d'], removed: [], skipped: 0 })
  })

  test('whose client cannot be made is the same', async () => {
    const connect = () => {
      throw new Error('refused sk-1')
    }
    const { manager, active, problems } = dynamic(['sk-1', 'b'], {
      apiKeyFactory: (raw) => new StubKey(raw, raw === 'sk-1' ? { connect } : {}),
    })
    await manager.start()
    expect([active(), problems.map(({ message }) => message)]).toEqual([
      ['b'],
      ['Key 1 of 2 was skipped until the next refresh: Error: refused ***'],
    ])
  })

  test('that a program took out stays out while it is in the list', async () => {
    const { manager, active } = dynamic(['a', 'b'])
    await manager.start()
    await manager.removeOne('a')
    await manager.refresh()
    expect(active()).toEqual(['b'])
  })

  test('that failed its test and has left the list is not brought back by a test', async () => {
    let isGood = false
    const { manager, source, active } = dynamic(['a', 'b'], {
      apiKeyFactory: (raw) => new StubKey(raw, { test: () => raw !== 'a' || isGood }),
    })
    await manager.start()
    await manager.checkUsable()
    source.list = ['b']
    await manager.refresh()
    isGood = true
    await manager.checkUsable()
    expect(active()).toEqual(['b'])
  })
})

describe('a reached limit', () => {
  test('is not forgotten by a refresh, nor by a key that leaves and returns', async () => {
    const { manager, source, clock } = dynamic(['a'], {
      allowEmpty: true,
      apiKeyFactory: (raw) =>
        new StubKey(raw, {
          answer: () => {
            throw new LimitError(3600)
          },
        }),
    })
    await failure(manager.dummyclient.call())
    for (let round = 0; round < 3; round += 1) {
      clock.advance(60_000)
      await settle()
    }
    expect(source.fetches).toBe(4)
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'cooling', retryAfter: 3600 - 180 })
    source.list = []
    await manager.refresh()
    source.list = ['a']
    await manager.refresh()
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'cooling', retryAfter: 3600 - 180 })
  })
})

describe('settings', () => {
  test('are fetched after the keys, and bad or missing ones change nothing', async () => {
    let config: PoolConfigInput | null = { timeout: 9 }
    const { manager, problems } = dynamic(['a'], { configFetcher: () => config })
    await manager.start()
    expect(manager.config.timeout).toBe(9)
    config = { timeout: -1 }
    await manager.refresh()
    config = null
    await manager.refresh()
    expect([manager.config.timeout, problems.map(({ code }) => code)]).toEqual([9, ['CONFIG_FAILED']])
  })
})

describe('start and stop', () => {
  test('calls wait for the first list', async () => {
    const gate = pending<string[]>()
    const { manager } = dynamic([], { keyFetcher: () => gate.promise })
    const call = manager.dummyclient.call()
    const batch = manager.batchExec('call', [['x']])
    await settle()
    gate.resolve(['a'])
    expect([await call, (await batch).succeeded]).toEqual(['a', 1])
  })

  test('a refresh comes after every interval, and none after stop', async () => {
    const { manager, source, clock } = dynamic(['a'], { refreshInterval: 10 })
    await manager.start()
    await manager.start()
    for (let round = 0; round < 3; round += 1) {
      clock.advance(10_000)
      await settle()
    }
    expect(source.fetches).toBe(4)
    await manager.stop()
    clock.advance(100_000)
    await settle()
    expect(source.fetches).toBe(4)
    await manager.start()
    expect(source.fetches).toBe(5)
  })

  test('a slow refresh is not overtaken: several at once are one', async () => {
    const gate = pending<string[]>()
    let fetches = 0
    const keyFetcher = () => {
      fetches += 1
      return gate.promise
    }
    const { manager, clock } = dynamic([], { keyFetcher, refreshInterval: 1 })
    const refreshes = [manager.refresh(), manager.refresh()]
    clock.advance(60_000)
    await settle()
    gate.resolve(['a'])
    await Promise.all(refreshes)
    expect(fetches).toBe(1)
  })

  test('stop in the middle of a refresh: its signal is aborted, and it changes nothing', async () => {
    const gate = pending<string[]>()
    let signal: AbortSignal | undefined
    const { manager, problems, clock } = dynamic([], {
      keyFetcher: (context) => {
        signal = context.signal
        return gate.promise
      },
    })
    await settle()
    const stopped = manager.stop()
    expect(signal?.aborted).toBe(true)
    gate.resolve(['a'])
    await stopped
    expect([manager.poolSize, problems, clock.pending]).toEqual([0, [], 0])
  })

  test('start after a stop in the middle of a refresh fetches anew', async () => {
    const gates = [pending<string[]>(), pending<string[]>()]
    let fetches = 0
    const { manager } = dynamic([], { keyFetcher: () => gates[fetches++]?.promise ?? [] })
    await settle()
    const stopped = manager.stop()
    const started = manager.start()
    gates[0]?.resolve(['old'])
    gates[1]?.resolve(['new'])
    await Promise.all([stopped, started])
    expect([...manager.activeKeys.keys()]).toEqual(['new'])
  })

  test('shutdown leaves no timer behind, may be called twice, and throws nothing', async () => {
    const { manager, clock } = dynamic(['a'])
    await manager.start()
    await Promise.all([manager.shutdown(), manager.ashutdown()])
    expect(clock.pending).toBe(0)
  })

  test('AsyncDynamicKeyManager fetches nothing before it is told to', async () => {
    let fetches = 0
    const manager = new AsyncDynamicKeyManager<StubClient>({
      keyFetcher: () => {
        fetches += 1
        return ['a']
      },
      apiKeyFactory: (raw) => new StubKey(raw, { answer: () => raw }),
      clock: new VirtualClock(),
    })
    await settle()
    expect(fetches).toBe(0)
    await manager.ainit()
    expect([fetches, manager.poolSize]).toEqual([1, 1])
    await manager.astart()
    await manager.arefresh()
    expect(await manager.adummyclient.call()).toBe('a')
    await manager.ashutdown()
  })

  test('a callback that throws is reported, and the refresh is done', async () => {
    const { manager, source, problems, active } = dynamic(['a'], {
      onKeysAdded: () => Promise.reject(new Error('oops')),
    })
    await manager.start()
    source.list = ['a', 'b']
    await manager.refresh()
    expect([active(), problems]).toEqual([['a', 'b'], [{ code: 'CALLBACK_FAILED', message: 'onKeysAdded threw: Error: oops' }]])
  })

  test.each([0, -5, Number.NaN])('an interval of %s s is refused', (refreshInterval) => {
    expect(() => dynamic([], { refreshInterval })).toThrow(expect.objectContaining({ field: 'refreshInterval' }))
  })
})

describe('what never answers', () => {
  const hangs = { keyFetcher: () => pending<string[]>().promise, config: { timeout: 5, queueTimeout: 3 } }

  test('holds no call longer than one that waits for a key, nor one whose signal is aborted', async () => {
    const { manager, clock } = dynamic([], hangs)
    const call = failure(manager.dummyclient.call())
    const abort = new AbortController()
    const other = failure(manager.call('call', [], { signal: abort.signal }))
    const batch = manager.batchExec('call', [['a']])
    abort.abort(new Error('gone'))
    clock.advance(3000)
    expect(await call).toMatchObject({ name: 'PoolExhaustedError', reason: 'loading' })
    expect((await other).message).toBe('gone')
    expect((await batch).failed).toBe(1)
  })

  test('ends with the time-out, and the next refresh is another', async () => {
    let fetches = 0
    const signals: AbortSignal[] = []
    const { manager, clock, problems } = dynamic([], {
      ...hangs,
      keyFetcher: ({ signal }) => {
        signals.push(signal)
        return ++fetches === 1 ? pending<string[]>().promise : ['a']
      },
    })
    await settle()
    clock.advance(5000)
    await settle()
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('keyFetcher did not answer within 5 s')])
    expect(signals[0]?.aborted).toBe(true)
    clock.advance(60_000)
    await settle()
    expect(await manager.dummyclient.call()).toBe('a')
  })

  test('holds neither stop nor close, be it the fetcher, the factory or a client', async () => {
    const never = () => pending<never>().promise
    const key = () => new StubKey('a', { connect: never })
    for (const options of [{ keyFetcher: never }, { apiKeyFactory: never }, { apiKeyFactory: key }]) {
      const { manager } = dynamic(['a'], options)
      await settle()
      await manager.close()
      expect(manager.poolSize).toBe(0)
    }
  })
})

test('a check or a look right after the start waits for the first keys', async () => {
  expect((await dynamic(['a', 'b']).manager.checkUsable()).total).toBe(2)
  expect((await dynamic(['a']).manager.fetchOne('a')).primaryKey).toBe('a')
  expect((await dynamic(['a']).manager.randomOne()).primaryKey).toBe('a')
})

test('no secret inside a fetched object, nor a field of a key, gets into what is told of problems', async () => {
  const problems: string[] = []
  const secret = 'sk-live-0123456789'
  let fetches = 0
  const manager = new DynamicKeyManager<StubClient, { id: string; raw_key: string }>({
    keyFetcher: () => {
      if (++fetches === 2) throw new Error(`not ${secret}`)
      return [{ id: 'a', raw_key: secret }]
    },
    apiKeyFactory: ({ id, raw_key }) => {
      let connects = 0
      const connect = () => {
        if (++connects > 1) throw new Error(`no client for ${raw_key}`)
      }
      return Object.assign(new StubKey(id, { connect, close: () => undefined }), { secret: raw_key })
    },
    clock: new VirtualClock(),
    onProblem: ({ message }) => problems.push(message),
  })
  await manager.start()
  await manager.refresh()
  await manager.removeOne('a')
  await manager.restore('a')
  await failure(manager.dummyclient.call())
  await manager.close()
  expect(problems).toHaveLength(2)
  expect(problems.join()).not.toContain(secret)
})

test('keys that live for an hour do not fill the archive for ever', async () => {
  const { manager, source } = dynamic([])
  for (let hour = 0; hour < 30; hour += 1) {
    source.list = Array.from({ length: 100 }, (_, index) => `key-${hour}-${index}`)
    await manager.refresh()
  }
  expect([manager.poolSize, manager.archivedKeys.size]).toEqual([100, 1000])
  expect([...manager.archivedKeys.keys()][0]).toBe('key-19-0')
})
