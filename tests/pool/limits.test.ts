import { describe, expect, it } from 'vitest'
import { rig, rules } from './rig.ts'

describe('key concurrency', () => {
  it('is never exceeded, and a call that ends makes room', () => {
    const house = rig(['a', 'b'], { keyConcurrency: 2 })
    const leases = [house.take(), house.take(), house.take(), house.take()]
    expect(leases.map((lease) => lease.keyId)).toEqual(['a', 'b', 'a', 'b'])
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    house.engine.report(leases[1]!, { class: 'overloaded' })
    expect(house.take().keyId).toBe('b')
  })

  it('counts the calls of all pools of the key, each by its own rule', () => {
    const house = rig(['a'], { keyConcurrency: 2 })
    house.engine.setPool('q', { ...rules, keyConcurrency: 1 })
    house.engine.setMember('q', 'a', { priority: 0, weight: 1 })
    const lease = house.take()
    expect(house.engine.tryLease({ pool: 'q' })).toEqual({ kind: 'wait', wakeAt: null })
    house.take()
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'q' }).kind).toBe('wait')
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })
})

describe('pool concurrency', () => {
  it('holds over all keys and models', () => {
    const house = rig(['a', 'b', 'c'], { concurrency: 2 })
    const lease = house.take({ model: 'm' })
    house.take({ model: 'n' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
    expect(house.engine.pool('p')).toEqual({ members: 3, buckets: 3, ready: 3, inFlight: 2, waiting: 0 })
  })

  it('tells a call that has tried every key so, instead of letting it wait for a slot', () => {
    const house = rig(['a'], { concurrency: 1 })
    house.take()
    expect(house.engine.tryLease({ pool: 'p', exclude: new Set(['a']) })).toMatchObject({
      kind: 'exhausted',
      reason: 'all-tried',
    })
  })
})

describe('rate limit per key', () => {
  it('is an exact sliding window, enforced before the call', () => {
    const house = rig(['a'], { rateLimit: 3, rateIntervalMs: 1000 })
    house.call()
    house.clock.advance(400)
    house.call()
    house.call()
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 1000 })
    house.clock.advance(599)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.clock.advance(1)
    house.call()
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 1400 })
  })

  it('counts a call until its first byte plus the window, because providers count arrivals', () => {
    const house = rig(['a'], { rateLimit: 1, rateIntervalMs: 1000 })
    const slow = house.take()
    house.clock.advance(5000)
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    house.engine.touch(slow)
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 6000 })
    house.clock.advance(1000)
    house.engine.report(slow, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })

  it('is shared by all models and moves on to the next key', () => {
    const house = rig(['a', 'b'], { strategy: 'priority', rateLimit: 2, rateIntervalMs: 1000 })
    expect(['m', 'n', 'o', undefined].map((model) => house.call('ok', model ? { model } : {}))).toEqual(['a', 'a', 'b', 'b'])
    expect(house.engine.tryLease({ pool: 'p', model: 'x' })).toEqual({ kind: 'wait', wakeAt: 1000 })
  })

  it('follows a changed limit at once', () => {
    const house = rig(['a'], { rateLimit: 1, rateIntervalMs: 1000 })
    house.call()
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.setPool('p', { ...rules, rateLimit: 2, rateIntervalMs: 1000 })
    house.call()
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 1000 })
  })
})
