/** What a pool could serve now: the same that a lease would say, without taking anything. */
import { expect, test } from 'vitest'
import { rig, rules, seeded } from './rig.ts'

const perMinute = (amount: number) => ({ unit: 'requests' as const, window: { slideMs: 60_000 }, amount })

test('nothing in a pool that is unknown, empty or without a ready key', () => {
  const { engine } = rig([{ id: 'a', enabled: false }])
  engine.setPool('empty', rules)
  expect(engine.servable('nowhere', ['m', 'n'])).toEqual([false, false])
  expect(engine.servable('empty', ['m'])).toEqual([false])
  expect(engine.servable('p', ['m'])).toEqual([false])
})

test('a model that all keys are out for is out, the others are not', () => {
  const { engine, call } = rig(['a', 'b'])
  call('model-unavailable', { model: 'm' })
  expect(engine.servable('p', ['m', 'n'])).toEqual([true, true])
  call('model-unavailable', { model: 'm' })
  expect(engine.servable('p', ['m', 'n'])).toEqual([false, true])
})

test('a limit that is used up shows, also one that no call has come under yet', () => {
  const { engine, call, clock } = rig([{ id: 'a', limits: { m: [perMinute(1)], 'big*': [perMinute(0)] } }])
  expect(engine.servable('p', ['m', 'big-1', 'n'])).toEqual([true, false, true])
  call('ok', { model: 'm' })
  expect(engine.servable('p', ['m', 'big-1', 'n'])).toEqual([false, false, true])
  clock.advance(60_001)
  expect(engine.servable('p', ['m'])).toEqual([true])
})

test('an upstream that is down serves nothing', () => {
  const { engine, call } = rig(['a', 'b'], { breakerFailures: 2 })
  call('overloaded', { model: 'm' })
  call('overloaded', { model: 'm' })
  expect(engine.servable('p', ['m', 'n'])).toEqual([false, true])
})

test('it says what a lease would say, whatever has happened', () => {
  const random = seeded(7)
  const models = ['m', 'n', 'o']
  const { engine, clock } = rig(
    ['a', { id: 'b', limits: { '': [perMinute(4)] } }, { id: 'c', bucket: 'x', limits: { 'n*': [perMinute(2)] } }],
    { breakerFailures: 3, keyConcurrency: 2 },
    random,
  )
  const outcomes = ['ok', 'ok', 'ok', 'rate-short', 'model-unavailable', 'overloaded', 'no-credit'] as const
  const differences: string[] = []
  let served = 0
  for (let i = 0; i < 3000; i++) {
    const now = engine.servable('p', models)
    expect(engine.servable('p', models)).toEqual(now)
    for (const [at, model] of models.entries()) {
      const result = engine.tryLease({ pool: 'p', model })
      if (result.kind === 'lease') engine.cancel(result.lease)
      if ((result.kind === 'lease') !== now[at]) differences.push(`${i} ${model} ${JSON.stringify(result)}`)
    }
    const result = engine.tryLease({ pool: 'p', model: models[Math.floor(random() * 3)] ?? 'm' })
    if (result.kind === 'lease') {
      served += 1
      engine.report(result.lease, { class: outcomes[Math.floor(random() * outcomes.length)] ?? 'ok' })
    }
    clock.advance(i % 20 === 19 ? 86_400_000 : Math.floor(random() * 20_000))
  }
  expect(served).toBeGreaterThan(300)
  expect(differences).toEqual([])
})
