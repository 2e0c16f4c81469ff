import { equal } from 'node:assert/strict'
import { describe, expect, it } from 'vitest'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { Lease, LeaseQuery, Outcome, PoolRules, StoredMark, StoredMeter } from '../../src-main/pool/types.ts'
import { outcomeClasses } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'
import { Reference } from './reference.ts'
import { calendar, rules, seeded, strategyNames } from './rig.ts'

const ids = ['a', 'b', 'c', 'd', 'e']
const pools = ['p', 'q']

const anyId = fc.constantFrom(...ids)
const anyPool = fc.constantFrom(...pools)
const anyModel = fc.constantFrom(undefined, 'm', 'n')
const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  class: fc.oneof(fc.constant('ok' as const), fc.constantFrom(...outcomeClasses)),
  holdMs: fc.integer({ min: 1, max: 3000 }),
})
const anyBucket = fc.constantFrom(undefined, undefined, 'x', 'y')
const anyRules: fc.Arbitrary<PoolRules> = fc.record({
  ...(Object.fromEntries(Object.entries(rules).map(([name, value]) => [name, fc.constant(value)])) as {
    [Name in keyof PoolRules]: fc.Arbitrary<PoolRules[Name]>
  }),
  strategy: fc.constantFrom(...strategyNames),
  concurrency: fc.constantFrom(0, 0, 3),
  keyConcurrency: fc.constantFrom(0, 1, 2),
  rateLimit: fc.constantFrom(0, 1, 3, 20),
  rateIntervalMs: fc.constantFrom(500, 2000),
  cooldownBaseMs: fc.constant(1000),
  cooldownMaxMs: fc.constant(8000),
  hintMaxMs: fc.constant(1e9),
  noCreditMs: fc.constant(5000),
  leaseMs: fc.constant(2500),
})

type Step =
  | { do: 'lease'; pool: string; model: string | undefined; exclude: string[] }
  | { do: 'report'; which: number; outcome: Outcome }
  | { do: 'touch'; which: number }
  | { do: 'advance'; ms: number }
  | { do: 'key'; id: string; enabled: boolean; expiresIn: number | null; bucket: string | undefined }
  | { do: 'remove' | 'resume'; id: string }
  | { do: 'observe'; id: string; outcome: Outcome; model: string | undefined }
  | { do: 'join'; pool: string; id: string; weight: number; priority: number }
  | { do: 'part'; pool: string; id: string }
  | { do: 'rules'; pool: string; rules: PoolRules }

const step = (name: Step['do'], fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<Step>
const which = fc.nat({ max: 50 })
const lease = step('lease', { pool: anyPool, model: anyModel, exclude: fc.subarray(ids, { maxLength: 3 }) })
const report = step('report', { which, outcome: anyOutcome })
const anyStep = fc.oneof(
  { weight: 12, arbitrary: lease },
  { weight: 7, arbitrary: report },
  { weight: 2, arbitrary: step('touch', { which }) },
  { weight: 4, arbitrary: step('advance', { ms: fc.integer({ min: 0, max: 1500 }) }) },
  {
    weight: 2,
    arbitrary: step('key', {
      id: anyId,
      enabled: fc.oneof(fc.constant(true), fc.boolean()),
      expiresIn: fc.option(fc.nat({ max: 4000 })),
      bucket: anyBucket,
    }),
  },
  { weight: 1, arbitrary: step('remove', { id: anyId }) },
  { weight: 1, arbitrary: step('resume', { id: anyId }) },
  { weight: 1, arbitrary: step('observe', { id: anyId, outcome: anyOutcome, model: anyModel }) },
  { weight: 2, arbitrary: step('join', { pool: anyPool, id: anyId, weight: fc.nat({ max: 3 }), priority: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: step('part', { pool: anyPool, id: anyId }) },
  { weight: 1, arbitrary: step('rules', { pool: anyPool, rules: anyRules }) },
)

/** The engine and the reference side by side. */
class Pair {
  readonly clock = new VirtualClock()
  readonly engine = createPoolEngine({ clock: this.clock, random: seeded(1), calendar })
  readonly reference = new Reference()
  readonly given: Lease[] = []

  constructor(first: PoolRules, second: PoolRules) {
    for (const [slug, poolRules] of [
      ['p', first],
      ['q', second],
    ] as const) {
      this.engine.setPool(slug, poolRules)
      this.reference.pools.set(slug, { rules: poolRules, members: new Map() })
    }
    for (const id of ids) this.#setKey(id, true, null, id < 'c' ? 'x' : undefined)
    for (const id of ids) this.#join('p', id, 1, 0)
    for (const id of ids.slice(3)) this.#join('q', id, 1, 0)
  }

  run(move: Step): void {
    const now = this.clock.mono()
    switch (move.do) {
      case 'lease':
        return this.#lease({ pool: move.pool, exclude: new Set(move.exclude), ...(move.model ? { model: move.model } : {}) }, now)
      case 'report':
        return this.#withLease(move.which, (one) => {
          this.engine.report(one, move.outcome)
          this.reference.report(one.id, move.outcome, now)
        })
      case 'touch':
        return this.#withLease(move.which, (one) => {
          this.engine.touch(one)
          this.reference.touch(one.id, now)
        })
      case 'advance':
        this.clock.advance(move.ms)
        return this.reference.expire(this.clock.mono())
      case 'key':
        return this.#setKey(
          move.id,
          move.enabled,
          move.expiresIn === null ? null : this.clock.now() + move.expiresIn,
          move.bucket,
        )
      case 'remove':
        return this.#remove(move.id)
      case 'resume':
        this.engine.resume(move.id)
        return this.reference.resume(move.id)
      case 'observe':
        return this.#observe(move.id, move.outcome, move.model ?? '', now)
      case 'join':
        return this.reference.keys.has(move.id) ? this.#join(move.pool, move.id, move.weight, move.priority) : undefined
      case 'part':
        this.engine.removeMember(move.pool, move.id)
        this.reference.pools.get(move.pool)?.members.delete(move.id)
        return undefined
      case 'rules':
        this.engine.setPool(move.pool, move.rules)
        this.reference.pools.get(move.pool)!.rules = move.rules
        return undefined
    }
  }

  check(): void {
    for (const [id, key] of this.reference.keys) equal(this.engine.key(id)?.inFlight, this.reference.inFlight(key))
    for (const slug of pools) {
      const pool = this.engine.pool(slug)
      const members = this.reference.pools.get(slug)!.members
      equal(pool?.members, members.size)
      equal(pool?.buckets, new Set([...members.keys()].map((id) => this.reference.keys.get(id)?.bucket)).size)
      equal(pool?.inFlight, this.reference.leases.filter((one) => one.pool === slug).length)
      equal(pool?.ready, [...members.keys()].filter((id) => this.engine.key(id)?.health === 'ready').length)
    }
  }

  #lease(query: LeaseQuery, now: number): void {
    const wall = this.clock.now()
    const result = this.engine.tryLease(query)
    if (!this.reference.allows(query, result, now, wall)) throw new Error(`against the rules: ${JSON.stringify(result)}`)
    if (result.kind !== 'lease') return
    this.given.push(result.lease)
    this.reference.lease(result.lease.id, result.lease.keyId, query, now)
  }

  #withLease(at: number, act: (lease: Lease) => void): void {
    // Also leases that have ended long ago: those must change nothing.
    if (this.given.length > 0) act(this.given[(this.given.length * 51 - 1 - at) % this.given.length]!)
  }

  #setKey(id: string, enabled: boolean, expiresAt: number | null, bucket: string | undefined): void {
    this.engine.setKey({ id, enabled, expiresAt, ...(bucket ? { bucket } : {}) })
    this.reference.setKey(id, enabled, expiresAt, bucket ?? id)
  }

  #remove(id: string): void {
    this.engine.removeKey(id)
    this.reference.removeKey(id)
  }

  #observe(id: string, outcome: Outcome, model: string, now: number): void {
    this.engine.observe(id, outcome, model)
    const key = this.reference.keys.get(id)
    if (!key) return
    if (outcome.class === 'ok') this.reference.prove(id, model)
    else this.reference.mark(key, key.bucket, model, outcome, now)
  }

  #join(slug: string, id: string, weight: number, priority: number): void {
    this.engine.setMember(slug, id, { priority, weight })
    this.reference.pools.get(slug)?.members.set(id, weight)
  }
}

describe('any interleaving', () => {
  it('answers as the plain reference does: no limit exceeded, no key kept back, no lease lost or doubled', () => {
    const steps = fc.array(anyStep, { minLength: 1, maxLength: 150, size: 'max' })
    fc.assert(
      fc.property(anyRules, anyRules, steps, (first, second, moves) => {
        const pair = new Pair(first, second)
        for (const move of moves) {
          pair.run(move)
          pair.check()
        }
        expect(new Set(pair.given.map((one) => one.id)).size).toBe(pair.given.length)
        for (const one of pair.given) pair.engine.report(one, { class: 'ok' })
        for (const slug of pools) expect(pair.engine.pool(slug)?.inFlight).toBe(0)
        pair.engine.close()
        expect(pair.clock.pending).toBe(0)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('a restart', () => {
  it('that keeps the marks changes nothing', () => {
    const call = fc.record({
      outcome: anyOutcome,
      hint: fc.boolean(),
      model: anyModel,
      ms: fc.nat({ max: 2000 }),
      restart: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60, size: 'max' }), (calls) => {
        const stays = new House()
        const restarts = new House()
        for (const { outcome, hint, model, ms, restart } of calls) {
          // Without a hint a short refusal would be measured, by windows whose edges a restart moves by a part of a second.
          const applied: Outcome = hint || outcome.class === 'rate-short' ? outcome : { class: outcome.class }
          const [one, two] = [stays, restarts].map((house) => house.call(applied, model, ms))
          expect(two).toEqual(one)
          if (restart) restarts.restart()
        }
      }),
      { numRuns: 400 },
    )
  })
})

/** An engine whose marks are kept in a store, as the application does it. */
class House {
  #clock = new VirtualClock()
  #engine = this.#start()
  readonly #marks = new Map<string, StoredMark>()
  readonly #meters = new Map<string, StoredMeter>()

  call(outcome: Outcome, model: string | undefined, ms: number): unknown {
    this.#clock.advance(ms)
    const result = this.#engine.tryLease({ pool: 'p', ...(model ? { model } : {}) })
    if (result.kind === 'lease') this.#engine.report(result.lease, outcome)
    const states = ids.map((id) => ({ ...this.#engine.key(id), lastUsedAt: null, proven: null }))
    const wait = result.kind === 'wait' && result.wakeAt !== null ? result.wakeAt - this.#clock.mono() : null
    return { kind: result.kind, key: result.kind === 'lease' ? result.lease.keyId : null, wait, states }
  }

  restart(): void {
    const memory = this.#engine.takeMemory()
    for (const mark of memory.marks) this.#marks.set(nameOf(mark), mark)
    for (const mark of memory.goneMarks) this.#marks.delete(nameOf(mark))
    for (const meter of memory.meters) this.#meters.set(nameOf(meter), meter)
    for (const meter of memory.goneMeters) this.#meters.delete(nameOf(meter))
    this.#engine.close()
    this.#clock = new VirtualClock(this.#clock.now())
    this.#engine = this.#start()
    this.#engine.restoreMemory({ marks: [...this.#marks.values()], meters: [...this.#meters.values()] })
  }

  #start() {
    const engine = createPoolEngine({ clock: this.#clock, random: () => 0.5, calendar })
    engine.setPool('p', { ...rules, strategy: 'priority' })
    for (const id of ids) {
      engine.setKey({ id, enabled: true, expiresAt: null })
      engine.setMember('p', id, { priority: 0, weight: 1 })
    }
    return engine
  }
}

function nameOf(row: Partial<StoredMeter> & Pick<StoredMark, 'scope' | 'owner' | 'model'>): string {
  return JSON.stringify([row.scope, row.owner, row.model, row.unit, row.window])
}
