/** Single calls: which key they go out on, what is tried again, what is waited for, and what a failure does to a key. */
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { ApiKeyManager, CallTimeoutError, MemoryUsageStore, PoolError, PoolExhaustedError } from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { failure, LimitError, noted, pending, rig, StubKey, settle } from './rig.ts'

const boom = () => {
  throw new Error('boom')
}

describe('a failing call', () => {
  test('is thrown as it is, the key stays, and it is counted', async () => {
    const { manager } = rig(['a'], boom)
    for (let call = 0; call < 20; call += 1) expect((await failure(manager.dummyclient.call())).message).toBe('boom')
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready', inFlight: 0 })
    expect(await manager.stats.usageCountInRecentNSeconds(60, { statusId: 5 })).toBe(20)
  })

  test('is tried again on other keys as often as the settings say', async () => {
    const { manager, used } = rig(['a', 'b', 'c'], boom, { config: { retryOnFailure: true, maxRetries: 2 } })
    await failure(manager.dummyclient.call())
    expect(used.toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('is not tried again without that, nor on another key when there is none', async () => {
    const once = rig(['a', 'b'], boom, { config: { maxRetries: 5 } })
    await failure(once.manager.dummyclient.call())
    expect(once.used).toHaveLength(1)
    const alone = rig(['a'], boom, { config: { retryOnFailure: true, maxRetries: 2 } })
    await failure(alone.manager.dummyclient.call())
    expect(alone.used).toEqual(['a', 'a', 'a'])
  })

  test('a retry takes the next key even under the strategy that would take the same one', async () => {
    const { manager, used } = rig(['a', 'b'], (key) => (key === 'a' ? boom() : 'ok'), { strategy: 'priority' })
    expect(await manager.call('call', [], { retryOnFailure: true, maxRetries: 1 })).toBe('ok')
    expect(used).toEqual(['a', 'b'])
  })
})

describe('a call that is never sent', () => {
  const alone = { config: { rateLimit: 1, rateLimitInterval: 60 }, reachLimit: () => false }

  test('for want of such a method leaves the rate limit as it was', async () => {
    const { manager } = rig(['a'], () => 'ok', alone)
    for (let typo = 0; typo < 3; typo += 1) expect(await failure(manager.call('cal'))).toMatchObject({ code: 'NO_SUCH_METHOD' })
    expect(await manager.dummyclient.call()).toBe('ok')
    expect(await failure(manager.dummyclient.call())).toBeInstanceOf(PoolExhaustedError)
  })

  test('for want of a client or of arguments does so, too, also under limits of the key itself', async () => {
    let isDown = true
    const key = new StubKey('a', {
      answer: () => 'ok',
      connect: () => {
        if (isDown) throw new Error('no client')
      },
    })
    const limited = Object.assign(key, { limits: { '': [{ unit: 'requests', window: 'forever', amount: 1 }] } } as const)
    const clock = new VirtualClock()
    const manager = new ApiKeyManager({ keys: [limited], clock, onProblem: () => undefined, ...alone })
    expect(await failure(manager.dummyclient.call())).toMatchObject({ code: 'CLIENT_FAILED' })
    isDown = false
    clock.advance(2000)
    expect((await failure(manager.call('call', boom))).message).toBe('boom')
    expect(await manager.dummyclient.call()).toBe('ok')
    await manager.close()
  })
})

describe('a bare 429', () => {
  const refused = Object.assign(new Error('Too Many Requests'), { status: 429 })
  const bare = { reachLimit: (error: unknown) => error === refused }

  test('costs the first cool-down of the settings, and no more, however few calls went before', async () => {
    const answers: unknown[] = ['ok', 'ok', 'ok', refused]
    const { manager, clock } = rig(
      ['a'],
      () => {
        const answer = answers.shift() ?? 'ok'
        if (answer instanceof Error) throw answer
        return answer
      },
      bare,
    )
    for (let call = 0; call < 3; call += 1) await manager.dummyclient.call()
    expect(await failure(manager.dummyclient.call())).toBe(refused)
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'cooling', retryAfter: 1 })
    clock.advance(1001)
    for (let call = 0; call < 100; call += 1) expect(await manager.dummyclient.call()).toBe('ok')
  })

  test('after bare 429 tells the limit, and the key rests for its minute', async () => {
    let left = 5
    const { manager, clock, used } = rig(
      ['a'],
      () => {
        if (left-- > 0) return 'ok'
        throw refused
      },
      { ...bare, config: { queueTimeout: 0 } },
    )
    for (let second = 0; second < 59; second += 1) {
      await manager.dummyclient.call().catch(() => undefined)
      clock.advance(1001)
    }
    expect(used.length).toBeLessThanOrEqual(8)
  })

  test('takes no calls from the limit that the settings name', async () => {
    let isDown = false
    const { manager, clock } = rig(
      ['a'],
      () => {
        if (isDown) throw refused
        return 'ok'
      },
      { ...bare, config: { rateLimit: 30 } },
    )
    for (let call = 0; call < 3; call += 1) await manager.dummyclient.call()
    isDown = true
    for (let second = 0; second < 5; second += 1) {
      await failure(manager.dummyclient.call())
      clock.advance(1001)
    }
    isDown = false
    clock.advance(10_000)
    for (let call = 0; call < 20; call += 1) expect(await manager.dummyclient.call()).toBe('ok')
  })
})

describe('a reached limit', () => {
  test('cools the key down for as long as the error says, and it comes back by itself', async () => {
    let isLimited = true
    const { manager, clock, used } = rig(['a'], () => {
      if (isLimited) throw new LimitError(40)
      return 'ok'
    })
    await failure(manager.dummyclient.call())
    expect(manager.archivedKeys.size).toBe(0)
    const error = await failure(manager.dummyclient.call())
    expect(error).toBeInstanceOf(PoolExhaustedError)
    expect(error).toMatchObject({ reason: 'cooling', retryAfter: 40, retryAt: new Date(clock.now() + 40_000) })
    isLimited = false
    clock.advance(39_999)
    await failure(manager.dummyclient.call())
    clock.advance(2)
    expect(await manager.dummyclient.call()).toBe('ok')
    expect(used).toEqual(['a', 'a'])
  })

  test('the other keys go on', async () => {
    const { manager, used } = rig(['a', 'b'], (key) => {
      if (key === 'a') throw new LimitError(60)
      return 'ok'
    })
    const ends: unknown[] = []
    for (let call = 0; call < 6; call += 1) ends.push(await manager.dummyclient.call().catch(() => 'limit'))
    expect(ends.filter((end) => end === 'limit')).toHaveLength(1)
    expect(used.filter((key) => key === 'a')).toHaveLength(1)
  })

  test('with waitForCooldown a call waits instead, and restore ends the waiting', async () => {
    let isLimited = true
    const { manager, clock } = rig(
      ['a'],
      () => {
        if (isLimited) throw new LimitError(20)
        return 'ok'
      },
      { waitForCooldown: true },
    )
    await failure(manager.dummyclient.call())
    isLimited = false
    const call = manager.dummyclient.call()
    await settle()
    clock.advance(20_001)
    expect(await call).toBe('ok')
    isLimited = true
    await failure(manager.dummyclient.call())
    isLimited = false
    await manager.restore('a')
    expect(await manager.dummyclient.call()).toBe('ok')
  })

  test('a call that could only go out after queueTimeout is refused at once', async () => {
    const { manager } = rig(
      ['a'],
      () => {
        throw new LimitError(100)
      },
      { waitForCooldown: true, config: { queueTimeout: 10 } },
    )
    await failure(manager.dummyclient.call())
    expect(await failure(manager.dummyclient.call())).toMatchObject({ code: 'POOL_EXHAUSTED', retryAfter: 100 })
  })

  test('two calls that fail on one key at once both get their own error', async () => {
    const gates = [pending(), pending()]
    let next = 0
    const { manager } = rig(['a'], () => gates[next++]?.promise)
    const calls = [manager.dummyclient.call(), manager.dummyclient.call()]
    await settle()
    const errors = [new LimitError(5), new LimitError(9)]
    gates.forEach((gate, index) => gate.reject(errors[index]))
    expect(await Promise.all(calls.map(failure))).toEqual(errors)
    expect(await failure(manager.dummyclient.call())).toMatchObject({ retryAfter: 9 })
  })
})

describe('what is waited for', () => {
  test('concurrency of the pool is kept, and calls go out in their order', async () => {
    const gates = [pending<string>(), pending<string>(), pending<string>()]
    let next = 0
    const { manager } = rig(['a', 'b'], () => gates[next++]?.promise, { config: { concurrency: 1 } })
    const order: number[] = []
    const calls = gates.map((_, index) => manager.dummyclient.call().then((value) => (order.push(index), value)))
    await settle()
    expect(next).toBe(1)
    for (const [index, gate] of gates.entries()) {
      gate.resolve(`answer ${index}`)
      await settle()
      expect(next).toBe(Math.min(3, index + 2))
    }
    expect(await Promise.all(calls)).toEqual(['answer 0', 'answer 1', 'answer 2'])
    expect(order).toEqual([0, 1, 2])
  })

  test('a rate limit per key and interval is kept', async () => {
    const { manager, clock, used } = rig(['a', 'b'], undefined, { config: { rateLimit: 2, rateLimitInterval: 10 } })
    const calls = Array.from({ length: 6 }, () => manager.dummyclient.call())
    await settle()
    expect(used.toSorted()).toEqual(['a', 'a', 'b', 'b'])
    clock.advance(9_990)
    await settle()
    expect(used).toHaveLength(4)
    clock.advance(20)
    await settle()
    expect(used).toHaveLength(6)
    await Promise.all(calls)
  })

  test('a signal ends the waiting for a key', async () => {
    const gate = pending()
    const { manager, used } = rig(['a'], () => gate.promise, { config: { keyConcurrency: 1 } })
    const first = manager.dummyclient.call()
    const abort = new AbortController()
    const second = manager.call('call', [], { signal: abort.signal })
    await settle()
    abort.abort(new Error('enough'))
    expect((await failure(second)).message).toBe('enough')
    gate.resolve('late')
    expect(await first).toBe('late')
    expect(used).toEqual(['a'])
  })
})

describe('time-outs', () => {
  test('the default is that of the settings', async () => {
    const { manager, clock } = rig(['a'], () => pending().promise, { config: { timeout: 5 } })
    const call = manager.dummyclient.call()
    await settle()
    clock.advance(5001)
    const error = await failure(call)
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(error.message).toBe('call did not answer within 5 s.')
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready', inFlight: 0 })
    expect(await manager.stats.usageCountInRecentNSeconds(60, { statusId: 5 })).toBe(1)
  })

  test('a client that takes a signal is told to stop', async () => {
    let given: AbortSignal | undefined
    const { manager, clock } = rig(['a'], (_, signal) => {
      given = signal as AbortSignal
      return pending().promise
    })
    const call = manager.call('call', ({ signal }) => [signal], { timeout: 1 })
    await settle()
    expect(given?.aborted).toBe(false)
    clock.advance(1001)
    await failure(call)
    expect(given?.aborted).toBe(true)
    expect(given?.reason).toBeInstanceOf(CallTimeoutError)
  })

  test("the caller's signal ends the call and reaches the client", async () => {
    let given: AbortSignal | undefined
    const { manager } = rig(['a', 'b'], (_, signal) => {
      given = signal as AbortSignal
      return pending().promise
    })
    const abort = new AbortController()
    const options = { signal: abort.signal, retryOnFailure: true, maxRetries: 5 }
    const call = manager.call('call', ({ signal }) => [signal], options)
    await settle()
    abort.abort(new Error('closed the window'))
    expect((await failure(call)).message).toBe('closed the window')
    expect(given?.aborted).toBe(true)
    expect((await failure(manager.call('call', [], { signal: abort.signal }))).message).toBe('closed the window')
  })

  test('a late answer after the time-out changes nothing', async () => {
    const gate = pending()
    const { manager, clock } = rig(['a'], () => gate.promise)
    const call = manager.call('call', [], { timeout: 1 })
    await settle()
    clock.advance(1001)
    await failure(call)
    gate.reject(new LimitError(60))
    await settle()
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready' })
    expect(await manager.stats.usageCountInRecentNSeconds(60)).toBe(1)
  })

  test.each([0, -1, Number.NaN, 3601])('a time-out of %s s is refused before any call', async (timeout) => {
    const { manager, used } = rig(['a'])
    expect(await failure(manager.call('call', [], { timeout }))).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'timeout' })
    expect(used).toEqual([])
  })
})

test('a signal that outlives its calls gathers no listeners', async () => {
  const { manager } = rig(['a'], () => Promise.resolve('ok'))
  const { signal } = new AbortController()
  for (let call = 0; call < 20; call += 1) await manager.call('call', [], { signal })
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

describe('strategies', () => {
  const ranked = (used: string[]) => [
    new StubKey('first', { answer: noted(used, () => 'ok'), priority: 0, weight: 3 }),
    new StubKey('second', { answer: noted(used, () => 'ok'), priority: 1, weight: 1 }),
  ]
  const calls = async (strategy: 'priority' | 'weighted' | 'round_robin' | 'sticky', count: number, session?: string) => {
    const used: string[] = []
    let state = 1
    const random = () => (state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296) / 4_294_967_296
    const manager = new ApiKeyManager({ keys: ranked(used), strategy, clock: new VirtualClock(), random })
    for (let call = 0; call < count; call += 1) await manager.call('call', [], session === undefined ? {} : { session })
    await manager.close()
    return used
  }

  test('priority: the first key as long as it can', async () => {
    expect(new Set(await calls('priority', 10))).toEqual(new Set(['first']))
  })

  test('weight: three to one', async () => {
    const used = await calls('weighted', 4000)
    expect(used.filter((key) => key === 'first').length).toBeGreaterThan(2800)
    expect(used.filter((key) => key === 'first').length).toBeLessThan(3200)
  })

  test('round robin: in turn', async () => {
    const used = await calls('round_robin', 4)
    expect(used.slice(0, 2)).not.toEqual([used[0], used[0]])
    expect(used.slice(0, 2)).toEqual(used.slice(2))
  })

  test('sticky: one session, one key', async () => {
    expect(new Set(await calls('sticky', 10, 'session')).size).toBe(1)
  })

  test('a new strategy takes effect with applyConfig', async () => {
    const { manager, used } = rig(['a', 'b'])
    manager.applyConfig({ rotationStrategy: 'priority' })
    for (let call = 0; call < 4; call += 1) await manager.dummyclient.call()
    expect(new Set(used).size).toBe(1)
  })

  test('limits of a key itself are kept', async () => {
    const used: string[] = []
    class Limited extends StubKey {
      override readonly limits = { '': [{ unit: 'requests', window: { slideMs: 60_000 }, amount: 2 } as const] }
    }
    const clock = new VirtualClock()
    const keys = [
      new Limited('limited', { answer: noted(used, () => 'ok') }),
      new StubKey('free', { answer: noted(used, () => 'ok') }),
    ]
    const manager = new ApiKeyManager({ keys, strategy: 'round_robin', clock })
    for (let call = 0; call < 10; call += 1) await manager.dummyclient.call()
    expect(used.filter((key) => key === 'limited')).toHaveLength(2)
    await manager.close()
  })
})

describe('a store that fails', () => {
  class BrokenStore extends MemoryUsageStore {
    override add(): void {
      throw new Error('disk full')
    }
  }

  test('costs its events, never a result, a key or an error of the call', async () => {
    const { manager } = rig(['a'], (key, isBad) => (isBad ? boom() : key), { stats: new BrokenStore() })
    expect(await manager.dummyclient.call()).toBe('a')
    expect((await failure(manager.dummyclient.call(true))).message).toBe('boom')
    expect((await manager.batchExec('call', [['x']])).succeeded).toBe(1)
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready' })
    expect(manager.stats.lost).toBe(3)
  })
})

describe('clients', () => {
  test('are made on the first call, once per key, also when calls come together', async () => {
    let made = 0
    const keys = [new StubKey('a', { answer: () => 'ok', connect: () => void (made += 1) })]
    const manager = new ApiKeyManager({ keys, clock: new VirtualClock() })
    expect(made).toBe(0)
    await Promise.all([manager.dummyclient.call(), manager.dummyclient.call(), manager.dummyclient.call()])
    expect(made).toBe(1)
    await manager.close()
  })

  test('a key whose client cannot be made is left out and tried again later; the call goes to the next', async () => {
    const clock = new VirtualClock()
    const used: string[] = []
    const messages: string[] = []
    let isBroken = true
    const connect = () => {
      if (isBroken) throw new Error('no such key: sk-broken-key')
    }
    const keys = [
      new StubKey('sk-broken-key', { answer: noted(used, () => 'ok'), connect }),
      new StubKey('good', { answer: noted(used, () => 'ok'), priority: 1 }),
    ]
    const onProblem = ({ message }: { message: string }) => void messages.push(message)
    const manager = new ApiKeyManager({ keys, strategy: 'priority', clock, onProblem })
    expect(await manager.dummyclient.call()).toBe('ok')
    expect(await manager.dummyclient.call()).toBe('ok')
    expect(used).toEqual(['good', 'good'])
    expect(messages).toEqual(["A key's client could not be made (it is tried again later): Error: no such key: ***"])
    isBroken = false
    clock.advance(1001)
    await manager.dummyclient.call()
    expect(used.at(-1)).toBe('sk-broken-key')
    await manager.close()
  })

  test('when no client can be made, the error says so and has the cause; the pool lives on', async () => {
    const clock = new VirtualClock()
    let isBroken = true
    const connect = () => {
      if (isBroken) throw new RangeError('no network')
    }
    const manager = new ApiKeyManager({
      keys: [new StubKey('a', { answer: () => 'ok', connect })],
      clock,
      onProblem: () => undefined,
    })
    const error = await failure(manager.dummyclient.call())
    expect(error).toBeInstanceOf(PoolError)
    expect(error).toMatchObject({ code: 'CLIENT_FAILED', cause: expect.any(RangeError) })
    expect(await failure(manager.dummyclient.call())).toMatchObject({ code: 'POOL_EXHAUSTED', retryAfter: 1 })
    isBroken = false
    clock.advance(1001)
    expect(await manager.dummyclient.call()).toBe('ok')
    await manager.close()
  })
})

describe('the end', () => {
  test('a closed pool refuses calls and ends those that wait; calls under way end as they would', async () => {
    const gate = pending()
    const { manager } = rig(['a'], () => gate.promise, { config: { concurrency: 1 } })
    const [running, waiting] = [manager.dummyclient.call(), manager.dummyclient.call()]
    await settle()
    const closed = manager.close()
    expect(await failure(waiting)).toMatchObject({ code: 'POOL_EXHAUSTED' })
    gate.resolve('done')
    expect(await running).toBe('done')
    await closed
    expect(await failure(manager.dummyclient.call())).toMatchObject({ code: 'POOL_CLOSED' })
    expect(await failure(manager.batchExec('call', [['x']]))).toMatchObject({ code: 'POOL_CLOSED' })
  })

  test('an empty pool says that it has no keys', async () => {
    const { manager } = rig([])
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'no-keys', retryAfter: null, activeKeys: 0 })
  })
})
