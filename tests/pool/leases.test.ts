import { describe, expect, it } from 'vitest'
import { rig, rules } from './rig.ts'

describe('a lease', () => {
  it('is given back once: late and double reports change nothing', () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    const old = house.take()
    house.engine.report(old, { class: 'ok' })
    const fresh = house.take()
    house.engine.report(old, { class: 'key-invalid' })
    house.engine.touch(old)
    expect(house.engine.key('a')).toMatchObject({ health: 'ready', inFlight: 1 })
    house.engine.report(fresh, { class: 'ok' })
    house.engine.report(fresh, { class: 'ok' })
    expect(house.engine.key('a')?.inFlight).toBe(0)
    expect(house.engine.pool('p')?.inFlight).toBe(0)
  })

  it('never has the number of another one that is or was out', () => {
    const house = rig(['a', 'b'])
    const ids = new Set<number>()
    for (let i = 0; i < 500; i++) {
      const [one, two] = [house.take(), house.take()]
      ids.add(one.id).add(two.id)
      house.engine.report(two, { class: 'ok' })
      house.engine.report(one, { class: 'ok' })
    }
    expect(ids.size).toBe(1000)
  })

  it('is taken back when nobody reports it, without blame', () => {
    const house = rig(['a'], { keyConcurrency: 1, leaseMs: 1000 })
    const lost = house.take()
    house.clock.advance(999)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.clock.advance(1)
    expect(house.engine.key('a')).toMatchObject({ inFlight: 0, health: 'ready' })
    const next = house.take()
    house.engine.report(lost, { class: 'key-invalid' })
    expect(house.engine.key('a')).toMatchObject({ inFlight: 1, health: 'ready' })
    house.engine.report(next, { class: 'ok' })
  })

  it('is taken back each at its own time', () => {
    const house = rig(['a'], { leaseMs: 1000 })
    house.take()
    house.clock.advance(400)
    house.take()
    house.clock.advance(600)
    expect(house.engine.key('a')?.inFlight).toBe(1)
    house.clock.advance(400)
    expect(house.engine.key('a')?.inFlight).toBe(0)
  })

  it('lives on while its answer streams', () => {
    const house = rig(['a'], { leaseMs: 1000 })
    const stream = house.take()
    house.clock.advance(900)
    house.engine.touch(stream)
    house.clock.advance(20 * 3_600_000)
    expect(house.engine.key('a')?.inFlight).toBe(1)
    house.engine.touch(stream)
    house.clock.advance(20 * 3_600_000)
    expect(house.engine.key('a')?.inFlight).toBe(1)
    house.clock.advance(4 * 3_600_000)
    expect(house.engine.key('a')?.inFlight).toBe(0)
  })

  it('never asks for a timer of more than a day', () => {
    const house = rig(['a'], { hintMaxMs: 1e12 })
    house.engine.touch(house.take())
    house.call({ class: 'rate-daily', holdMs: 1e11 })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: house.clock.now() + 1e12 })
    house.clock.advance(5 * 86_400_000)
    expect(house.clock.longestTimer).toBeLessThanOrEqual(86_400_000)
    expect(house.clock.pending).toBe(1)
  })
})

describe('changes under calls that are out', () => {
  it('a removed key ends its calls quietly and leaves no mark', () => {
    const house = rig(['a', 'b'])
    const lease = house.take()
    house.engine.removeKey('a')
    house.engine.report(lease, { class: 'key-invalid' })
    expect(house.engine.key('a')).toBeUndefined()
    expect(house.engine.takeMemory().marks).toEqual([])
    expect(house.engine.pool('p')).toEqual({ members: 1, buckets: 1, ready: 1, inFlight: 0, waiting: 0 })
  })

  it('a key that is deleted and brought back still counts the call that was out', () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    const lease = house.take()
    house.engine.removeKey('a')
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    house.engine.setMember('p', 'a', { priority: 0, weight: 1 })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })

  it('so does a pool', () => {
    const house = rig(['a'], { concurrency: 1 })
    const lease = house.take()
    house.engine.removePool('p')
    house.engine.setPool('p', { ...rules, concurrency: 1 })
    house.engine.setMember('p', 'a', { priority: 0, weight: 1 })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })

  it('a removed member is not handed out any more, but its call ends well', () => {
    const house = rig(['a', 'b'], { keyConcurrency: 1 })
    const lease = house.take()
    house.take()
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.removeMember('p', 'a')
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    expect(house.engine.key('a')?.inFlight).toBe(0)
  })

  it('another strategy takes over at once', () => {
    const house = rig([
      { id: 'a', priority: 2 },
      { id: 'b', priority: 1 },
    ])
    expect(house.calls(2)).toBe('ab')
    house.engine.setPool('p', { ...rules, strategy: 'priority' })
    expect(house.calls(3)).toBe('bbb')
  })

  it('a member needs its pool and key first', () => {
    const house = rig([])
    expect(() => house.engine.setMember('nope', 'a', { priority: 0, weight: 1 })).toThrow('no pool "nope"')
    expect(() => house.engine.setMember('p', 'a', { priority: 0, weight: 1 })).toThrow('no key "a"')
  })
})

describe('a call that is never sent', () => {
  it('leaves every limit as it was, wakes who waits for its place, and ends the lease', async () => {
    const limits = {
      '': [
        { unit: 'requests', window: 'forever', amount: 1 },
        { unit: 'total', window: 'forever', amount: 10 },
      ],
    } as const
    const house = rig([{ id: 'a', limits }], { rateLimit: 1, keyConcurrency: 1 })
    const lease = house.take({ cost: { input: 5, output: 5, nanos: 0 } })
    const next = house.engine.acquire({ pool: 'p' }, { deadlineMs: Number.POSITIVE_INFINITY })
    house.engine.cancel(lease)
    expect(await next).toMatchObject({ kind: 'lease' })
    house.engine.cancel(lease)
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.key('a')).toMatchObject({ inFlight: 1, proven: false })
    expect(house.engine.meters('a')).toMatchObject([
      { used: 0, reserved: 1 },
      { used: 0, reserved: 0 },
    ])
  })

  it('that has arrived counts all the same; one that never was given out is refused', () => {
    const house = rig(['a'], { rateLimit: 1 })
    const lease = house.take()
    house.engine.touch(lease)
    house.engine.cancel(lease)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    expect(() => house.engine.cancel({ ...lease, id: lease.id + 1 })).toThrow('was ever given out')
  })

  it('does not prove a key that is tried out after its cool-down', () => {
    const house = rig(['a'])
    house.call('rate-short')
    house.clock.advance(1001)
    house.engine.cancel(house.take())
    expect(house.call('rate-short')).toBe('a')
    house.clock.advance(1001)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
  })
})
