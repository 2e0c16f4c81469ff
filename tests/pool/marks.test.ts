import { describe, expect, it } from 'vitest'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { VirtualClock } from '../support/clock.ts'
import { addKey, calendar, rig, rules } from './rig.ts'

describe('what people see of a key', () => {
  it('is ready, and proven by its first answer', () => {
    const house = rig(['a'])
    const before = house.clock.now()
    expect(house.engine.key('a')).toEqual({
      health: 'ready',
      reason: null,
      model: '',
      until: null,
      inFlight: 0,
      lastUsedAt: null,
      proven: false,
      bucket: 'a',
    })
    house.call('rate-short', { model: 'm' })
    expect(house.engine.key('a')?.proven).toBe(false)
    house.call('ok')
    expect(house.engine.key('a')).toMatchObject({ lastUsedAt: before, proven: true })
  })

  it.each([
    ['rate-short', 'cooling', 1000],
    ['rate-daily', 'exhausted', 3_600_000],
    ['no-credit', 'exhausted', 3_600_000],
    ['key-invalid', 'invalid', null],
  ] as const)('%s shows as %s', (outcome, health, hold) => {
    const house = rig(['a'])
    const now = house.clock.now()
    house.call({ class: outcome, message: 'their words' })
    const until = hold === null ? null : now + hold
    expect(house.engine.key('a')).toMatchObject({ health, reason: 'their words', until })
    expect(house.engine.pool('p')).toMatchObject({ members: 1, ready: 0 })
    if (hold === null) return
    house.clock.advance(hold)
    expect(house.engine.key('a')).toMatchObject({ health: 'ready', reason: null, until: null })
    expect(house.engine.pool('p')?.ready).toBe(1)
  })

  it('names the model that cools down, the longest first', () => {
    const house = rig(['a'])
    house.call({ class: 'rate-short', holdMs: 5000 }, { model: 'short' })
    house.call({ class: 'rate-short', holdMs: 9000, message: 'slow down' }, { model: 'long' })
    expect(house.engine.key('a')).toMatchObject({
      health: 'cooling',
      reason: 'slow down',
      model: 'long',
      until: house.clock.now() + 9000,
    })
  })

  it('does not suffer from a model that the account lacks', () => {
    const house = rig(['a'])
    house.call('model-unavailable', { model: 'm' })
    expect(house.engine.key('a')?.health).toBe('ready')
  })

  it('is disabled before anything else', () => {
    const house = rig(['a'])
    house.call('key-invalid')
    house.engine.setKey({ id: 'a', enabled: false, expiresAt: null })
    expect(house.engine.key('a')).toMatchObject({ health: 'disabled', until: null })
  })

  it('changes are told, once the engine is at rest', () => {
    const house = rig(['a', 'b'])
    const seen: string[] = []
    const stop = house.engine.onKeyChange((id) => seen.push(`${id} ${house.engine.key(id)?.health}`))
    house.call({ class: 'rate-short', holdMs: 1000 })
    house.clock.advance(1000)
    house.engine.observe('b', { class: 'key-invalid' })
    house.engine.resume('b')
    house.engine.setKey({ id: 'b', enabled: false, expiresAt: null })
    expect(seen).toEqual(['a cooling', 'a ready', 'b invalid', 'b ready', 'b disabled'])
    stop()
    house.engine.setKey({ id: 'b', enabled: true, expiresAt: null })
    expect(seen.length).toBe(5)
  })
})

describe('observe', () => {
  it('applies what a check has shown, and a good one proves the key', () => {
    const house = rig(['a'])
    house.engine.observe('a', { class: 'key-invalid', message: 'revoked' })
    expect(house.engine.key('a')).toMatchObject({ health: 'invalid', reason: 'revoked' })
    house.engine.observe('a', { class: 'ok' })
    expect(house.engine.key('a')).toMatchObject({ health: 'ready', proven: true })
  })

  it('a good free check does not end what it cannot know: credit and rates', () => {
    const house = rig(['a', 'b'])
    house.call('no-credit')
    house.engine.observe('a', { class: 'ok' })
    expect(house.engine.key('a')?.health).toBe('exhausted')
  })

  it('works for a key without a pool and ignores an unknown one', () => {
    const house = rig([])
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    house.engine.observe('a', { class: 'rate-short' })
    house.engine.observe('nope', { class: 'key-invalid' })
    house.engine.resume('nope')
    expect(house.engine.key('a')?.health).toBe('cooling')
  })
})

describe('marks', () => {
  it('are handed over once, when given and when ended', () => {
    const house = rig(['a', 'b'])
    const at = house.clock.now()
    house.call({ class: 'rate-short', holdMs: 5000, message: 'slow' }, { model: 'm' })
    const mark = { outcome: 'rate-short', until: at + 5000, reason: 'slow', strikes: 1, at }
    expect(house.engine.takeMemory()).toMatchObject({
      marks: [{ scope: 'bucket', owner: 'a', model: 'm', ...mark }],
      goneMarks: [],
    })
    expect(house.engine.takeMemory()).toEqual({ marks: [], goneMarks: [], meters: [], goneMeters: [] })
    house.engine.resume('a')
    expect(house.engine.takeMemory()).toMatchObject({ marks: [], goneMarks: [{ scope: 'bucket', owner: 'a', model: 'm' }] })
    house.call('key-invalid')
    house.engine.removeKey('b')
    expect(house.engine.takeMemory()).toMatchObject({ marks: [], goneMarks: [{ scope: 'key', owner: 'b', model: '' }] })
  })

  it('come back after a restart as if there had been none', () => {
    const house = rig(['a', 'b', 'c'])
    house.call({ class: 'rate-short', holdMs: 5000 }, { model: 'm' })
    house.call({ class: 'no-credit', message: 'empty' })
    house.call('key-invalid')
    house.clock.advance(1000)
    const { marks } = house.engine.takeMemory()

    const clock = new VirtualClock(house.clock.now())
    const engine = createPoolEngine({ clock, random: () => 0, calendar })
    engine.setPool('p', rules)
    for (const id of ['a', 'b', 'c']) addKey(engine, { id })
    engine.restoreMemory({ marks, meters: [] })
    for (const id of ['a', 'b', 'c']) {
      const { health, reason, until } = house.engine.key(id)!
      expect(engine.key(id)).toMatchObject({ health, reason, until })
    }
    expect(engine.takeMemory()).toEqual({ marks: [], goneMarks: [], meters: [], goneMeters: [] })
    expect(engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: 4000 })
    expect(engine.tryLease({ pool: 'p' })).toMatchObject({ kind: 'lease', lease: { keyId: 'a' } })
  })

  it('keep the strikes, so that the backoff goes on where it was', () => {
    const house = rig(['a'])
    for (const hold of [1000, 2000]) {
      house.call('rate-short')
      house.clock.advance(hold)
    }
    const { marks } = house.engine.takeMemory()
    const later = rig(['a'])
    later.clock.shiftWall(house.clock.now() - later.clock.now())
    later.engine.restoreMemory({ marks: [...marks, { ...marks[0]!, owner: 'unknown' }], meters: [] })
    expect(later.engine.key('a')?.health).toBe('ready')
    later.call('rate-short')
    expect(later.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 4000 })
  })
})
