/** callConcurrent: many calls, a few at a time, with every result kept. */
import { describe, expect, test } from 'vitest'
import { ConcurrentCallError } from '../../src-main/library/index.ts'
import { failure, pending, rig, settle } from './rig.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => [index])

describe('callConcurrent', () => {
  test('results are in the order of the input, whoever is first', async () => {
    const gates = numbers(3).map(() => pending())
    const { manager } = rig(['a', 'b'], (_, index) => gates[index as number]?.promise)
    const calls = manager.callConcurrent('call', numbers(3))
    await settle()
    for (const [index, gate] of [...gates.entries()].toReversed()) gate.resolve(`answer ${index}`)
    expect(await calls).toEqual(['answer 0', 'answer 1', 'answer 2'])
  })

  test.each([
    [3, 3],
    [0, 10],
    [99, 10],
  ])('maxConcurrency %i: never more than %i at once', async (maxConcurrency, most) => {
    let [running, peak] = [0, 0]
    const { manager } = rig(['a'], async () => {
      running += 1
      peak = Math.max(peak, running)
      await settle()
      running -= 1
    })
    await manager.callConcurrent('call', numbers(10), { maxConcurrency })
    expect(peak).toBe(most)
  })

  test('concurrency comes from the settings when the call does not say', async () => {
    let [running, peak] = [0, 0]
    const answer = async () => {
      peak = Math.max(peak, (running += 1))
      await settle()
      running -= 1
    }
    const { manager } = rig(['a'], answer, { config: { concurrency: 2 } })
    await manager.callConcurrent('call', numbers(6))
    expect(peak).toBe(2)
  })

  test('when some fail, the others still end, and the error has all of it', async () => {
    const { manager, used } = rig(['a'], (_, index) => {
      if (index === 1) throw new Error('one')
      return index
    })
    const error = await failure(manager.callConcurrent('call', numbers(4), { maxConcurrency: 1 }))
    expect(error).toBeInstanceOf(ConcurrentCallError)
    expect(error).toBeInstanceOf(AggregateError)
    const { settled, errors, message } = error as ConcurrentCallError
    expect(settled).toEqual([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: new Error('one') },
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 3 },
    ])
    expect([errors, message]).toEqual([[new Error('one')], "1 of 4 calls failed; the others' results are in `settled`."])
    expect(used).toHaveLength(4)
  })

  test('the time-out holds for each call', async () => {
    const { manager, clock } = rig(['a'], (_, index) => (index === 0 ? pending().promise : 'ok'))
    const calls = failure(manager.callConcurrent('call', numbers(2), { timeout: 2 }))
    await settle()
    clock.advance(2001)
    const { settled } = (await calls) as ConcurrentCallError
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })

  test('lists of different length are refused before any call; no calls give no results', async () => {
    const { manager, used } = rig(['a'])
    const calls = manager.callConcurrent('call', [[1], [2]], { kwargsList: [{}] })
    expect(await failure(calls)).toMatchObject({ code: 'INVALID_ARGUMENT', field: 'kwargsList' })
    expect(await manager.callConcurrent('call', [])).toEqual([])
    expect(await failure(manager.callConcurrent('call', [], { maxConcurrency: -1 }))).toMatchObject({ field: 'maxConcurrency' })
    expect(used).toEqual([])
  })

  test('many calls on the statistics in memory keep every key and every event', async () => {
    const { manager } = rig(['a', 'b'])
    await manager.callConcurrent('call', numbers(500))
    expect([manager.poolSize, await manager.stats.usageCountInRecentNSeconds(60)]).toEqual([2, 500])
  })
})
