import { describe, expect, it } from 'vitest'
import type { LeaseResult, Limit } from '../../src-main/pool/types.ts'
import { addKey, rig, rules, seeded, settle, strategyNames } from './rig.ts'

const perMinute = (amount: number): Limit => ({ unit: 'requests', window: { slideMs: 60_000 }, amount })

/** Two accounts of two keys each, and one key by itself. */
const shared = [
  { id: 'a', bucket: 'x' },
  { id: 'b', bucket: 'x' },
  { id: 'c', bucket: 'y' },
  { id: 'd', bucket: 'y' },
  { id: 'e' },
]

describe('keys of one account', () => {
  it('are counted as one quota', () => {
    const house = rig(shared)
    expect(house.engine.pool('p')).toMatchObject({ members: 5, buckets: 3, ready: 5 })
    expect(house.engine.key('a')?.bucket).toBe('x')
    expect(house.engine.key('e')?.bucket).toBe('e')
  })

  it('cool down together, for the model alone', () => {
    const house = rig(shared.slice(0, 2))
    const told: string[] = []
    house.engine.onKeyChange((id) => told.push(id))
    house.call({ class: 'rate-short', holdMs: 5000 }, { model: 'm' })
    expect(told.toSorted()).toEqual(['a', 'b'])
    expect(house.engine.pool('p')?.ready).toBe(0)
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toEqual({ kind: 'wait', wakeAt: 5000 })
    expect(house.engine.tryLease({ pool: 'p', model: 'n' }).kind).toBe('lease')
    house.clock.advance(5000)
    expect(house.engine.pool('p')?.ready).toBe(2)
  })

  it('do not share what is wrong with one key', () => {
    const house = rig(shared.slice(0, 2))
    const bad = house.call('key-invalid')
    expect(house.engine.key(bad)?.health).toBe('invalid')
    const other = bad === 'a' ? 'b' : 'a'
    for (let i = 0; i < 4; i++) expect(house.call()).toBe(other)
    expect(house.call('model-unavailable', { model: 'm' })).toBe(other)
    expect(house.engine.tryLease({ pool: 'p', model: 'm' })).toMatchObject({ kind: 'wait' })
  })

  it('share the limits that were set for the account', () => {
    const house = rig(shared.slice(0, 2))
    house.engine.setBucket('x', { '': [perMinute(3)], 'gpt-5': [perMinute(1)], 'mini*': [perMinute(2)] })
    house.call('ok', { model: 'gpt-5' })
    expect(house.engine.tryLease({ pool: 'p', model: 'gpt-5' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    house.call('ok', { model: 'mini-1' })
    house.call('ok', { model: 'other' })
    expect(house.engine.tryLease({ pool: 'p', model: 'other' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
  })

  it.each(strategyNames.filter((name) => name !== 'priority'))(
    '%s: the accounts get the calls, and inside an account its keys',
    (strategy) => {
      const house = rig(
        shared.map((key) => ({ ...key, weight: key.id === 'e' ? 2 : 1 })),
        { strategy },
        seeded(4),
      )
      const seen: Record<string, number> = {}
      for (let i = 0; i < 3000; i++) {
        const id = house.call()
        seen[id] = (seen[id] ?? 0) + 1
      }
      const near = (id: string, share: number) => expect(Math.abs((seen[id] ?? 0) - share)).toBeLessThan(150)
      for (const id of ['a', 'b', 'c', 'd']) near(id, 500)
      near('e', 1000)
    },
  )

  it('that were tried leave the call waiting for the other one, which rests no longer but is busy now', () => {
    const house = rig(shared.slice(0, 2), { rateLimit: 1, rateIntervalMs: 500 })
    house.engine.removeMember('p', 'a')
    house.engine.setPool('q', rules)
    house.engine.setMember('q', 'b', { priority: 0, weight: 1 })
    house.call()
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 500 })
    house.take({ pool: 'q' })
    house.engine.setMember('p', 'a', { priority: 0, weight: 1 })
    expect(house.engine.tryLease({ pool: 'p', exclude: new Set(['a']) })).toEqual({ kind: 'wait', wakeAt: null })
  })

  it('spill over by priority also between keys of one account', () => {
    const house = rig(
      [
        { id: 'a', bucket: 'x', priority: 1 },
        { id: 'b', bucket: 'x', priority: 3 },
        { id: 'c', bucket: 'y', priority: 2 },
      ],
      { strategy: 'priority', keyConcurrency: 1 },
    )
    expect([house.take(), house.take(), house.take()].map(({ keyId }) => keyId)).toEqual(['a', 'c', 'b'])
  })

  it('one mark keeps a thousand keys out, and costs one step', () => {
    const house = rig(Array.from({ length: 1000 }, (_, i) => ({ id: `k${i}`, bucket: 'x' })))
    house.call({ class: 'no-credit', holdMs: 1000 })
    house.work.steps = 0
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 1000 })
    expect(house.work.steps).toBeLessThan(5)
  })
})

describe('a key that changes its account', () => {
  it('takes along what it has used and how long it must wait', () => {
    const house = rig(['a', { id: 'b', bucket: 'x' }])
    house.engine.setBucket('x', { '': [perMinute(3)] })
    house.engine.setBucket('a', { '': [perMinute(3)] })
    for (let i = 0; i < 3; i++) house.call('ok', { exclude: new Set(['b']) })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null, bucket: 'x' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: expect.closeTo(60_000, -3) })
    house.clock.advance(61_000)
    house.call({ class: 'rate-daily', holdMs: 7000 }, { model: 'm' })
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null, bucket: 'z' })
    house.engine.setKey({ id: 'b', enabled: true, expiresAt: null, bucket: 'z' })
    expect(house.engine.tryLease({ pool: 'p', model: 'm', exclude: new Set(['a']) })).toMatchObject({ kind: 'wait' })
    expect(house.engine.pool('p')).toMatchObject({ buckets: 1, members: 2 })
  })

  it('may do so under its calls: they count in the new one, and end well', () => {
    const house = rig(['a', 'b'])
    house.engine.setBucket('x', { '': [perMinute(2)] })
    const leases = [house.take(), house.take()]
    for (const id of ['a', 'b']) house.engine.setKey({ id, enabled: true, expiresAt: null, bucket: 'x' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    for (const lease of leases) house.engine.report(lease, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: 60_000 })
    expect(house.engine.key('a')?.inFlight).toBe(0)
    house.clock.advance(60_000)
    expect(house.calls(2).length).toBe(2)
  })

  it('gives what its calls had set aside to those who wait for the account it leaves, in other pools too', async () => {
    const house = rig([
      { id: 'a', bucket: 'x' },
      { id: 'b', bucket: 'x' },
    ])
    house.engine.setPool('q', rules)
    house.engine.setMember('q', 'b', { priority: 0, weight: 1 })
    const output = { unit: 'output', window: { slideMs: 1000 }, amount: 3 } as const
    house.take({ exclude: new Set(['b']), cost: { input: 0, output: 8, nanos: 0 } })
    house.engine.setBucket('x', { '': [output] })
    const served: LeaseResult[] = []
    void house.engine.acquire({ pool: 'q' }, { deadlineMs: 500 }).then((result) => served.push(result))
    await settle()
    expect(served).toEqual([])
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    await settle()
    expect(served).toMatchObject([{ kind: 'lease', lease: { keyId: 'b' } }])
  })

  it('wakes those who wait for an account that it only passed through, when its call proves that all is well there', () => {
    const house = rig(['d', { id: 'a', bucket: 'x' }, { id: 'b', bucket: 'x' }])
    const move = (bucket: string) => house.engine.setKey({ id: 'd', enabled: true, expiresAt: null, bucket })
    house.call({ class: 'no-credit', holdMs: 1 }, { exclude: new Set(['d']) })
    house.clock.advance(1)
    const passes = house.take({ exclude: new Set(['a', 'b']) })
    move('x')
    move('d')
    house.take({ exclude: new Set(['d']) })
    expect(house.engine.tryLease({ pool: 'p', exclude: new Set(['d']) })).toEqual({ kind: 'wait', wakeAt: null })
    house.engine.report(passes, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p', exclude: new Set(['d']) }).kind).toBe('lease')
  })

  it('proves with its call also what another key brought along meanwhile', () => {
    const house = rig(['a', 'b'])
    house.call({ class: 'no-credit', holdMs: 1 }, { exclude: new Set(['a']) })
    house.clock.advance(1)
    const early = house.take({ model: 'm', exclude: new Set(['b']) })
    for (const id of ['a', 'b']) house.engine.setKey({ id, enabled: true, expiresAt: null, bucket: 'y' })
    house.take()
    expect(house.engine.tryLease({ pool: 'p' })).toEqual({ kind: 'wait', wakeAt: null })
    house.engine.report(early, { class: 'ok' })
    expect(house.engine.tryLease({ pool: 'p' }).kind).toBe('lease')
  })

  it('leaves an account that is gone with its last key', () => {
    const house = rig([{ id: 'a', bucket: 'x' }])
    house.engine.setBucket('x', { '': [perMinute(1)] })
    house.call()
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null, bucket: 'y' })
    addKey(house.engine, { id: 'b', bucket: 'x' })
    expect(house.engine.meters('b')).toEqual([])
    expect(house.calls(4)).toContain('b')
  })
})
