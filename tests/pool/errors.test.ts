import { describe, expect, it } from 'vitest'
import type { Lease, Limit, PoolRules, StrategyName } from '../../src-main/pool/types.ts'
import { rig, rules } from './rig.ts'

const minute = { slideMs: 60_000 }
const bad = [Number.NaN, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

describe('what the engine refuses leaves everything as it was', () => {
  it.each([
    ...bad.map((amount): [string, Limit] => [`amount ${amount}`, { unit: 'requests', window: minute, amount }]),
    ...[0, ...bad].map((slideMs): [string, Limit] => [`window ${slideMs}`, { unit: 'total', window: { slideMs }, amount: 1 }]),
    ['an unknown unit', { unit: 'words' as 'total', window: minute, amount: 1 }],
    ['an unknown zone', { unit: 'requests', window: { calendar: 'day', zone: 'Mars/Olympus' }, amount: 1 }],
    ['an unknown period', { unit: 'requests', window: { calendar: 'week' as 'day', zone: 'UTC' }, amount: 1 }],
  ] as [string, Limit][])('a limit: %s', (_, limit) => {
    const house = rig([{ id: 'a', limits: { '': [{ unit: 'requests', window: minute, amount: 5 }] } }])
    house.call()
    const before = house.engine.meters('a')
    const wrong = { m: [limit] }
    const error = expect.objectContaining({
      name: 'EngineError',
      code: 'INVALID_LIMIT',
      field: expect.stringMatching(/^limits\.m\./),
    })
    expect(() => house.engine.setKey({ id: 'a', enabled: false, expiresAt: null, limits: wrong })).toThrow(error)
    expect(() => house.engine.setKey({ id: 'new', enabled: true, expiresAt: null, limits: wrong })).toThrow(error)
    expect(() => house.engine.setBucket('a', wrong)).toThrow(error)
    expect(house.engine.meters('a')).toEqual(before)
    expect(house.engine.key('a')?.health).toBe('ready')
    expect(house.engine.key('new')).toBeUndefined()
  })

  const wrongRules: [keyof PoolRules, unknown][] = [
    ['concurrency', -1],
    ['keyConcurrency', 1.5],
    ['rateLimit', Number.NaN],
    ['rateIntervalMs', 0],
    ['cooldownBaseMs', -5],
    ['cooldownMaxMs', 10],
    ['leaseMs', Number.POSITIVE_INFINITY],
    ['breakerFailures', -1],
    ['breakerMs', 0],
    ['interactiveReserve', 1],
    ['interactiveReserve', Number.NaN],
    ['fallbackAfterMs', -1],
    ['fallback', [{ model: 'm', then: [] }]],
  ]
  it.each(wrongRules)('a rule: %s %s', (name, value) => {
    const house = rig(['a', 'b'])
    const wrong = { ...rules, strategy: 'priority' as const, [name]: value }
    expect(() => house.engine.setPool('p', wrong)).toThrow(
      expect.objectContaining({ code: 'INVALID_RULE', field: expect.stringContaining(name) }),
    )
    expect(() => house.engine.setPool('new', wrong)).toThrow(name)
    expect(house.calls(4)).toBe('abab')
    expect(house.engine.pool('new')).toBeUndefined()
  })

  it('an unknown strategy', () => {
    const house = rig(['a'])
    const wrong = { ...rules, strategy: 'best' as StrategyName }
    expect(() => house.engine.setPool('p', wrong)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_STRATEGY', field: 'strategy' }),
    )
    expect(house.take().chosenBy).toBe('round_robin')
  })

  it.each([
    ['UNKNOWN_POOL', 'nope', 'a', 1],
    ['UNKNOWN_KEY', 'p', 'nope', 1],
    ['INVALID_RULE', 'p', 'a', -1],
    ['INVALID_RULE', 'p', 'a', Number.NaN],
  ] as const)('a member: %s', (code, pool, key, weight) => {
    const house = rig(['a'])
    expect(() => house.engine.setMember(pool, key, { priority: 0, weight })).toThrow(expect.objectContaining({ code }))
    expect(house.call()).toBe('a')
  })

  it.each([-1, 1e15, 0.5, Number.NaN, 12_345])('a report for lease %s, which nobody was given', (id) => {
    const house = rig(['a'])
    const real = house.take()
    const wrong: Lease = { ...real, id: real.id === id ? id + 1 : id }
    expect(() => house.engine.report(wrong, { class: 'key-invalid' })).toThrow(expect.objectContaining({ code: 'UNKNOWN_LEASE' }))
    house.engine.touch(wrong)
    house.engine.learn(wrong, [])
    expect(house.engine.key('a')).toMatchObject({ health: 'ready', inFlight: 1 })
  })

  it('a report for a lease that is to come', () => {
    const house = rig(['a'])
    const real = house.take()
    house.engine.report(real, { class: 'ok' })
    house.engine.report(real, { class: 'key-invalid' })
    expect(() => house.engine.report({ ...real, id: real.id + 2 ** 24 }, { class: 'ok' })).toThrow(/no lease/)
    expect(house.engine.key('a')?.health).toBe('ready')
  })

  it.each(bad)('an estimate or a use of %s', (amount) => {
    const house = rig([{ id: 'a', limits: { '': [{ unit: 'total', window: minute, amount: 100 }] } }])
    const cost = { input: amount, output: 0, nanos: 0 }
    expect(() => house.engine.tryLease({ pool: 'p', cost })).toThrow(
      expect.objectContaining({ code: 'INVALID_LIMIT', field: 'cost.input' }),
    )
    const lease = house.take()
    expect(() => house.engine.report(lease, { class: 'ok' }, { output: amount })).toThrow(
      expect.objectContaining({ field: 'used.output' }),
    )
    house.engine.report(lease, { class: 'ok' }, { output: 1 })
    expect(house.engine.meters('a')).toMatchObject([{ used: 1 }])
  })
})
