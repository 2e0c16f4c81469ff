import { describe, expect, it } from 'vitest'
import type { LeaseQuery, Limit } from '../../src-main/pool/types.ts'
import { type Rig, rig, settle } from './rig.ts'

const perMinute = (amount: number): Limit => ({ unit: 'requests', window: { slideMs: 60_000 }, amount })

function ask(house: Rig, query: Partial<LeaseQuery> = {}) {
  const asked: { kind?: string } = {}
  void house.engine.acquire({ pool: 'p', ...query }, { deadlineMs: house.clock.mono() + 600_000 }).then((result) => {
    asked.kind = result.kind
  })
  return asked
}

describe('lanes', () => {
  it('a reserve of every window is left to those who are waited for', () => {
    const house = rig([{ id: 'a', limits: { '': [perMinute(10)] } }], { interactiveReserve: 0.5 })
    let background = 0
    // Paced: one after the other over the minute.
    for (let second = 0; second < 60; second++) {
      const result = house.engine.tryLease({ pool: 'p', lane: 'background' })
      if (result.kind === 'lease') {
        background++
        house.engine.report(result.lease, { class: 'ok' })
      }
      house.clock.advance(1000)
    }
    expect(background).toBe(5)
    for (let i = 0; i < 5; i++) house.call()
  })

  it('who is waited for goes before the background of the same model, even one that came earlier', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    const lease = house.take()
    const background = ask(house, { lane: 'background' })
    const person = ask(house)
    house.engine.report(lease, { class: 'ok' })
    await settle()
    expect(person.kind).toBe('lease')
    expect(background.kind).toBeUndefined()
  })

  it('the background is served when nobody else waits, also beside a person’s model that is not to be had', async () => {
    const house = rig(['a'], { keyConcurrency: 1 })
    house.call({ class: 'rate-short', holdMs: 500_000 }, { model: 'm' })
    const lease = house.take()
    const person = ask(house, { model: 'm' })
    const background = ask(house, { lane: 'background' })
    house.engine.report(lease, { class: 'ok' })
    await settle()
    expect(background.kind).toBe('lease')
    expect(person.kind).toBeUndefined()
  })

  it('a stream of small calls does not starve a big one that waits', async () => {
    const tokens: Limit = { unit: 'total', window: { slideMs: 60_000 }, amount: 100 }
    const house = rig([{ id: 'a', limits: { '': [tokens] } }])
    const cost = (input: number) => ({ cost: { input, output: 0, nanos: 0 } })
    house.call('ok', cost(80))
    const big = ask(house, cost(60))
    for (let second = 0; second < 70; second++) {
      ask(house, cost(5))
      house.clock.advance(1000)
      await settle()
      if (big.kind) break
    }
    expect(big.kind).toBe('lease')
  })
})
