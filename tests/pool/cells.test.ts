import { describe, expect, it } from 'vitest'
import type { Cost, KeySpec, Limit, LimitReading } from '../../src-main/pool/types.ts'
import { rig } from './rig.ts'

const minute = { slideMs: 60_000 }
const limit = (unit: Limit['unit'], amount: number, window: Limit['window'] = minute): Limit => ({ unit, window, amount })
const cost = (input: number, output = 0, nanos = 0): Cost => ({ input, output, nanos })
const withLimits = (limits: KeySpec['limits'] & object, id = 'a') => ({ id, limits })

function reading(changes: Partial<LimitReading>): LimitReading {
  return {
    unit: 'requests',
    window: minute,
    limit: null,
    remaining: null,
    resetMs: null,
    refills: false,
    scope: 'model',
    ...changes,
  }
}

describe('limits of a key', () => {
  it('are enforced before the call, for all models and for each', () => {
    const house = rig([withLimits({ '': [limit('requests', 3)], m: [limit('requests', 1)] })])
    house.call('ok', { model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    house.call('ok', { model: 'n' })
    house.call()
    expect(house.engine.tryLease({ pool: 'p', model: 'n' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
  })

  it.each([
    ['input', cost(100), cost(20), 120],
    ['output', cost(0, 100), cost(0, 20), 120],
    ['total', cost(60, 40), cost(10, 10), 120],
    ['nanos', cost(0, 0, 100), cost(0, 0, 20), 120],
  ] as const)('%s are reserved before the call and put right after it', (unit, big, small, amount) => {
    const house = rig([withLimits({ '': [limit(unit, amount)] })])
    const lease = house.take({ cost: big })
    house.take({ cost: small })
    expect(house.engine.tryLease({ pool: 'p', cost: small }).kind).toBe('wait')
    house.engine.report(lease, { class: 'ok' }, { input: 0, output: 0, nanos: 0 })
    expect(house.engine.tryLease({ pool: 'p', cost: big }).kind).toBe('lease')
  })

  it('give tokens and money back when the upstream did not take the call, but not the request', () => {
    const house = rig([withLimits({ '': [limit('total', 100), limit('requests', 2), limit('nanos', 9, 'forever')] })])
    const lease = house.take({ cost: cost(50, 50, 9) })
    house.engine.touch(lease)
    house.engine.report(lease, { class: 'overloaded' })
    house.call('ok', { cost: cost(50, 50, 9) })
    expect(house.engine.tryLease({ pool: 'p' })).toMatchObject({ kind: 'exhausted' })
    const used = Object.fromEntries(house.engine.meters('a').map((meter) => [meter.unit, meter.used]))
    expect(used).toEqual({ total: 100, requests: 2, nanos: 9 })
  })

  it('let the estimate stand when nobody says what was used', () => {
    const house = rig([withLimits({ '': [limit('total', 100)] })])
    house.call('aborted', { cost: cost(30, 30) })
    expect(house.engine.meters('a')).toMatchObject([
      { unit: 'total', used: 60, reserved: 0, limit: 100, scope: 'key', source: 'set' },
    ])
  })

  it('count input when it has arrived and output when it has ended', () => {
    const house = rig([withLimits({ '': [limit('total', 100)] })])
    const lease = house.take({ cost: cost(30, 40) })
    house.engine.touch(lease)
    expect(house.engine.meters('a')).toMatchObject([{ used: 30, reserved: 40 }])
    house.engine.report(lease, { class: 'ok' }, { input: 20, output: 50 })
    expect(house.engine.meters('a')).toMatchObject([{ used: 70, reserved: 0 }])
  })

  it('are changed at once, up and down, also under calls', () => {
    const house = rig(['a'])
    const set = (amount: number) =>
      house.engine.setKey({ id: 'a', enabled: true, expiresAt: null, limits: { '': [limit('requests', amount)] } })
    const leases = [house.take(), house.take()]
    set(2)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    set(3)
    leases.push(house.take())
    set(1)
    for (const lease of leases) house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
    expect(house.engine.meters('a')).toEqual([])
  })

  it('a full daily quota shows as exhausted until its midnight, and the budget for good', () => {
    const day = { calendar: 'day', zone: 'America/Los_Angeles' } as const
    const house = rig([withLimits({ '': [limit('requests', 2, day), limit('nanos', 2e9, 'forever')] })])
    const told: string[] = []
    house.engine.onKeyChange((id) => told.push(`${id} ${house.engine.key(id)?.health}`))
    house.call()
    house.call()
    // The clock starts at 2026-01-01T00:00Z: four in the afternoon in Los Angeles.
    const midnight = Date.UTC(2026, 0, 1, 8)
    expect(house.engine.key('a')).toMatchObject({ health: 'exhausted', reason: '2 of 2 requests today', until: midnight })
    expect(house.engine.pool('p')?.ready).toBe(0)
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 8 * 3_600_000 })
    house.clock.advance(8 * 3_600_000)
    expect(house.engine.pool('p')?.ready).toBe(1)
    house.call('ok', { cost: cost(0, 0, 2e9) })
    expect(house.engine.key('a')).toMatchObject({ health: 'exhausted', reason: '$2.00 of $2.00 in all', until: null })
    expect(house.engine.tryLease({ pool: 'p' })).toMatchObject({ kind: 'exhausted', reason: 'none-usable', retryAfterMs: null })
    expect(told.filter((text) => text !== 'a ready')).toEqual(['a exhausted', 'a exhausted'])
  })
})

describe('a call that is too big', () => {
  const keys = [withLimits({ '': [limit('total', 100)] }, 'a'), withLimits({ '': [limit('total', 1000)] }, 'b')]

  it('goes to a key whose limit is larger, and keeps no small one from the others', () => {
    const house = rig(keys)
    for (let i = 0; i < 3; i++) expect(house.call('ok', { cost: cost(300) })).toBe('b')
    expect(house.calls(2).split('').toSorted().join('')).toBe('ab')
  })

  it('is refused for good only when it is larger than every limit', () => {
    const house = rig(keys)
    expect(house.engine.tryLease({ pool: 'p', cost: cost(1001) })).toEqual({
      kind: 'exhausted',
      reason: 'too-large',
      retryAfterMs: null,
    })
    house.call('ok', { cost: cost(900) })
    expect(house.engine.tryLease({ pool: 'p', cost: cost(500) })).toMatchObject({ kind: 'wait' })
  })

  it('does not keep smaller ones away from what is left', () => {
    const house = rig([keys[0]!])
    house.call('ok', { cost: cost(60) })
    expect(house.engine.tryLease({ pool: 'p', cost: cost(50) }).kind).toBe('wait')
    expect(house.engine.tryLease({ pool: 'p', cost: cost(40) }).kind).toBe('lease')
  })
})

describe('what an answer announces', () => {
  it('paces the next calls before there is a refusal', () => {
    const house = rig(['a'])
    const lease = house.take({ model: 'm' })
    house.engine.touch(lease)
    house.engine.learn(lease, [reading({ limit: 10, remaining: 2, resetMs: 30_000 })])
    house.engine.report(lease, { class: 'ok' })
    house.call('ok', { model: 'm' })
    house.call('ok', { model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toMatchObject({ kind: 'wait', wakeAt: 30_000 })
    expect(house.engine.tryLease({ pool: 'p', model: 'n' }).kind).toBe('lease')
    expect(house.engine.meters('a')).toMatchObject([
      { scope: 'bucket', model: 'm', unit: 'requests', limit: 10, source: 'announced' },
    ])
  })

  it('holds for the account when it says so', () => {
    const house = rig([{ id: 'a', bucket: 'x' }, { id: 'b', bucket: 'x' }, 'c'])
    const lease = house.take({ model: 'm', exclude: new Set(['c']) })
    house.engine.touch(lease)
    house.engine.learn(lease, [reading({ limit: 10, remaining: 0, resetMs: 5000, scope: 'account' })])
    house.engine.report(lease, { class: 'ok' })
    for (let i = 0; i < 3; i++) expect(house.call('ok', { model: 'n' })).toBe('c')
  })

  it('does not overrule what was set: the smaller counts', () => {
    const house = rig([withLimits({})])
    house.engine.setBucket('a', { m: [limit('requests', 2)] })
    const lease = house.take({ model: 'm' })
    house.engine.touch(lease)
    house.engine.learn(lease, [reading({ limit: 100, remaining: 99, resetMs: 60_000 })])
    house.engine.report(lease, { class: 'ok' })
    house.call('ok', { model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' }).kind).toBe('wait')
  })

  it('limit 0: this key does not have the model, and waiting is of no use', () => {
    const house = rig(['a', 'b'])
    const lease = house.take({ model: 'm' })
    house.engine.learn(lease, [reading({ limit: 0 })])
    house.engine.report(lease, { class: 'rate-daily', holdMs: 1000 })
    house.clock.advance(1000)
    for (let i = 0; i < 3; i++) expect(house.call('ok', { model: 'm' })).not.toBe(lease.keyId)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%s means that it does not say', (value) => {
    const house = rig(['a'])
    const lease = house.take({ model: 'm' })
    house.engine.learn(lease, [reading({ limit: value, remaining: value, resetMs: value })])
    house.engine.report(lease, { class: 'ok' })
    expect(house.engine.meters('a')).toEqual([])
    house.engine.learn(lease, [reading({ limit: 1, remaining: 0, resetMs: 1000 })])
    expect(house.engine.tryLease({ pool: 'p', model: 'm' }).kind).toBe('lease')
  })

  it('a refusal without any words or limits is measured: what went through is what there is', () => {
    const house = rig(['a'])
    for (let i = 0; i < 5; i++) house.call('ok', { model: 'm' })
    house.call('rate-short', { model: 'm' })
    expect(house.engine.meters('a')).toMatchObject([{ model: 'm', unit: 'requests', source: 'inferred' }])
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toMatchObject({ kind: 'wait', wakeAt: expect.closeTo(60_000, -3) })
    house.clock.advance(61_000)
    let through = 0
    while (through < 50 && house.engine.tryLease({ pool: 'p', model: 'm' }).kind === 'lease') through++
    expect(through).toBeGreaterThan(0)
    expect(through).toBeLessThanOrEqual(5)
  })
})

describe('after a rate limit', () => {
  it('only one call tries whether it is over, and its success opens the way', () => {
    const house = rig([
      { id: 'a', bucket: 'x' },
      { id: 'b', bucket: 'x' },
    ])
    house.call({ class: 'rate-short', holdMs: 1000 }, { model: 'm' })
    house.clock.advance(1000)
    const first = house.take({ model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: null })
    expect(house.engine.tryLease({ pool: 'p', model: 'n' }).kind).toBe('lease')
    house.engine.report(first, { class: 'ok' })
    for (let i = 0; i < 5; i++) house.take({ model: 'm' })
  })

  it('the next one tries when it came to nothing', () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 1000 })
    house.clock.advance(1000)
    house.engine.report(house.take(), { class: 'aborted' })
    const second = house.take()
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.engine.report(second, { class: 'rate-short', holdMs: 1000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 2000 })
  })

  it('an answer that has been streaming for a while is proof enough', () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 1000 })
    house.clock.advance(1000)
    const stream = house.take()
    house.engine.touch(stream)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait')
    house.clock.advance(1000)
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })
})

describe('invented model names', () => {
  it('do not pile up, and what is set, marked or under way stays', () => {
    const house = rig(['a'])
    house.engine.setBucket('a', { kept: [limit('requests', 1)] })
    house.call('ok', { model: 'kept' })
    const out = house.take({ model: 'under-way' })
    house.call({ class: 'rate-daily', holdMs: 3_600_000 }, { model: 'marked' })
    for (let i = 0; i < 1000; i++) house.call('ok', { model: `made-up-${i}` })
    expect(house.engine.takeMemory().meters.length).toBeLessThanOrEqual(260)
    for (const model of ['kept', 'marked']) expect(house.engine.tryLease({ pool: 'p', model }).kind).toBe('wait')
    house.engine.report(out, { class: 'ok' })
  })

  it('are forgotten when idle', () => {
    const house = rig(['a'])
    for (let i = 0; i < 100; i++) house.call('ok', { model: `made-up-${i}` })
    expect(house.engine.takeMemory().meters.length).toBe(100)
    house.clock.advance(300_000)
    expect(house.engine.takeMemory().goneMeters.length).toBe(100)
  })
})
