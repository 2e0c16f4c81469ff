import { describe, expect, it } from 'vitest'
import type { Reservation } from '../../src-main/pool/types.ts'
import { type Rig, rig, settle } from './rig.ts'

function reserve(house: Rig, ttlMs = 10_000, exclusive = true, exclude: string[] = []): Reservation {
  const result = house.engine.reserve({ pool: 'p', exclude: new Set(exclude) }, { ttlMs, exclusive })
  if (result.kind !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(result)}`)
  return result.reservation
}

describe('a reserved key', () => {
  it('is the least recently used one, whatever the strategy', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'priority' })
    house.call()
    expect([reserve(house), reserve(house), reserve(house)].map(({ keyId }) => keyId)).toEqual(['b', 'c', 'a'])
    expect(house.engine.reserve({ pool: 'p' }, { ttlMs: 1000 })).toEqual({ kind: 'wait', wakeAt: 10_000 })
  })

  it('serves whoever has its number, and nobody else', () => {
    const house = rig(['a', 'b'])
    const { id, keyId } = reserve(house)
    for (let i = 0; i < 3; i++) expect(house.call()).not.toBe(keyId)
    expect(house.take({ reservation: id })).toMatchObject({ keyId, chosenBy: 'reservation' })
    expect(house.engine.tryLease({ pool: 'p', reservation: 99 })).toMatchObject({ kind: 'exhausted', reason: 'none-usable' })
  })

  it('is free again when it is given back, once', () => {
    const house = rig(['a'])
    const { id } = reserve(house)
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 10_000 })
    expect(house.engine.release(id)).toBe(true)
    expect(house.engine.release(id)).toBe(false)
    expect(house.call()).toBe('a')
  })

  it('is free again after its time, and those who wait are served', async () => {
    const house = rig(['a'])
    const { id } = reserve(house, 5000)
    const asked = house.engine.acquire({ pool: 'p' }, { deadlineMs: 9000 })
    house.clock.advance(5000)
    await settle()
    expect(await asked).toMatchObject({ kind: 'lease', lease: { keyId: 'a' } })
    expect(house.engine.release(id)).toBe(false)
    expect(house.engine.tryLease({ pool: 'p', reservation: id })).toMatchObject({ kind: 'exhausted' })
  })

  it('that is not exclusive counts as one call under way, also while its own call is', () => {
    const house = rig(['a'], { keyConcurrency: 2 })
    const { id } = reserve(house, 10_000, false)
    expect(house.engine.key('a')?.inFlight).toBe(1)
    const own = house.take({ reservation: id })
    expect(house.engine.key('a')?.inFlight).toBe(1)
    const other = house.take()
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.report(own, { class: 'ok' })
    house.engine.report(other, { class: 'ok' })
    expect(house.engine.key('a')?.inFlight).toBe(1)
    house.engine.release(id)
    expect(house.engine.key('a')?.inFlight).toBe(0)
  })

  it('outlasts no key, and its late call ends well', () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    const { id } = reserve(house, 10_000, false)
    const lease = house.take({ reservation: id })
    house.engine.removeKey('a')
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.release(id)).toBe(false)
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    house.engine.setMember('p', 'a', { priority: 0, weight: 1 })
    expect(house.engine.key('a')?.inFlight).toBe(0)
    expect(house.call()).toBe('a')
  })

  it('waits as any other for a cool-down, and says all-tried for a key that was', () => {
    const house = rig(['a'])
    const { id } = reserve(house)
    house.engine.report(house.take({ reservation: id }), { class: 'rate-short', holdMs: 3000 })
    expect(house.engine.tryLease({ pool: 'p', reservation: id })).toEqual({ kind: 'wait', wakeAt: 3000 })
    expect(house.engine.tryLease({ pool: 'p', reservation: id, exclude: new Set(['a']) })).toMatchObject({ reason: 'all-tried' })
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('cannot be had for %s ms', (ttlMs) => {
    const house = rig(['a'])
    expect(() => house.engine.reserve({ pool: 'p' }, { ttlMs })).toThrow(expect.objectContaining({ code: 'INVALID_RULE' }))
    expect(house.call()).toBe('a')
  })

  it('never goes to two at once', () => {
    const house = rig(Array.from({ length: 50 }, (_, i) => ({ id: `k${i}`, bucket: `b${i % 7}` })))
    const ids = new Set(Array.from({ length: 50 }, () => reserve(house).keyId))
    expect(ids.size).toBe(50)
    expect(house.engine.reserve({ pool: 'nope' }, { ttlMs: 1 })).toMatchObject({ reason: 'unknown-pool' })
  })
})
