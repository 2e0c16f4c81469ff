import { describe, expect, it } from 'vitest'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { KeySpec, Limit, MemoryChanges, PoolEngine, StoredMark, StoredMeter } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'
import { calendar, rig, rules } from './rig.ts'

const day = { calendar: 'day', zone: 'America/Los_Angeles' } as const
const limit = (unit: Limit['unit'], amount: number, window: Limit['window'] = day): Limit => ({ unit, window, amount })

/** What a store keeps of what it is told, as rows by name. */
class Store {
  readonly marks = new Map<string, StoredMark>()
  readonly meters = new Map<string, StoredMeter>()

  save({ marks, goneMarks, meters, goneMeters }: MemoryChanges): void {
    for (const mark of goneMarks) this.marks.delete(nameOf(mark))
    for (const mark of marks) this.marks.set(nameOf(mark), mark)
    for (const meter of goneMeters) this.meters.delete(nameOf(meter))
    for (const meter of meters) this.meters.set(nameOf(meter), meter)
  }

  // Through JSON, as a disk would have it.
  load(): { marks: StoredMark[]; meters: StoredMeter[] } {
    return JSON.parse(JSON.stringify({ marks: [...this.marks.values()], meters: [...this.meters.values()] }))
  }
}

function nameOf(row: Partial<StoredMeter> & Pick<StoredMark, 'scope' | 'owner' | 'model'>): string {
  return JSON.stringify([row.scope, row.owner, row.model, row.unit, row.window])
}

const keys: KeySpec[] = [
  { id: 'a', enabled: true, expiresAt: null, bucket: 'x', limits: { '': [limit('nanos', 100, 'forever')] } },
  { id: 'b', enabled: true, expiresAt: null, bucket: 'x' },
  { id: 'c', enabled: true, expiresAt: null },
]

/** An engine that is stopped and started again with what its store holds. */
class House {
  clock = new VirtualClock(Date.UTC(2026, 2, 7, 20))
  readonly store = new Store()
  engine = this.#start()

  save(): void {
    this.store.save(this.engine.takeMemory())
  }

  restart(): void {
    this.engine.close()
    this.clock = new VirtualClock(this.clock.now())
    this.engine = this.#start()
    this.engine.restoreMemory(this.store.load())
  }

  #start(): PoolEngine {
    const engine = createPoolEngine({ clock: this.clock, random: () => 0.5, calendar })
    engine.setPool('p', { ...rules, strategy: 'priority' })
    for (const key of keys) {
      engine.setKey(key)
      engine.setMember('p', key.id, { priority: 0, weight: 1 })
    }
    engine.setBucket('x', { '': [limit('requests', 20), limit('total', 1000)], m: [limit('requests', 6)] })
    engine.setBucket('c', { '': [limit('requests', 5, { calendar: 'month', zone: 'UTC' })] })
    return engine
  }
}

describe('a restart', () => {
  it('at any moment changes nothing: counters, learned limits, cool-downs and budgets go on', () => {
    const move = fc.record({
      model: fc.constantFrom(undefined, 'm', 'n'),
      tokens: fc.nat({ max: 60 }),
      nanos: fc.nat({ max: 20 }),
      outcome: fc.constantFrom(
        'ok',
        'ok',
        'ok',
        'rate-daily',
        'no-credit',
        'model-unavailable',
        'overloaded',
      ) as fc.Arbitrary<'ok'>,
      announced: fc.option(fc.nat({ max: 9 }), { freq: 3 }),
      minutes: fc.integer({ min: 1, max: 400 }),
      restart: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60, size: 'max' }), (moves) => {
        const [stays, restarts] = [new House(), new House()]
        for (const one of moves) {
          const seen = [stays, restarts].map(({ engine, clock }) => {
            clock.advance(one.minutes * 60_000)
            const cost = { input: one.tokens, output: 0, nanos: one.nanos }
            const result = engine.tryLease({ pool: 'p', cost, ...(one.model ? { model: one.model } : {}) })
            if (result.kind === 'lease') {
              engine.touch(result.lease)
              const reading = { unit: 'requests', window: day, limit: 9, resetMs: null, refills: false, scope: 'model' } as const
              if (one.announced !== null) engine.learn(result.lease, [{ ...reading, remaining: one.announced }])
              engine.report(result.lease, { class: one.outcome, holdMs: 3_000_000 })
            }
            const wait = result.kind === 'wait' && result.wakeAt !== null ? Math.round(result.wakeAt - clock.mono()) : null
            const states = keys.map(({ id }) => ({ ...engine.key(id), lastUsedAt: null, proven: null }))
            return { kind: result.kind, key: result.kind === 'lease' ? result.lease.keyId : null, wait, states }
          })
          expect(seen[1]).toEqual(seen[0])
          if (!one.restart) continue
          restarts.save()
          restarts.restart()
        }
      }),
      { numRuns: 200 },
    )
  })

  it('brings back an announced limit, and one that was found out', () => {
    const house = new House()
    const first = house.engine.tryLease({ pool: 'p', model: 'n', exclude: new Set(['a', 'b']) })
    if (first.kind !== 'lease') throw new Error(first.kind)
    house.engine.touch(first.lease)
    const window = { slideMs: 60_000 }
    house.engine.learn(first.lease, [
      { unit: 'requests', window, limit: 7, remaining: 0, resetMs: 50_000, refills: false, scope: 'model' },
    ])
    house.engine.report(first.lease, { class: 'ok' })
    house.save()
    house.restart()
    expect(house.engine.meters('c').find(({ source }) => source === 'announced')).toMatchObject({ limit: 7, model: 'n' })
    expect(house.engine.tryLease({ pool: 'p', model: 'n', exclude: new Set(['a', 'b']) })).toMatchObject({
      kind: 'wait',
      wakeAt: 50_000,
    })
  })
})

describe('what the store is told', () => {
  it('is only what is new', () => {
    const house = rig([{ id: 'a', limits: { '': [limit('requests', 5)] } }, 'b'])
    house.call()
    house.call()
    expect(
      house.engine
        .takeMemory()
        .meters.map(({ scope, owner, used }) => `${scope} ${owner} ${used}`)
        .toSorted(),
    ).toEqual(['bucket a 1', 'bucket b 1', 'key a 1'])
    expect(house.engine.takeMemory()).toEqual({ marks: [], goneMarks: [], meters: [], goneMeters: [] })
    house.call()
    expect(house.engine.takeMemory().meters.map(({ owner }) => owner)).toEqual(['a', 'a'])
  })

  it('names what has ended: a limit taken away, an idle window, a key long gone', () => {
    const house = rig([{ id: 'a', limits: { '': [limit('requests', 5)] } }])
    house.call()
    house.engine.takeMemory()
    house.engine.setKey({ id: 'a', enabled: true, expiresAt: null })
    expect(house.engine.takeMemory().goneMeters).toEqual([
      { scope: 'key', owner: 'a', model: '', unit: 'requests', window: 'day:America/Los_Angeles' },
    ])
    house.clock.advance(200_000)
    expect(house.engine.takeMemory().goneMeters).toEqual([
      { scope: 'bucket', owner: 'a', model: '', unit: 'requests', window: 'inferred slide:60000' },
    ])
    house.engine.setBucket('a', { '': [limit('requests', 5)] })
    house.call()
    house.engine.takeMemory()
    house.engine.removeKey('a')
    house.clock.advance(3_600_000)
    expect(house.engine.takeMemory().goneMeters.map(({ window }) => window)).toContain('day:America/Los_Angeles')
  })

  it('never holds what JSON and databases cannot', () => {
    const house = rig(['a'])
    house.call()
    const { meters } = house.engine.takeMemory()
    expect(JSON.parse(JSON.stringify(meters))).toEqual(meters)
    expect(meters).toMatchObject([{ source: 'inferred', limit: -1, used: 1 }])
  })

  it('of rows for owners or limits that are no more: they are ignored, and named as gone', () => {
    const house = rig(['a'])
    const row = {
      model: '',
      unit: 'requests',
      window: 'day:UTC',
      source: 'set',
      limit: 5,
      used: 5,
      at: house.clock.now(),
      remaining: null,
      resetsAt: null,
      refills: false,
    } as const
    house.engine.restoreMemory({
      marks: [],
      meters: [
        { scope: 'bucket', owner: 'nobody', ...row },
        { scope: 'bucket', owner: 'a', ...row },
        { scope: 'key', owner: 'a', ...row, window: 'nonsense' },
      ],
    })
    expect(house.engine.takeMemory()).toMatchObject({ meters: [], goneMeters: [{ owner: 'a', window: 'day:UTC' }] })
    expect(house.call()).toBe('a')
  })

  it('a key that is deleted and brought back goes on where it was', () => {
    const spec = { id: 'a', limits: { '': [limit('nanos', 10, 'forever')] } }
    const house = rig([spec])
    house.call('ok', { cost: { input: 0, output: 0, nanos: 8 } })
    house.engine.removeKey('a')
    house.clock.advance(60_000)
    house.engine.setKey({ ...spec, enabled: true, expiresAt: null })
    expect(house.engine.meters('a')).toMatchObject([{ unit: 'nanos', used: 8, limit: 10 }])
  })
})
