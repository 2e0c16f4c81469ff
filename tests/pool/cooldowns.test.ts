import { describe, expect, it } from 'vitest'
import { holdMs, scopeOf } from '../../src-main/pool/cooldown.ts'
import { type OutcomeClass, outcomeClasses } from '../../src-main/pool/types.ts'
import { rig, rules } from './rig.ts'

const blameless: OutcomeClass[] = ['ok', 'overloaded', 'network', 'request-bad', 'aborted']
const hour = 3_600_000

/** When the one key of the pool is back, in mono ms. */
function wakeAt(house: ReturnType<typeof rig>): number | null {
  const result = house.engine.tryLease({ pool: 'p' })
  if (result.kind !== 'wait') throw new Error(result.kind)
  return result.wakeAt
}

describe('what an outcome marks', () => {
  it.each(blameless)('%s: nothing', (outcome) => {
    const house = rig(['a'])
    for (let i = 0; i < 10; i++) expect(house.call(outcome, { model: 'm' })).toBe('a')
    expect(house.engine.key('a')?.health).toBe('ready')
    expect(house.engine.takeMemory()).toMatchObject({ marks: [], goneMarks: [] })
  })

  it.each([
    ['rate-short', 1000],
    ['rate-daily', hour],
    ['model-unavailable', 24 * hour],
  ] as const)('%s: the key for this model only', (outcome, hold) => {
    const house = rig(['a'])
    house.call(outcome, { model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: hold })
    expect(house.call('ok', { model: 'other' })).toBe('a')
    expect(house.call()).toBe('a')
  })

  it.each([
    ['rate-short', 1000],
    ['rate-daily', hour],
    ['no-credit', hour],
  ] as const)('%s without a model: the key for all models and pools', (outcome, hold) => {
    const house = rig(['a'])
    house.engine.setPool('q', rules)
    house.engine.setMember('q', 'a', { priority: 0, weight: 1 })
    house.call('ok', { pool: 'q' })
    house.call(outcome)
    for (const query of [{ pool: 'p', model: 'm' }, { pool: 'p' }, { pool: 'q' }]) {
      expect(house.engine.tryLease(query)).toEqual({ kind: 'wait', wakeAt: hold })
    }
  })

  it('no-credit with a model: still the whole key', () => {
    const house = rig(['a'])
    house.call('no-credit', { model: 'm' })
    expect(house.engine.tryLease({ pool: 'p', model: 'other' })).toEqual({ kind: 'wait', wakeAt: hour })
  })

  it('key-invalid: out until a person or a check says otherwise', () => {
    const house = rig(['a'])
    house.call({ class: 'key-invalid', holdMs: 10 }, { model: 'm' })
    house.clock.advance(400 * 24 * hour)
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'exhausted', reason: 'none-usable', retryAfterMs: null })
    house.engine.resume('a')
    expect(house.call('key-invalid')).toBe('a')
    house.engine.observe('a', { class: 'ok' })
    expect(house.call()).toBe('a')
  })

  it('model-unavailable without a model: nothing', () => {
    expect(scopeOf('model-unavailable', '')).toBeNull()
  })
})

describe('how long', () => {
  const longRules = { ...rules, hintMaxMs: 10_000 }

  it('believes a hint up to its cap', () => {
    expect(holdMs({ class: 'rate-short', holdMs: 7000 }, 1, longRules, () => 0)).toBe(7000)
    expect(holdMs({ class: 'rate-daily', holdMs: 9e9 }, 1, longRules, () => 0)).toBe(10_000)
    expect(holdMs({ class: 'rate-short', holdMs: Number.POSITIVE_INFINITY }, 1, longRules, () => 0)).toBe(10_000)
  })

  it.each([0, -5, Number.NaN])('backs off when the hint is %s', (hint) => {
    expect(holdMs({ class: 'rate-short', holdMs: hint }, 1, rules, () => 0)).toBe(1000)
  })

  it('doubles with each strike up to the longest, less at most a quarter', () => {
    const held = [1, 2, 3, 4, 9, 10, 5000].map((strikes) => holdMs({ class: 'rate-short' }, strikes, rules, () => 0))
    expect(held).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000])
    expect(holdMs({ class: 'rate-short' }, 1, rules, () => 0.9999)).toBeGreaterThanOrEqual(750)
    expect(holdMs({ class: 'rate-short' }, 5000, rules, () => 0.5)).toBe(262_500)
  })

  it('is finite and positive for every mark but key-invalid', () => {
    for (const outcome of outcomeClasses) {
      if (scopeOf(outcome, 'm') === null || outcome === 'key-invalid') continue
      expect(holdMs({ class: outcome }, 1, rules, () => 0.5)).toBeGreaterThan(0)
      expect(holdMs({ class: outcome }, 1, rules, () => 0.5)).toBeLessThan(Number.POSITIVE_INFINITY)
    }
  })
})

describe('strikes', () => {
  it('grow with every failure after the cool-down, and a success clears them', () => {
    const house = rig(['a'])
    const holds: number[] = []
    for (const outcome of ['rate-short', 'rate-short', 'rate-short', 'ok', 'rate-short'] as const) {
      house.call(outcome)
      if (outcome === 'ok') continue
      const hold = wakeAt(house)! - house.clock.mono()
      holds.push(hold)
      house.clock.advance(hold)
    }
    expect(holds).toEqual([1000, 2000, 4000, 1000])
  })

  it('count a burst of calls that were under way together as one', () => {
    const house = rig(['a'])
    const burst = Array.from({ length: 10 }, () => house.take())
    for (const lease of burst) house.engine.report(lease, { class: 'rate-short' })
    expect(wakeAt(house)).toBe(1000)
  })

  it('are not cleared by a success that began before the limit was hit', () => {
    const house = rig(['a'])
    const early = house.take()
    house.call('rate-short')
    house.engine.report(early, { class: 'ok' })
    expect(wakeAt(house)).toBe(1000)
    house.clock.advance(1000)
    house.call('rate-short')
    expect(wakeAt(house)).toBe(3000)
  })
})

describe('several marks', () => {
  it('a shorter hint never replaces a longer one, a longer one does', () => {
    const house = rig(['a'])
    const [first, second, third] = [house.take(), house.take(), house.take()]
    house.engine.report(first, { class: 'rate-short', holdMs: 60_000 })
    house.engine.report(second, { class: 'rate-short', holdMs: 2000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    house.engine.report(third, { class: 'rate-short', holdMs: 90_000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 90_000 })
  })

  it('an invalid key is not softened by a late rate limit or success', () => {
    const house = rig(['a'])
    const [first, second, third] = [house.take(), house.take(), house.take()]
    house.engine.report(first, { class: 'key-invalid' })
    house.engine.report(second, { class: 'rate-short', holdMs: 2000 })
    house.engine.report(third, { class: 'ok' })
    expect(house.engine.key('a')).toMatchObject({ health: 'invalid', until: null })
  })

  it('a model waits for the longer of its own and the key’s', () => {
    const house = rig(['a'])
    const [first, second] = [house.take({ model: 'm' }), house.take()]
    house.engine.report(first, { class: 'rate-short', holdMs: 9000 })
    house.engine.report(second, { class: 'rate-short', holdMs: 5000 })
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: 9000 })
    expect(house.engine.tryLease({ pool: 'p', model: 'n' })).toEqual({ kind: 'wait', wakeAt: 5000 })
  })

  it('do not pile up when a client invents model names', () => {
    const house = rig(['a'])
    for (let i = 0; i < 500; i++) house.call('model-unavailable', { model: `made-up-${i}` })
    expect(house.engine.takeMemory().marks.length).toBeLessThanOrEqual(256)
    expect(house.call('ok', { model: 'real' })).toBe('a')
  })
})
