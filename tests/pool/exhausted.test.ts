import { describe, expect, it } from 'vitest'
import { rig, rules } from './rig.ts'

describe('a refusal says why and until when', () => {
  it('unknown pool', () => {
    expect(rig(['a']).engine.tryLease({ pool: 'nope' })).toEqual({
      kind: 'exhausted',
      reason: 'unknown-pool',
      retryAfterMs: null,
    })
  })

  it('no keys', () => {
    expect(rig([]).engine.tryLease({ pool: 'p' })).toEqual({ kind: 'exhausted', reason: 'no-keys', retryAfterMs: null })
  })

  it('all tried: the first of them to be back counts', () => {
    const house = rig(['a', 'b', 'c'])
    const tried = new Set<string>()
    for (const holdMs of [9000, 3000, 6000]) tried.add(house.call({ class: 'rate-short', holdMs }, { exclude: tried }))
    expect(house.engine.tryLease({ pool: 'p', exclude: tried })).toEqual({
      kind: 'exhausted',
      reason: 'all-tried',
      retryAfterMs: 3000,
    })
    house.clock.advance(1000)
    expect(house.engine.tryLease({ pool: 'p', exclude: tried })).toMatchObject({ retryAfterMs: 2000 })
  })

  it('all tried without a fault of theirs: at once', () => {
    const house = rig(['a', 'b'])
    const tried = new Set([house.call('overloaded'), house.call('overloaded')])
    expect(house.engine.tryLease({ pool: 'p', exclude: tried })).toEqual({
      kind: 'exhausted',
      reason: 'all-tried',
      retryAfterMs: 0,
    })
  })

  it('none usable: only a person can help', () => {
    const house = rig(['a', 'b', 'c'])
    house.engine.observe('a', { class: 'key-invalid' })
    house.engine.setKey({ id: 'b', enabled: false, expiresAt: null })
    house.engine.setKey({ id: 'c', enabled: true, expiresAt: house.clock.now() })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'exhausted', reason: 'none-usable', retryAfterMs: null })
  })

  it('waiting names the first key to come back, also when its time was put off meanwhile', () => {
    const house = rig(['a', 'b'])
    const [first, second, third] = [house.take(), house.take(), house.take()]
    house.engine.report(first, { class: 'rate-short', holdMs: 1000 })
    house.engine.report(second, { class: 'rate-short', holdMs: 4000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 1000 })
    house.engine.report(third, { class: 'rate-short', holdMs: 7000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 4000 })
    expect(house.engine.tryLease({ pool: 'p', exclude: new Set(['b']) })).toEqual({ kind: 'wait', wakeAt: 7000 })
  })

  it('a late timer does not keep a key out', () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 1000 })
    house.clock.freeze(1000)
    expect(house.engine.key('a')?.health).toBe('ready')
    expect(house.engine.pool('p')?.ready).toBe(1)
    expect(house.call()).toBe('a')
  })
})

describe('a key that expires', () => {
  it('goes out at its wall time and comes back with a new date', () => {
    const house = rig(['a'])
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: house.clock.now() + 5000 })
    const changes: string[] = []
    house.engine.onKeyChange((id) => changes.push(id))
    expect(house.call()).toBe('a')
    changes.length = 0
    house.clock.advance(5000)
    expect(changes).toEqual(['a'])
    expect(house.engine.key('a')).toMatchObject({ health: 'disabled', reason: 'expired' })
    expect(house.engine.pool('p')?.ready).toBe(0)
    expect(house.engine.tryLease({ pool: 'p' })).toMatchObject({ kind: 'exhausted', reason: 'none-usable' })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    expect(house.call()).toBe('a')
  })

  it('follows the wall clock when that is set', () => {
    const house = rig(['a', 'b'], { strategy: 'priority' })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: house.clock.now() + 5000 })
    house.clock.shiftWall(6000)
    expect(house.call()).toBe('b')
  })
})

it('rules of one pool do not touch another', () => {
  const house = rig(['a'], { keyConcurrency: 1 })
  house.engine.setPool('q', rules)
  house.engine.setMember('q', 'a', { priority: 0, weight: 1 })
  house.take()
  expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
  expect(house.engine.tryLease({ pool: 'q' }).kind).toBe('lease')
})
