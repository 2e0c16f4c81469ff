/** Keys come, go and come back. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ApiKey, ApiKeyManager, PoolExhaustedError } from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { failure, LimitError, noted, pending, rig, StubKey, settle } from './rig.ts'

describe('a manager is made', () => {
  test('only of ApiKeys: anything else is a TypeError that does not show it', () => {
    const bad = { primaryKey: 'sk-secret' } as unknown as ApiKey
    expect(() => new ApiKeyManager({ keys: [new StubKey('a'), bad] })).toThrow(new TypeError('keys[1]: give an ApiKey.'))
  })

  test('of a key without a usable primary key: refused', () => {
    for (const primaryKey of ['', undefined, null, {}]) {
      class Bad extends StubKey {}
      const key = new Bad('x')
      Object.defineProperty(key, 'primaryKey', { value: primaryKey })
      expect(() => new ApiKeyManager({ keys: [key] })).toThrow('primaryKey: give a number or a text')
    }
  })

  test('with two keys of one name: the first counts', async () => {
    const first = new StubKey('a')
    const manager = new ApiKeyManager({ keys: [first, new StubKey('a')] })
    expect([manager.poolSize, await manager.fetchOne('a')]).toEqual([1, first])
    await manager.close()
  })

  test('with 5,000 keys: without looking at any of them twice', async () => {
    const manager = new ApiKeyManager({ keys: Array.from({ length: 5000 }, (_, index) => new StubKey(`key-${index}`)) })
    expect(manager.poolSize).toBe(5000)
    await manager.close()
  })
})

describe('addOne', () => {
  test('takes a key in; one that is there stays, unless upsert', async () => {
    const { manager } = rig(['a'])
    const [b, other] = [new StubKey('b'), new StubKey('b')]
    expect([await manager.addOne(b), await manager.addOne(other)]).toEqual([true, false])
    expect(await manager.fetchOne('b')).toBe(b)
    expect(await manager.addOne(other, { upsert: true })).toBe(true)
    expect(await manager.fetchOne('b')).toBe(other)
    expect(manager.poolSize).toBe(2)
  })

  test('a key that sits in the archive leaves it', async () => {
    const { manager } = rig(['a'])
    await manager.removeOne('a')
    expect(await manager.addOne(new StubKey('a'))).toBe(true)
    expect([manager.poolSize, manager.archivedKeys.size]).toEqual([1, 0])
  })

  test('a client that cannot be made is thrown, and nothing changes', async () => {
    const { manager } = rig(['a'])
    const connect = () => {
      throw new RangeError('no')
    }
    expect(await failure(manager.addOne(new StubKey('b', { connect })))).toBeInstanceOf(RangeError)
    expect([manager.poolSize, manager.archivedKeys.size]).toEqual([1, 0])
    expect(await failure(manager.addOne({} as unknown as StubKey))).toBeInstanceOf(TypeError)
  })

  test('calls under way keep the client that they began with, which is closed after the last', async () => {
    const gate = pending()
    const closed: string[] = []
    const clock = new VirtualClock()
    const close = ({ key }: { key: string }) => void closed.push(key)
    const manager = new ApiKeyManager({ keys: [new StubKey('a', { answer: () => gate.promise, close })], clock })
    const old = manager.dummyclient.call()
    await settle()
    await manager.addOne(new StubKey('a', { answer: () => 'new' }), { upsert: true })
    expect(await manager.dummyclient.call()).toBe('new')
    expect(closed).toEqual([])
    gate.resolve('old')
    expect(await old).toBe('old')
    await settle()
    expect(closed).toEqual(['a'])
    await manager.close()
  })

  test('a new secret under the same name keeps the cool-down of the account', async () => {
    const { manager } = rig(['a'], () => {
      throw new LimitError(60)
    })
    await failure(manager.dummyclient.call())
    await manager.addOne(new StubKey('a', { answer: () => 'new' }), { upsert: true })
    expect(await failure(manager.dummyclient.call())).toMatchObject({ reason: 'cooling', retryAfter: 60 })
  })
})

describe('removeOne and restore', () => {
  test('a removed key is archived and not called; restore brings it back', async () => {
    const { manager, used } = rig(['a', 'b'])
    const removed = await manager.removeOne('a')
    expect(removed).toBeInstanceOf(StubKey)
    for (let call = 0; call < 4; call += 1) await manager.dummyclient.call()
    expect(new Set(used)).toEqual(new Set(['b']))
    expect(await manager.restore('a')).toBe(removed)
    for (let call = 0; call < 4; call += 1) await manager.dummyclient.call()
    expect(new Set(used)).toEqual(new Set(['a', 'b']))
  })

  test('restore also ends a cool-down', async () => {
    let isLimited = true
    const { manager } = rig(['a'], () => {
      if (isLimited) throw new LimitError(1000)
      return 'ok'
    })
    await failure(manager.dummyclient.call())
    expect(await manager.stateOf('a')).toMatchObject({ health: 'cooling' })
    isLimited = false
    await manager.restore('a')
    expect(await manager.dummyclient.call()).toBe('ok')
  })

  test('a cool-down outlives a stay in the archive', async () => {
    const { manager, clock } = rig(['a'], () => {
      throw new LimitError(1000)
    })
    await failure(manager.dummyclient.call())
    const key = await manager.removeOne('a')
    await manager.addOne(key)
    expect(await failure(manager.dummyclient.call())).toMatchObject({ retryAfter: 1000 })
    clock.advance(1000)
  })

  test.each(['fetchOne', 'removeOne', 'restore', 'stateOf'] as const)('%s of an unknown key: UNKNOWN_KEY', async (method) => {
    const { manager } = rig(['a'])
    const error = await failure(manager[method]('sk-not-here'))
    expect(error).toMatchObject({ code: 'UNKNOWN_KEY' })
    expect(error.message).not.toContain('sk-not-here')
  })

  test('fetchOne and removeOne see active keys only', async () => {
    const { manager } = rig(['a'])
    await manager.removeOne('a')
    expect(await failure(manager.fetchOne('a'))).toMatchObject({ code: 'UNKNOWN_KEY' })
    expect(await failure(manager.removeOne('a'))).toMatchObject({ code: 'UNKNOWN_KEY' })
  })

  test('numbers are names too', async () => {
    class Numbered extends ApiKey {
      readonly primaryKey = 7
      createClient = () => ({})
      testUsability = () => true
    }
    const key = new Numbered()
    const manager = new ApiKeyManager({ keys: [key] })
    expect([await manager.fetchOne(7), await manager.fetchOne('7')]).toEqual([key, key])
    await manager.close()
  })
})

describe('randomOne', () => {
  test('gives each ready key, and none that cools down', async () => {
    let next = 0
    const { manager } = rig(
      ['a', 'b', 'c'],
      (key) => {
        if (key === 'b') throw new LimitError(60)
        return key
      },
      { random: () => [0, 0.4, 0.99][next++ % 3] ?? 0 },
    )
    for (let call = 0; call < 3; call += 1) await manager.dummyclient.call().catch(() => undefined)
    const names = new Set<string | number>()
    for (let draw = 0; draw < 30; draw += 1) names.add((await manager.randomOne()).primaryKey)
    expect(names).toEqual(new Set(['a', 'c']))
  })

  test('of an empty pool says how many are archived', async () => {
    const { manager } = rig(['a'])
    await manager.removeOne('a')
    const error = await failure(manager.randomOne())
    expect(error).toBeInstanceOf(PoolExhaustedError)
    expect(error).toMatchObject({ activeKeys: 0, archivedKeys: 1 })
  })
})

describe('ApiKey by itself', () => {
  test('connects once, forgets a failed attempt, and answers isUsable', async () => {
    let attempts = 0
    const connect = () => {
      attempts += 1
      if (attempts === 1) throw new Error('not yet')
    }
    const key = new StubKey('a', { connect })
    expect(await key.isUsable()).toBe(false)
    expect([await key.isUsable(), await key.aisUsable()]).toEqual([true, true])
    expect(await key.aconnectClient()).toBe(await key.connectClient())
    expect(attempts).toBe(2)
  })

  test('isUsable: no, and any error, is no', async () => {
    const broken = () => {
      throw new Error('x')
    }
    expect(await new StubKey('a', { test: () => false }).isUsable()).toBe(false)
    expect(await new StubKey('a', { test: broken }).isUsable()).toBe(false)
    expect(await new StubKey('a', { test: () => Promise.reject(new Error('x')) }).isUsable()).toBe(false)
  })

  test('a client that was connected before is the one that is called', async () => {
    const used: string[] = []
    let made = 0
    const key = new StubKey('a', { answer: noted(used, () => 'ok'), connect: () => void (made += 1) })
    await key.connectClient()
    const manager = new ApiKeyManager({ keys: [key], clock: new VirtualClock() })
    await manager.dummyclient.call()
    expect([made, used]).toEqual([1, ['a']])
    await manager.close()
  })

  test('closing a manager closes its clients', async () => {
    const closed: string[] = []
    const close = ({ key }: { key: string }) => void closed.push(key)
    const keys = ['a', 'b'].map((name) => new StubKey(name, { close }))
    const manager = new ApiKeyManager({ keys, strategy: 'round_robin', clock: new VirtualClock() })
    await manager.callConcurrent('call', [[], []])
    await manager.close()
    await settle()
    expect(closed.toSorted()).toEqual(['a', 'b'])
  })
})

test('a key that is printed or serialised, be it in a report, shows no secret', async () => {
  const secret = 'sk-live-0123456789'
  const manager = new ApiKeyManager({ keys: [Object.assign(new StubKey(secret), { secret })] })
  const report = await manager.checkUsable()
  const shown = [inspect(report, { depth: 9 }), inspect(manager, { depth: 9 }), JSON.stringify(report)]
  expect(shown.join()).not.toContain(secret)
  expect(shown[0]).toContain("StubKey { primaryKey: '…6789' }")
  await manager.close()
})
