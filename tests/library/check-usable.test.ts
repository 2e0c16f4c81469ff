/** checkUsable: every key is tested, and the pool is left in order. */
import { expect, test } from 'vitest'
import { ApiKeyManager } from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { LimitError, noted, pending, StubKey, settle } from './rig.ts'

const no = () => false
const error = () => {
  throw new Error('401')
}

function managerOf(tests: Record<string, () => boolean | Promise<boolean>>, clock = new VirtualClock()) {
  const used: string[] = []
  const keys = Object.entries(tests).map(([name, run]) => new StubKey(name, { test: run, answer: noted(used, () => 'ok') }))
  const manager = new ApiKeyManager({ keys, clock, reachLimit: LimitError, onProblem: () => undefined })
  return { manager, keys, used }
}

test('bad keys anywhere in the order are archived, the good ones stay, and nothing is printed', async () => {
  const { manager, keys } = managerOf({ a: no, b: () => true, c: error, d: () => Promise.resolve(true) })
  const report = await manager.checkUsable()
  expect(report).toEqual({
    total: 4,
    usable: [keys[1], keys[3]],
    unusable: [
      { key: keys[0], error: undefined },
      { key: keys[2], error: new Error('401') },
    ],
    limited: [],
  })
  expect([...manager.activeKeys.keys()]).toEqual(['b', 'd'])
  expect([...manager.archivedKeys.keys()]).toEqual(['a', 'c'])
  await manager.close()
})

test('every key may be bad, and all come back with the next check', async () => {
  let isDown = true
  const up = () => {
    if (isDown) throw new Error('network')
    return true
  }
  const { manager } = managerOf({ a: up, b: up, c: up })
  expect((await manager.checkUsable()).unusable).toHaveLength(3)
  expect(manager.poolSize).toBe(0)
  isDown = false
  expect((await manager.checkUsable()).usable).toHaveLength(3)
  expect([manager.poolSize, manager.archivedKeys.size]).toEqual([3, 0])
  await manager.close()
})

test('a key that a program took out is not tested', async () => {
  let tests = 0
  const { manager } = managerOf({ a: () => ++tests > 0, b: () => true })
  await manager.removeOne('a')
  expect((await manager.checkUsable()).total).toBe(1)
  expect(tests).toBe(0)
  await manager.close()
})

test('a key whose limit is reached stays and cools down', async () => {
  const limit = () => {
    throw new LimitError(30)
  }
  const { manager, keys } = managerOf({ a: limit, b: () => true })
  expect((await manager.checkUsable()).limited).toEqual([keys[0]])
  expect(manager.poolSize).toBe(2)
  expect(await manager.stateOf('a')).toMatchObject({ health: 'cooling' })
  expect(await manager.stats.usageCountInRecentNSeconds(60, { statusId: 9 })).toBe(1)
  await manager.close()
})

test('a test that hangs fails at the time-out of the settings', async () => {
  const clock = new VirtualClock()
  const { manager } = managerOf({ a: () => pending<boolean>().promise, b: () => true }, clock)
  const check = manager.checkUsable()
  await settle()
  clock.advance(30_001)
  expect((await check).unusable.map(({ error: reason }) => (reason as Error).name)).toEqual(['CallTimeoutError'])
  await manager.close()
})

test('a key that is removed while it is tested stays removed, and one that is replaced is not judged by the old one', async () => {
  const gates = { a: pending<boolean>(), b: pending<boolean>() }
  const { manager } = managerOf({ a: () => gates.a.promise, b: () => gates.b.promise })
  const check = manager.checkUsable()
  await settle()
  await manager.removeOne('a')
  await manager.addOne(new StubKey('b'), { upsert: true })
  gates.a.resolve(true)
  gates.b.resolve(false)
  await check
  expect([[...manager.activeKeys.keys()], [...manager.archivedKeys.keys()]]).toEqual([['b'], ['a']])
  await manager.close()
})

test('a client that was only made for the test is closed with its key', async () => {
  const open = new Set<string>()
  const keys = ['good', 'bad'].map(
    (name) =>
      new StubKey(name, {
        connect: () => void open.add(name),
        close: ({ key }) => void open.delete(key),
        test: () => name === 'good',
      }),
  )
  const manager = new ApiKeyManager({ keys })
  for (let round = 0; round < 2; round += 1) {
    await manager.checkUsable()
    await settle()
    expect([...open]).toEqual(['good'])
  }
  await manager.close()
  await settle()
  expect(open.size).toBe(0)
})
