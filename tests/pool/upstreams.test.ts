import { describe, expect, it } from 'vitest'
import type { OutcomeClass, PoolRules } from '../../src-main/pool/types.ts'
import { addKey, type Rig, rig, rules, settle } from './rig.ts'

const breaker: Partial<PoolRules> = { upstream: 'https://api.example', breakerFailures: 3, breakerMs: 1000 }

function house(keys = ['a', 'b', 'c', 'd', 'e']): Rig {
  return rig(keys, breaker)
}

function fail(one: Rig, times: number, outcome: OutcomeClass = 'overloaded', model = 'm'): void {
  for (let i = 0; i < times; i++) one.call(outcome, { model })
}

const ask = (one: Rig, model = 'm', pool = 'p') => one.engine.tryLease({ pool, model })

describe('the breaker', () => {
  it('opens after so many failures in a row, over all keys, for this model and upstream alone', () => {
    const one = house()
    one.engine.setPool('q', { ...rules, ...breaker })
    addKey(one.engine, { id: 'z' }, 'q')
    one.engine.setPool('other', rules)
    addKey(one.engine, { id: 'y' }, 'other')
    fail(one, 3)
    expect(ask(one)).toEqual({ kind: 'wait', wakeAt: 1000 })
    expect(ask(one, 'm', 'q')).toEqual({ kind: 'wait', wakeAt: 1000 })
    expect(ask(one, 'n').kind).toBe('lease')
    expect(ask(one, 'm', 'other').kind).toBe('lease')
    for (const id of 'abcdez') expect(one.engine.key(id)?.health).toBe('ready')
  })

  it.each(['ok', 'rate-short', 'request-bad', 'key-invalid'] as const)('any answer starts the count anew: %s', (outcome) => {
    const one = house()
    fail(one, 2)
    one.call(outcome, { model: 'm' })
    fail(one, 2, 'network')
    expect(ask(one).kind).toBe('lease')
  })

  it('lets one call try, and closes when that goes well', () => {
    const one = house()
    fail(one, 3)
    one.clock.advance(1000)
    const tries = one.take({ model: 'm' })
    expect(ask(one)).toEqual({ kind: 'wait', wakeAt: null })
    one.engine.report(tries, { class: 'ok' })
    for (let i = 0; i < 5; i++) one.take({ model: 'm' })
  })

  it('stays open for twice as long each time it goes badly, up to five minutes', () => {
    const one = house()
    fail(one, 3)
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      const result = ask(one)
      if (result.kind !== 'wait' || result.wakeAt === null) throw new Error(result.kind)
      waits.push(result.wakeAt - one.clock.mono())
      one.clock.advance(result.wakeAt - one.clock.mono())
      fail(one, 1)
    }
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
    expect(waits.at(-1)).toBe(300_000)
  })

  it('counts calls that were under way together as one failure', () => {
    const one = house()
    const out = Array.from({ length: 10 }, () => one.take({ model: 'm' }))
    for (const lease of out) one.engine.report(lease, { class: 'overloaded' })
    expect(ask(one)).toEqual({ kind: 'wait', wakeAt: 1000 })
  })

  it('a try that the client gave up proves nothing; the next call tries', () => {
    const one = house()
    fail(one, 3)
    one.clock.advance(1000)
    one.engine.report(one.take({ model: 'm' }), { class: 'aborted' })
    const second = one.take({ model: 'm' })
    expect(ask(one).kind).toBe('wait')
    one.engine.report(second, { class: 'ok' })
    expect(ask(one).kind).toBe('lease')
  })

  it('is said to those who cannot wait so long, and serves those who can', async () => {
    const one = house()
    fail(one, 3)
    const [short, long] = [500, 5000].map((deadlineMs) => one.engine.acquire({ pool: 'p', model: 'm' }, { deadlineMs }))
    expect(await short).toEqual({ kind: 'exhausted', reason: 'upstream-down', retryAfterMs: 1000 })
    one.clock.advance(1000)
    await settle()
    expect(await long).toMatchObject({ kind: 'lease' })
  })

  it('sends calls to the next model or pool', () => {
    const one = house()
    one.engine.setPool('p', { ...rules, ...breaker, fallback: [{ model: 'm', then: ['n'] }] })
    fail(one, 3)
    expect(ask(one)).toMatchObject({ kind: 'lease', lease: { model: 'n', step: 1 } })
  })

  it('never opens when the pool says so', () => {
    const one = rig(['a'])
    fail(one, 50)
    expect(ask(one).kind).toBe('lease')
  })
})

describe('failures of many accounts at once', () => {
  const prove = (one: Rig, keys: number) => {
    for (let i = 0; i < keys; i++) one.call('ok', { model: 'm' })
  }

  it.each(['key-invalid', 'no-credit'] as const)(
    'are the upstream’s fault: %s is taken back and the breaker opens',
    (outcome) => {
      const one = house()
      prove(one, 5)
      fail(one, 2, outcome)
      expect(one.engine.pool('p')?.ready).toBe(3)
      fail(one, 1, outcome)
      expect(one.engine.pool('p')?.ready).toBe(5)
      expect(ask(one, 'other')).toEqual({ kind: 'wait', wakeAt: 1000 })
      one.clock.advance(1000)
      one.engine.report(one.take(), { class: 'ok' })
      expect(ask(one).kind).toBe('lease')
      expect(one.engine.takeMemory().marks).toEqual([])
    },
  )

  it('are believed of keys that never answered: someone pasted wrong ones', () => {
    const one = house()
    fail(one, 4, 'key-invalid')
    expect(one.engine.pool('p')?.ready).toBe(1)
  })

  it('are believed when a success lies between, when they are slow, and when they are few among many', () => {
    const between = house()
    prove(between, 5)
    for (let i = 0; i < 3; i++) {
      fail(between, 1, 'key-invalid')
      between.call('ok', { model: 'm' })
    }
    expect(between.engine.pool('p')?.ready).toBe(2)

    const slow = house()
    prove(slow, 5)
    for (let i = 0; i < 4; i++) {
      fail(slow, 1, 'key-invalid')
      slow.clock.advance(6000)
    }
    expect(slow.engine.pool('p')?.ready).toBe(1)

    const many = house(Array.from({ length: 40 }, (_, i) => `k${i}`))
    prove(many, 40)
    fail(many, 19, 'key-invalid')
    expect(many.engine.pool('p')?.ready).toBe(21)
    fail(many, 1, 'key-invalid')
    expect(many.engine.pool('p')?.ready).toBe(40)
  })

  it('are believed of one account with many keys', () => {
    const one = rig(
      ['a', 'b', 'c', 'd'].map((id) => ({ id, bucket: 'x' })),
      breaker,
    )
    prove(one, 4)
    fail(one, 3, 'key-invalid')
    expect(one.engine.pool('p')?.ready).toBe(1)
  })

  it('are believed the third time, and a check is always believed', () => {
    const one = house()
    prove(one, 5)
    for (let round = 0; round < 2; round++) {
      fail(one, 1, 'key-invalid')
      one.clock.advance(1)
      fail(one, 1, 'key-invalid')
      fail(one, 1, 'key-invalid')
      expect(one.engine.pool('p')?.ready).toBe(5)
      one.clock.advance(300_000)
      one.engine.report(one.take({ model: 'm' }), { class: 'rate-short', holdMs: 1 })
      one.clock.advance(10_000)
    }
    fail(one, 4, 'key-invalid')
    expect(one.engine.pool('p')?.ready).toBe(1)

    const checked = house()
    prove(checked, 5)
    for (const id of 'abcde') checked.engine.observe(id, { class: 'key-invalid' })
    expect(checked.engine.pool('p')?.ready).toBe(0)
  })
})
