import { describe, expect, it } from 'vitest'
import type { PoolRules } from '../../src-main/pool/types.ts'
import { type Rig, rig, seeded, strategyNames } from './rig.ts'

const many = 100_000
// log4(100,000) = 8.3 levels of the heap, once for the order and once for parking.
const fewSteps = 40

function crowd(changes: Partial<PoolRules>, keys = many): Rig {
  return rig(
    Array.from({ length: keys }, (_, i) => ({ id: `k${i}`, priority: i % 7, weight: 1 + (i % 5) })),
    changes,
    seeded(5),
  )
}

/** The most steps that one of the moves took. */
function most(house: Rig, times: number, move: () => void): number {
  let worst = 0
  for (let i = 0; i < times; i++) {
    house.work.steps = 0
    move()
    worst = Math.max(worst, house.work.steps)
  }
  return worst
}

describe.each(strategyNames)('%s over 100,000 keys', (strategy) => {
  it('leases and reports in a few steps', () => {
    const house = crowd({ strategy, keyConcurrency: 2 })
    house.call()
    expect(most(house, 5000, () => house.call())).toBeLessThanOrEqual(fewSteps)
  })

  it('cools keys down, passes them over and takes them back in a few steps each', () => {
    const house = crowd({ strategy, keyConcurrency: 1 })
    house.call()
    house.work.steps = 0
    const rounds = 5000
    for (let i = 0; i < rounds; i++) {
      house.call({ class: 'rate-short', holdMs: 500 + (i % 90) }, { model: i % 2 === 0 ? 'm' : 'n' })
      house.clock.advance(1)
    }
    // Two models: a rank each, and the timer besides.
    expect(house.work.steps / rounds).toBeLessThanOrEqual(2 * fewSteps)
  })

  it('skips the keys that were tried in a few steps each', () => {
    const house = crowd({ strategy })
    const tried = new Set<string>()
    for (let i = 0; i < 8; i++) tried.add(house.call('overloaded', { exclude: tried }))
    expect(tried.size).toBe(8)
    expect(most(house, 1000, () => house.call('ok', { exclude: tried }))).toBeLessThanOrEqual(9 * fewSteps)
  })
})

it('a pool whose keys are all out says so in a few steps', () => {
  const house = crowd({ strategy: 'lru' }, 20_000)
  for (let i = 0; i < 20_000; i++) house.call({ class: 'rate-short', holdMs: 60_000 + (i % 1000) })
  house.engine.tryLease({ pool: 'p' })
  expect(most(house, 100, () => expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('wait'))).toBeLessThanOrEqual(fewSteps)
})

it('thousands of keys that come back at once do not make the next call pay for all of them', () => {
  const house = crowd({ strategy: 'least_used' }, 20_000)
  const leases = Array.from({ length: 20_000 }, () => house.take())
  for (const lease of leases) house.engine.report(lease, { class: 'rate-short', holdMs: 5000 })
  expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 5000 })
  house.clock.freeze(5000)
  const back = new Set<string>()
  expect(most(house, 20_000, () => back.add(house.call()))).toBeLessThanOrEqual(64 * 20)
  expect(back.size).toBe(20_000)
})

it('marks cost the same whatever the number of keys', () => {
  const steps = [1000, many].map((keys) => {
    const house = crowd({ strategy: 'round_robin' }, keys)
    house.call()
    return most(house, 500, () => {
      const id = house.call('no-credit')
      house.engine.resume(id)
    })
  })
  expect(steps[1]).toBeLessThanOrEqual(steps[0]! + fewSteps)
})

/** Keys of 500 accounts. */
function accounts(strategy: PoolRules['strategy'], keys: number): Rig {
  const members = Array.from({ length: keys }, (_, i) => ({
    id: `k${i}`,
    bucket: `b${i % 500}`,
    priority: i % 7,
    weight: 1 + (i % 5),
  }))
  return rig(members, { strategy }, seeded(6))
}

describe.each(strategyNames)('%s over 500 accounts', (strategy) => {
  it('of 200 keys each leases and reports in a few steps', () => {
    const house = accounts(strategy, many)
    house.call()
    expect(most(house, 3000, () => house.call())).toBeLessThanOrEqual(fewSteps)
  })

  it('passes over those that cool down for one of twenty models, and takes them back, in a few steps each', () => {
    const house = accounts(strategy, 5000)
    const models = Array.from({ length: 20 }, (_, i) => `m${i}`)
    for (const model of models) house.call({ class: 'rate-short', holdMs: 3_600_000 }, { model })
    for (const model of models) house.call('ok', { model })
    house.work.steps = 0
    const rounds = 3000
    for (let i = 0; i < rounds; i++) {
      house.call({ class: 'rate-short', holdMs: 500 + (i % 90) }, { model: models[i % 20]! })
      house.clock.advance(1)
    }
    // What other models' calls have moved is put right here, sixteen places a call at most.
    expect(house.work.steps / rounds).toBeLessThanOrEqual(3 * fewSteps)
  })
})

it('a lease costs the same few steps at 10, 1,000 and 100,000 keys', () => {
  const steps = [10, 1000, many].map((keys) => {
    const house = crowd({ strategy: 'lru', keyConcurrency: 4 }, keys)
    house.call()
    house.work.steps = 0
    for (let i = 0; i < 3000; i++) house.call()
    return house.work.steps / 3000
  })
  expect(Math.max(...steps)).toBeLessThanOrEqual(12)
})

it('calls that are too big for what is left look at a bounded number of keys', () => {
  const tokens = { '': [{ unit: 'total', window: { slideMs: 60_000 }, amount: 100 }] } as const
  const house = rig(Array.from({ length: 2000 }, (_, i) => ({ id: `k${i}`, limits: tokens })))
  for (let i = 0; i < 2000; i++) house.call('ok', { cost: { input: 60, output: 0, nanos: 0 } })
  const ask = (input: number) => house.engine.tryLease({ pool: 'p', cost: { input, output: 0, nanos: 0 } }).kind
  expect(ask(50)).toBe('wait')
  expect(most(house, 50, () => expect(ask(50)).toBe('wait'))).toBeLessThanOrEqual(100)
  expect(most(house, 50, () => expect(ask(40)).toBe('lease'))).toBeLessThanOrEqual(300)
  expect(most(house, 50, () => expect(ask(101)).toBe('exhausted'))).toBeLessThanOrEqual(300)
})
