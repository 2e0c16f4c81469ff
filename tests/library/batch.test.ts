/** batchExec: each item once, on another key when one fails, with failing keys left out for a while. */

import { describe, expect, test } from 'vitest'
import { type BatchItem, type BatchProgress, CallTimeoutError, PoolExhaustedError } from '../../src-main/library/index.ts'
import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from '../support/fast-check.ts'
import { failure, LimitError, pending, rig, settle } from './rig.ts'

const items = (count: number): BatchItem<number>[] => Array.from({ length: count }, (_, index) => [index, [index]])
const boom = () => {
  throw new Error('boom')
}

describe('results', () => {
  test('each id is in results or in errors, and the sums are right', async () => {
    const { manager } = rig(['a', 'b'], (_, index) => ((index as number) % 3 === 0 ? boom() : `answer ${String(index)}`))
    const result = await manager.batchExec('call', items(9), { banThreshold: 100 })
    expect([result.total, result.succeeded, result.failed, result.successRate]).toEqual([9, 6, 3, 6 / 9])
    expect([...result.errors.keys()]).toEqual([0, 3, 6])
    expect(result.results.get(4)).toBe('answer 4')
  })

  test('the result as JSON has all of it', async () => {
    const { manager } = rig(['a'], (_, n) => {
      if (n === 2) throw new Error('two')
      return n
    })
    const calls = [1, 2, 3].map((n) => [n, [n]] as const)
    expect(JSON.parse(JSON.stringify(await manager.batchExec('call', calls)))).toMatchObject({
      total: 3,
      succeeded: 2,
      failed: 1,
      results: { 1: 1, 3: 3 },
      errors: { 2: 'two' },
      bannedKeys: 0,
    })
  })

  test('an id that comes twice is called once', async () => {
    const { manager, used } = rig(['a'], (_, value) => value)
    const result = await manager.batchExec('call', [
      ['x', [1]],
      ['y', [2]],
      ['x', [3]],
    ])
    expect([...result.results]).toEqual([
      ['x', 1],
      ['y', 2],
    ])
    expect([result.total, result.duplicates, used.length]).toEqual([2, 1, 2])
  })

  test('falsy answers are results', async () => {
    const values = [undefined, null, false, 0, '']
    const { manager, used } = rig(['a', 'b'], (_, index) => values[index as number])
    const result = await manager.batchExec('call', items(5), { retryOnFailure: true, maxRetries: 3 })
    expect([...result.results.values()]).toEqual(values)
    expect([result.succeeded, used.length]).toEqual([5, 5])
  })

  test('an empty batch is an empty result', async () => {
    const { manager } = rig(['a'])
    const result = await manager.batchExec('call', [])
    expect(result).toMatchObject({ total: 0, succeeded: 0, failed: 0, successRate: 0, aborted: false })
  })

  test('options become the last argument, and arguments may be made from the signal', async () => {
    const { manager } = rig(['a'], (_, ...args) => args)
    const result = await manager.batchExec('call', [
      ['kwargs', [1], { ids: 'x' }],
      ['made', ({ signal }) => [signal.aborted], { more: true }],
      ['none'],
    ])
    expect([...result.results.values()]).toEqual([[1, { ids: 'x' }], [false, { more: true }], []])
  })

  test('times are wall-clock times', async () => {
    const gate = pending()
    const { manager, clock } = rig(['a'], () => gate.promise)
    const startedAt = new Date(clock.now())
    const batch = manager.batchExec('call', items(1))
    await settle()
    clock.advance(2500)
    gate.resolve(1)
    expect(await batch).toMatchObject({ startedAt, elapsed: 2.5 })
  })

  test('10,000 items', async () => {
    const { manager } = rig(['a', 'b', 'c'], (_, index) => index)
    const result = await manager.batchExec('call', items(10_000))
    expect([result.succeeded, result.results.get(9999)]).toEqual([10_000, 9999])
    expect(await manager.stats.usageCountInRecentNSeconds(60)).toBe(10_000)
  })
})

describe('retries', () => {
  test('go to keys that the item has not tried', async () => {
    const { manager, used } = rig(['a', 'b', 'c'], boom)
    const result = await manager.batchExec('call', items(1), { retryOnFailure: true, maxRetries: 2 })
    expect(used.toSorted()).toEqual(['a', 'b', 'c'])
    expect((result.errors.get(0) as Error).message).toBe('boom')
  })

  test('take the same key again when there is no other', async () => {
    let left = 2
    const { manager, used } = rig(['a'], () => (left-- > 0 ? boom() : 'ok'))
    const result = await manager.batchExec('call', items(1), { retryOnFailure: true, maxRetries: 5, banThreshold: 10 })
    expect([result.results.get(0), used.length]).toEqual(['ok', 3])
  })

  test('happen only when asked for, by the call or by the settings for batches', async () => {
    const off = rig(['a', 'b'], boom)
    await off.manager.batchExec('call', items(1), { maxRetries: 3 })
    expect(off.used).toHaveLength(1)
    const on = rig(['a', 'b'], boom, { config: { batchRetryOnFailure: true, batchMaxRetries: 1 } })
    await on.manager.batchExec('call', items(1))
    expect(on.used).toHaveLength(2)
  })

  test('a path that leads nowhere is not tried again and bans nobody', async () => {
    const { manager } = rig(['a', 'b'])
    const result = await manager.batchExec('no.such', items(20), { retryOnFailure: true, maxRetries: 5, banThreshold: 1 })
    expect([result.failed, result.bannedKeys.size, manager.poolSize]).toEqual([20, 0, 2])
  })
})

describe('bans', () => {
  test('a key that fails banThreshold times in a row is left out for banDuration, then comes back', async () => {
    const gate = pending()
    const { manager, clock, used } = rig(
      ['bad', 'good'],
      async (key, index) => {
        if (key === 'bad') boom()
        if (index === 10) await gate.promise
        return key
      },
      { strategy: 'round_robin' },
    )
    const now = clock.now()
    const batch = manager.batchExec('call', items(20), { maxConcurrency: 1, banThreshold: 3, banDuration: 60 })
    await settle()
    expect(used.filter((key) => key === 'bad')).toHaveLength(3)
    clock.advance(60_001)
    gate.resolve(1)
    const result = await batch
    expect(used.filter((key) => key === 'bad')).toHaveLength(6)
    expect([...result.bannedKeys]).toEqual([['bad', new Date(now + 120_001)]])
    expect(await manager.stateOf('bad')).toMatchObject({ health: 'ready' })
  })

  test('one success in between starts the count anew', async () => {
    let call = 0
    const { manager } = rig(['a'], () => (++call % 3 === 0 ? 'ok' : boom()))
    const result = await manager.batchExec('call', items(30), { maxConcurrency: 1, banThreshold: 3 })
    expect([result.bannedKeys.size, result.succeeded]).toEqual([0, 10])
  })

  test('when every key is banned, items end with PoolExhaustedError that says until when', async () => {
    const { manager, used } = rig(['a', 'b'], boom)
    const result = await manager.batchExec('call', items(10), { maxConcurrency: 1, banThreshold: 2, banDuration: 60 })
    expect(used).toHaveLength(4)
    const last = result.errors.get(9)
    expect(last).toBeInstanceOf(PoolExhaustedError)
    expect(last).toMatchObject({ reason: 'banned', retryAfter: 60 })
  })

  test('end with the batch', async () => {
    let isBad = true
    const { manager } = rig(['a'], () => (isBad ? boom() : 'ok'))
    await manager.batchExec('call', items(5), { banThreshold: 1 })
    isBad = false
    expect((await manager.batchExec('call', items(5), { banThreshold: 1 })).succeeded).toBe(5)
  })

  test('a reached limit is no failure of the key: it cools down in the pool, and the batch waits for it', async () => {
    let limits = 1
    const { manager, clock } = rig(['a'], () => {
      if (limits-- > 0) throw new LimitError(3)
      return 'ok'
    })
    const batch = manager.batchExec('call', items(3), { maxConcurrency: 1, banThreshold: 1, retryOnFailure: true, maxRetries: 1 })
    await settle()
    // The engine lets a key that was refused prove itself call by call.
    for (let second = 0; second < 200; second += 1) {
      clock.advance(1000)
      await settle()
    }
    const result = await batch
    expect([result.succeeded, result.bannedKeys.size]).toEqual([3, 0])
  })
})

describe('whatever happens', () => {
  const ends = ['ok', 'falsy', 'fail', 'limit', 'hang'] as const
  const plan = record({
    script: array(constantFrom(...ends), { minLength: 1, maxLength: 40 }),
    ids: array(integer({ min: 0, max: 15 }), { maxLength: 25 }),
    keys: integer({ min: 0, max: 4 }),
    options: record({
      maxConcurrency: integer({ min: 0, max: 5 }),
      retryOnFailure: boolean(),
      maxRetries: integer({ min: 0, max: 3 }),
      banThreshold: integer({ min: 1, max: 3 }),
      banDuration: integer({ min: 0, max: 50 }),
    }),
  })

  test('each id ends once, no call is left open, and no item has more tries than it was given', async () => {
    await assert(
      asyncProperty(plan, async ({ script, ids, keys, options }) => {
        let next = 0
        const tries = new Map<unknown, string[]>()
        const names = ['a', 'b', 'c', 'd'].slice(0, keys)
        const { manager, clock } = rig(names, (key, id) => {
          tries.set(id, [...(tries.get(id) ?? []), key])
          const end = script[next++ % script.length]
          if (end === 'fail') return boom()
          if (end === 'limit') throw new LimitError(1)
          return end === 'hang' ? pending().promise : end === 'ok'
        })
        const batch = manager.batchExec(
          'call',
          ids.map((id): BatchItem<number> => [id, [id]]),
          { ...options, timeout: 2 },
        )
        const state = { isDone: false }
        void batch.then(() => (state.isDone = true))
        for (let second = 0; second < 5000 && !state.isDone; second += 1) {
          await settle()
          clock.advance(1000)
        }
        const result = await batch
        const distinct = [...new Set(ids)]
        expect([...result.results.keys(), ...result.errors.keys()].toSorted((a, b) => a - b)).toEqual(
          distinct.toSorted((a, b) => a - b),
        )
        const most = options.retryOnFailure ? 1 + options.maxRetries : 1
        expect([...tries.values()].every((used) => used.length <= most)).toBe(true)
        for (const name of names) expect(await manager.stateOf(name)).toMatchObject({ inFlight: 0 })
        await manager.close()
      }),
      { numRuns: 40 },
    )
  })
})

describe('limits of a batch', () => {
  test.each([
    [4, 4],
    [0, 64],
    [undefined, 64],
  ])('maxConcurrency %s: %i at once', async (maxConcurrency, most) => {
    let [running, peak] = [0, 0]
    const { manager } = rig(['a', 'b'], async () => {
      peak = Math.max(peak, (running += 1))
      await settle()
      running -= 1
    })
    await manager.batchExec('call', items(100), maxConcurrency === undefined ? {} : { maxConcurrency })
    expect(peak).toBe(most)
  })

  test('an item that takes too long fails alone, is told to stop, and holds nobody up', async () => {
    const signals: AbortSignal[] = []
    const { manager, clock } = rig(['a'], (_, index, signal) => {
      if (index !== 1) return 'ok'
      signals.push(signal as AbortSignal)
      return pending().promise
    })
    const made = items(3).map(([id]): BatchItem<number> => [id, ({ signal }) => [id, signal]])
    const batch = manager.batchExec('call', made, { maxConcurrency: 1, timeout: 0.2 })
    await settle()
    clock.advance(201)
    const result = await batch
    expect([...result.results.keys()]).toEqual([0, 2])
    expect(result.errors.get(1)).toBeInstanceOf(CallTimeoutError)
    expect(signals[0]?.aborted).toBe(true)
    expect(result.elapsed).toBe(0.201)
  })

  test('a signal ends it: what is done stays, the rest are errors with its reason', async () => {
    const abort = new AbortController()
    const { manager, used } = rig(['a'], async (_, index) => {
      if (index === 2) return pending().promise
      return index
    })
    const batch = manager.batchExec('call', items(6), {
      maxConcurrency: 1,
      signal: abort.signal,
      retryOnFailure: true,
      maxRetries: 3,
    })
    await settle()
    abort.abort(new Error('enough'))
    const result = await batch
    expect([[...result.results.keys()], result.aborted, used.length]).toEqual([[0, 1], true, 3])
    expect([...result.errors].map(([id, error]) => [id, (error as Error).message])).toEqual(
      [2, 3, 4, 5].map((id) => [id, 'enough']),
    )
  })

  test('progress is told after each item, and a listener that throws changes nothing', async () => {
    const told: BatchProgress[] = []
    const { manager, problems } = rig(['a'], (_, index) => (index === 1 ? boom() : index))
    const onProgress = (progress: BatchProgress) => {
      told.push(progress)
      if (progress.done === 3) boom()
    }
    const result = await manager.batchExec('call', items(3), { maxConcurrency: 1, onProgress })
    expect(told).toEqual([
      { done: 1, total: 3, succeeded: 1, failed: 0 },
      { done: 2, total: 3, succeeded: 1, failed: 1 },
      { done: 3, total: 3, succeeded: 2, failed: 1 },
    ])
    expect([result.succeeded, problems.map(({ code }) => code)]).toEqual([2, ['CALLBACK_FAILED']])
  })

  test.each([{ maxConcurrency: -1 }, { maxRetries: 0.5 }, { banThreshold: 0 }, { banDuration: Number.NaN }, { timeout: 0 }])(
    '%o is refused before any call',
    async (options) => {
      const { manager, used } = rig(['a'])
      const error = await failure(manager.batchExec('call', items(1), options))
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', field: Object.keys(options)[0] })
      expect(used).toEqual([])
    },
  )
})
