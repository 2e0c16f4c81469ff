import { describe, expect, it } from 'vitest'
import type { StrategyName } from '../../src-main/pool/types.ts'
import { addKey, type Rig, rig, rules, seeded, strategyNames } from './rig.ts'

function counts(house: Rig, calls: number): Record<string, number> {
  const seen: Record<string, number> = {}
  for (let i = 0; i < calls; i++) {
    const id = house.call()
    seen[id] = (seen[id] ?? 0) + 1
  }
  return seen
}

describe.each(strategyNames)('%s', (strategy: StrategyName) => {
  it('names itself on the lease', () => {
    expect(rig(['a'], { strategy }).take().chosenBy).toBe(strategy)
  })

  it('gives the only ready key when the others are tried', () => {
    const house = rig(['a', 'b', 'c', 'd'], { strategy })
    for (let i = 0; i < 20; i++) expect(house.call('ok', { exclude: new Set(['a', 'b', 'd']) })).toBe('c')
  })

  it('passes a cooling key over and takes it back afterwards', () => {
    const house = rig(['a', 'b'], { strategy })
    const cooled = house.call({ class: 'rate-short', holdMs: 5000 })
    const other = cooled === 'a' ? 'b' : 'a'
    for (let i = 0; i < 6; i++) expect(house.call()).toBe(other)
    house.engine.setKey({ id: other, enabled: false, expiresAt: null })
    house.clock.advance(5000)
    expect(house.call()).toBe(cooled)
  })
})

describe('random', () => {
  it('gives every ready key the same chance', () => {
    const seen = counts(rig(['a', 'b', 'c', 'd'], { strategy: 'random' }, seeded(7)), 8000)
    for (const id of ['a', 'b', 'c', 'd']) {
      expect(seen[id]).toBeGreaterThan(1800)
      expect(seen[id]).toBeLessThan(2200)
    }
  })

  it('stays even among the rest when one was tried', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'random' }, seeded(3))
    let b = 0
    for (let i = 0; i < 4000; i++) if (house.call('ok', { exclude: new Set(['a']) }) === 'b') b++
    expect(Math.abs(b - 2000)).toBeLessThan(200)
  })
})

describe('round_robin', () => {
  it('takes all keys in turn, in the order in which they came', () => {
    expect(rig(['a', 'b', 'c'], { strategy: 'round_robin' }).calls(7)).toBe('abcabca')
  })

  it('leaves a skipped key its turn', () => {
    const house = rig(['a', 'b', 'c'])
    expect(house.call('ok', { exclude: new Set(['a', 'b']) })).toBe('c')
    expect(house.calls(4)).toBe('abca')
  })

  it('lets a key that comes back join at the end', () => {
    const house = rig(['a', 'b', 'c'])
    house.call({ class: 'rate-short', holdMs: 1000 })
    expect(house.calls(3)).toBe('bcb')
    house.clock.advance(1000)
    expect(house.calls(4)).toBe('cbac')
  })
})

describe('least_used', () => {
  it('evens out what other pools use', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'least_used' })
    house.engine.setPool('q', { ...rules, strategy: 'priority' })
    house.engine.setMember('q', 'a', { priority: 0, weight: 1 })
    for (let i = 0; i < 4; i++) house.call('ok', { pool: 'q' })
    expect(counts(house, 8)).toEqual({ b: 4, c: 4 })
    expect(counts(house, 3)).toEqual({ a: 1, b: 1, c: 1 })
  })

  it('does not pour everything over a newcomer', () => {
    const house = rig(['a', 'b'], { strategy: 'least_used' })
    counts(house, 100)
    addKey(house.engine, { id: 'c' })
    expect(counts(house, 30)).toEqual({ a: 10, b: 10, c: 10 })
  })
})

describe('lru', () => {
  it('takes the key whose last call is longest ago, in any pool', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'lru' })
    expect(house.calls(4)).toBe('abca')
    house.engine.setPool('q', { ...rules, strategy: 'priority' })
    house.engine.setMember('q', 'b', { priority: 0, weight: 1 })
    house.call('ok', { pool: 'q' })
    expect(house.calls(3)).toBe('cab')
  })
})

describe('weighted', () => {
  const weights = [
    { id: 'a', weight: 5 },
    { id: 'b', weight: 2 },
    { id: 'c', weight: 1 },
  ]

  it('shares exactly by weight', () => {
    expect(counts(rig(weights, { strategy: 'weighted' }), 800)).toEqual({ a: 500, b: 200, c: 100 })
  })

  it('spreads a heavy key instead of giving it runs', () => {
    const sequence = rig(
      [
        { id: 'a', weight: 2 },
        { id: 'b', weight: 1 },
        { id: 'c', weight: 1 },
      ],
      { strategy: 'weighted' },
    ).calls(400)
    expect(sequence).not.toContain('aaa')
    for (let at = 0; at + 8 <= sequence.length; at++) {
      const a = sequence.slice(at, at + 8).split('a').length - 1
      expect(a).toBeGreaterThanOrEqual(3)
      expect(a).toBeLessThanOrEqual(5)
    }
  })

  it('never uses weight 0, not even when nobody else is ready', () => {
    const house = rig(
      [
        { id: 'a', weight: 1 },
        { id: 'z', weight: 0 },
      ],
      { strategy: 'weighted' },
    )
    expect(house.calls(5)).toBe('aaaaa')
    house.call({ class: 'rate-short', holdMs: 4000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 4000 })
  })

  it('treats keys as equals when all weights are 0, and notices when that changes', () => {
    const house = rig(
      [
        { id: 'y', weight: 0 },
        { id: 'z', weight: 0 },
      ],
      { strategy: 'weighted' },
    )
    expect(counts(house, 10)).toEqual({ y: 5, z: 5 })
    house.engine.setMember('p', 'y', { priority: 0, weight: 3 })
    expect(counts(house, 10)).toEqual({ y: 10 })
    house.engine.removeMember('p', 'y')
    expect(counts(house, 10)).toEqual({ z: 10 })
  })

  it('gives one that comes back no claim on what it missed', () => {
    const house = rig(['a', 'b'], { strategy: 'weighted' })
    house.call({ class: 'rate-short', holdMs: 1000 })
    counts(house, 100)
    house.clock.advance(1000)
    expect(Math.abs((counts(house, 20)['a'] ?? 0) - 10)).toBeLessThanOrEqual(1)
  })
})

describe('priority', () => {
  const keys = [
    { id: 'spare', priority: 9 },
    { id: 'main', priority: 1 },
    { id: 'second', priority: 1 },
  ]

  it('fills the lowest number first, the first to join among equals', () => {
    expect(counts(rig(keys, { strategy: 'priority' }), 20)).toEqual({ main: 20 })
  })

  it('spills over while a key is full, and comes back', () => {
    const house = rig(keys, { strategy: 'priority', keyConcurrency: 1 })
    const leases = [house.take(), house.take(), house.take()]
    expect(leases.map((lease) => lease.keyId)).toEqual(['main', 'second', 'spare'])
    for (const lease of leases) house.engine.report(lease, { class: 'ok' })
    expect(house.call()).toBe('main')
  })

  it('follows a changed number', () => {
    const house = rig(keys, { strategy: 'priority' })
    house.engine.setMember('p', 'spare', { priority: -1, weight: 1 })
    expect(house.call()).toBe('spare')
  })
})

describe('sticky', () => {
  it('keeps a session on its key, and gives new sessions the least recently used', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'sticky' })
    const sessions = ['s1', 's2', 's3'].map((session) => ({ session, key: house.call('ok', { session }) }))
    expect(sessions.map(({ key }) => key).join('')).toBe('abc')
    for (let i = 0; i < 5; i++)
      for (const { session, key } of sessions) expect(house.call('ok', { session, model: `m${i}` })).toBe(key)
    expect(house.take({ session: 's1' }).chosenBy).toBe('session')
    expect(house.take({ session: 's4' }).chosenBy).toBe('sticky')
  })

  it('moves a session whose key is not ready, and lets it stay where it went', () => {
    const house = rig(['a', 'b'], { strategy: 'sticky' })
    expect(house.call({ class: 'rate-short', holdMs: 1000 }, { session: 's' })).toBe('a')
    expect(house.call('ok', { session: 's' })).toBe('b')
    house.clock.advance(1000)
    expect(house.call('ok', { session: 's' })).toBe('b')
    expect(house.call('ok', { session: 's', exclude: new Set(['b']) })).toBe('a')
    house.engine.removeKey('a')
    expect(house.call('ok', { session: 's' })).toBe('b')
  })

  it('holds inside an account of several keys, too', () => {
    const house = rig(
      ['a', 'b', 'c'].map((id) => ({ id, bucket: 'x' })),
      { strategy: 'sticky' },
    )
    const key = house.call('ok', { session: 's' })
    house.calls(2)
    for (let i = 0; i < 4; i++) expect(house.call('ok', { session: 's' })).toBe(key)
  })

  it('forgets the session that was longest unused, beyond ten thousand', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'sticky' })
    const first = house.call('ok', { session: 'first' })
    for (let i = 0; i < 9999; i++) house.call('ok', { session: `s${i}` })
    expect(house.take({ session: 'first' })).toMatchObject({ keyId: first, chosenBy: 'session' })
    house.call('ok', { session: 'one more' })
    expect(house.take({ session: 's0' }).chosenBy).toBe('sticky')
    expect(house.take({ session: 'first' }).chosenBy).toBe('session')
  })

  it('sessions mean nothing to other strategies', () => {
    const house = rig(['a', 'b'])
    expect([0, 1, 2].map(() => house.call('ok', { session: 's' })).join('')).toBe('aba')
  })
})

describe('least_latency', () => {
  const slow = { a: 50, b: 200, c: 800 } as const

  /** One call whose first byte takes as long as this key takes. */
  function timed(house: Rig): string {
    const lease = house.take()
    house.clock.advance(slow[lease.keyId as keyof typeof slow])
    house.engine.touch(lease)
    house.clock.advance(1000)
    house.engine.report(lease, { class: 'ok' })
    return lease.keyId
  }

  it('tries each key once, then mostly takes the fastest and never only one', () => {
    const house = rig(['a', 'b', 'c'], { strategy: 'least_latency' }, seeded(9))
    expect([timed(house), timed(house), timed(house)].toSorted().join('')).toBe('abc')
    const seen: Record<string, number> = {}
    for (let i = 0; i < 900; i++) {
      const id = timed(house)
      seen[id] = (seen[id] ?? 0) + 1
    }
    // Two draws: the fastest wins unless both miss it (4/9); the slowest only against itself (1/9).
    expect(Math.abs(seen['a']! - 500)).toBeLessThan(80)
    expect(Math.abs(seen['b']! - 300)).toBeLessThan(80)
    expect(Math.abs(seen['c']! - 100)).toBeLessThan(60)
  })

  it('a failing key is not taken for a fast one', () => {
    const house = rig(['a', 'b'], { strategy: 'least_latency' }, seeded(3))
    timed(house)
    const lease = house.take()
    house.engine.touch(lease)
    house.engine.report(lease, { class: 'overloaded' })
    let bad = 0
    for (let i = 0; i < 100; i++) {
      const one = house.take()
      if (one.keyId === lease.keyId) bad++
      house.engine.report(one, { class: 'request-bad' })
    }
    expect(bad).toBeLessThan(40)
  })
})
