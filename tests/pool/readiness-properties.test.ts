/** Orders are caches: what they say of a key must be what a fresh look at it says, whatever has happened since. */

import { describe, expect, it } from 'vitest'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import {
  type Cost,
  type KeySpec,
  type Lease,
  type LeaseQuery,
  type LeaseResult,
  type LimitReading,
  type Limits,
  type Outcome,
  outcomeClasses,
  type PoolEngine,
  type PoolRules,
} from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'
import { calendar, rules, seeded, settle, strategyNames } from './rig.ts'

const ids = ['a', 'b', 'c', 'd']
const pools = ['p', 'q']
const HOUR = 3_600_000

const anyId = fc.constantFrom(...ids)
const anyPool = fc.constantFrom(...pools)
const anyModel = fc.constantFrom(undefined, 'm', 'm', 'n')
const anyBucket = fc.constantFrom(undefined, undefined, 'x', 'y')
const anyWindow = fc.constantFrom(
  { slideMs: 1000 },
  { slideMs: 4000 },
  { calendar: 'day', zone: 'America/Los_Angeles' } as const,
  'forever' as const,
)
const anyLimit = fc.record({
  unit: fc.constantFrom('requests', 'input', 'total', 'output', 'nanos'),
  window: anyWindow,
  amount: fc.constantFrom(0, 1, 3, 10, 40),
})
const anyLimits = fc.oneof(
  fc.constant({}),
  fc.dictionary(fc.constantFrom('', 'm', 'm*', '*'), fc.array(anyLimit, { minLength: 1, maxLength: 2 }), { maxKeys: 2 }),
) as fc.Arbitrary<Limits>
const anyCost = fc.option(
  fc.record({ input: fc.constantFrom(0, 1, 5, 30), output: fc.constantFrom(0, 1, 8), nanos: fc.constantFrom(0, 2) }),
  { nil: undefined },
)
const anyQuery: fc.Arbitrary<LeaseQuery> = fc
  .record({
    pool: anyPool,
    model: anyModel,
    exclude: fc.oneof({ weight: 3, arbitrary: fc.constant([] as string[]) }, fc.subarray(ids, { maxLength: 3 })),
    cost: anyCost,
    lane: fc.constantFrom(undefined, undefined, 'background' as const),
    session: fc.constantFrom(undefined, undefined, 's', 't'),
  })
  .map(({ pool, model, exclude, cost, lane, session }) => ({
    pool,
    exclude: new Set(exclude),
    ...(model && { model }),
    ...(cost && { cost }),
    ...(lane && { lane }),
    ...(session && { session }),
  }))
const anyOutcome: fc.Arbitrary<Outcome> = fc
  .record({
    class: fc.oneof({ weight: 2, arbitrary: fc.constant('ok' as const) }, fc.constantFrom(...outcomeClasses)),
    holdMs: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }),
  })
  .map(({ class: name, holdMs }) => ({ class: name, ...(holdMs && { holdMs }) }))
const anyReading: fc.Arbitrary<LimitReading> = fc.record({
  unit: fc.constantFrom('requests', 'input', 'total'),
  window: anyWindow,
  limit: fc.constantFrom(null, 0, 2, 20, 60),
  remaining: fc.constantFrom(null, 0, 0, 1, 10),
  resetMs: fc.constantFrom(null, 0, 500, 3000),
  refills: fc.boolean(),
  scope: fc.constantFrom('model', 'account'),
})
const anyRules: fc.Arbitrary<PoolRules> = fc
  .record({
    strategy: fc.constantFrom(...strategyNames),
    concurrency: fc.constantFrom(0, 0, 0, 3),
    keyConcurrency: fc.constantFrom(0, 1, 2),
    rateLimit: fc.constantFrom(0, 0, 1, 3),
    rateIntervalMs: fc.constantFrom(500, 2000),
    breakerFailures: fc.constantFrom(0, 2),
    upstream: fc.constantFrom('', 'u'),
    interactiveReserve: fc.constantFrom(0, 0.2, 0.5),
    fallbackAfterMs: fc.constantFrom(0, 400),
    fallback: fc.constantFrom([], [{ model: 'm', then: ['n'] }]),
  })
  .map((changes) => ({
    ...rules,
    ...changes,
    cooldownBaseMs: 1000,
    cooldownMaxMs: 8000,
    dailyMs: 6000,
    noCreditMs: 5000,
    modelUnavailableMs: 4000,
    breakerMs: 700,
    leaseMs: 2500,
  }))

type Step =
  | { do: 'lease'; query: LeaseQuery }
  | { do: 'acquire'; query: LeaseQuery; waitMs: number }
  | { do: 'abort' | 'touch' | 'release'; which: number }
  | { do: 'report'; which: number; outcome: Outcome; used: Partial<Cost> | undefined }
  | { do: 'learn'; which: number; readings: LimitReading[] }
  | { do: 'advance' | 'wall'; ms: number }
  | { do: 'key'; id: string; enabled: boolean; expiresIn: number | null; bucket: string | undefined; limits: Limits }
  | { do: 'bucket'; id: string; limits: Limits }
  | { do: 'remove' | 'resume'; id: string }
  | { do: 'observe'; id: string; outcome: Outcome; model: string | undefined }
  | { do: 'join'; pool: string; id: string; weight: number; priority: number }
  | { do: 'part'; pool: string; id: string }
  | { do: 'reserve'; pool: string; model: string | undefined; ttlMs: number; exclusive: boolean }
  | { do: 'rules'; pool: string; rules: PoolRules }
  | { do: 'restart' }

const step = (name: Step['do'], weight: number, fields: Record<string, fc.Arbitrary<unknown>>) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<Step>,
})
const anyOne = fc.nat({ max: 20 })
const anyStep = fc.oneof(
  step('lease', 12, { query: anyQuery }),
  step('acquire', 8, { query: anyQuery, waitMs: fc.integer({ min: 1, max: 20_000 }) }),
  step('abort', 1, { which: anyOne }),
  step('report', 9, { which: anyOne, outcome: anyOutcome, used: anyCost }),
  step('touch', 4, { which: anyOne }),
  step('learn', 4, { which: anyOne, readings: fc.array(anyReading, { minLength: 1, maxLength: 2 }) }),
  step('advance', 8, {
    ms: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 1500 }) }, fc.constantFrom(5000, 9 * HOUR)),
  }),
  step('key', 2, {
    id: anyId,
    enabled: fc.oneof(fc.constant(true), fc.boolean()),
    expiresIn: fc.option(fc.nat({ max: 4000 }), { freq: 1 }),
    bucket: anyBucket,
    limits: anyLimits,
  }),
  step('bucket', 2, { id: fc.constantFrom('x', 'y', 'a', 'b'), limits: anyLimits }),
  step('remove', 1, { id: anyId }),
  step('resume', 1, { id: anyId }),
  step('observe', 1, { id: anyId, outcome: anyOutcome, model: anyModel }),
  step('join', 2, { pool: anyPool, id: anyId, weight: fc.nat({ max: 3 }), priority: fc.nat({ max: 2 }) }),
  step('part', 1, { pool: anyPool, id: anyId }),
  step('reserve', 2, { pool: anyPool, model: anyModel, ttlMs: fc.integer({ min: 1, max: 3000 }), exclusive: fc.boolean() }),
  step('release', 1, { which: anyOne }),
  step('rules', 1, { pool: anyPool, rules: anyRules }),
  step('restart', 1, {}),
  step('wall', 1, { ms: fc.constantFrom(-HOUR, HOUR, 20 * HOUR, -20 * HOUR) }),
)

interface Waiting {
  query: LeaseQuery
  deadlineMs: number
  abort: AbortController
  isOver: boolean
}

/** An engine, each of whose pools has a mirror with the same keys: an order there is always made anew. */
class House {
  readonly clock = new VirtualClock()
  engine: PoolEngine
  given: Lease[] = []
  reservations: number[] = []
  waiting: Waiting[] = []
  readonly #rules = new Map<string, PoolRules>()
  readonly #keys = new Map<string, KeySpec>()
  readonly #buckets = new Map<string, Limits>()
  readonly #members = new Map<string, Map<string, { priority: number; weight: number }>>([
    ['p', new Map()],
    ['q', new Map()],
  ])
  #flip = 0

  constructor(first: PoolRules, second: PoolRules) {
    this.#rules.set('p', first)
    this.#rules.set('q', second)
    for (const id of ids) this.#keys.set(id, { id, enabled: true, expiresAt: null, ...(id < 'c' && { bucket: 'x' }) })
    for (const id of ids) this.#members.get('p')?.set(id, { priority: 0, weight: 1 })
    this.#members.get('q')?.set('d', { priority: 0, weight: 1 })
    this.engine = this.#build()
  }

  run(move: Step): void {
    const { engine } = this
    switch (move.do) {
      case 'lease':
        return this.#lease(move.query)
      case 'acquire':
        return this.#acquire(move.query, move.waitMs)
      case 'abort':
        return pickOf(this.waiting, move.which)?.abort.abort(new Error('gone'))
      case 'report':
        return this.#withLease(move.which, (one) => engine.report(one, move.outcome, move.used))
      case 'touch':
        return this.#withLease(move.which, (one) => engine.touch(one))
      case 'learn':
        return this.#withLease(move.which, (one) => engine.learn(one, move.readings))
      case 'advance':
        return this.clock.advance(move.ms)
      case 'wall':
        return this.clock.shiftWall(move.ms)
      case 'key':
        return this.#setKey(move)
      case 'bucket':
        this.#buckets.set(move.id, move.limits)
        return engine.setBucket(move.id, move.limits)
      case 'remove':
        this.#keys.delete(move.id)
        for (const members of this.#members.values()) members.delete(move.id)
        return engine.removeKey(move.id)
      case 'resume':
        return engine.resume(move.id)
      case 'observe':
        return engine.observe(move.id, move.outcome, move.model)
      case 'join':
        return this.#keys.has(move.id) ? this.#join(engine, move.pool, move.id, move) : undefined
      case 'part':
        for (const slug of [move.pool, mirrorOf(move.pool)]) engine.removeMember(slug, move.id)
        this.#members.get(move.pool)?.delete(move.id)
        return undefined
      case 'reserve': {
        const { pool, model, ttlMs, exclusive } = move
        const result = engine.reserve({ pool, ...(model && { model }) }, { ttlMs, exclusive })
        if (result.kind === 'reserved') this.reservations.push(result.reservation.id)
        return undefined
      }
      case 'release': {
        const id = pickOf(this.reservations, move.which)
        if (id !== undefined) engine.release(id)
        return undefined
      }
      case 'rules':
        this.#rules.set(move.pool, move.rules)
        return engine.setPool(move.pool, move.rules)
      case 'restart':
        return this.#restart()
    }
  }

  /** Nobody waits for what is to be had. */
  check(): void {
    const now = this.clock.mono()
    this.waiting = this.waiting.filter(({ isOver }) => !isOver)
    const firsts = new Map<string, Waiting>()
    for (const one of this.waiting) {
      if (one.deadlineMs <= now) throw new Error('it waits beyond its deadline')
      const line = `${one.query.pool} ${one.query.model ?? ''}`
      const first = firsts.get(line)
      if (!first || (first.query.lane === 'background' && one.query.lane !== 'background')) firsts.set(line, one)
    }
    for (const { query } of firsts.values()) this.#compare(query, null)
  }

  end(): void {
    for (const one of this.given) this.engine.report(one, { class: 'aborted' })
    this.given = []
  }

  #lease(query: LeaseQuery): void {
    const result = this.engine.tryLease(query)
    if (result.kind === 'lease') this.given.push(result.lease)
    else this.#compare(query, result)
  }

  #acquire(query: LeaseQuery, waitMs: number): void {
    const abort = new AbortController()
    const deadlineMs = this.clock.mono() + waitMs
    const one: Waiting = { query, deadlineMs, abort, isOver: false }
    this.waiting.push(one)
    const { engine } = this
    const done = (result?: LeaseResult) => {
      one.isOver = true
      if (result?.kind === 'lease' && engine === this.engine) this.given.push(result.lease)
    }
    engine.acquire(query, { deadlineMs, signal: abort.signal }).then(done, () => done())
  }

  /** A fresh look must not find more. */
  #compare(query: LeaseQuery, answer: Exclude<LeaseResult, { kind: 'lease' }> | null): void {
    const { concurrency } = this.#rules.get(query.pool)!
    if (concurrency > 0 && this.engine.pool(query.pool)!.inFlight >= concurrency) return
    const { session: _, ...plain } = query
    const slug = mirrorOf(query.pool)
    this.engine.setPool(slug, this.#mirrored(query.pool))
    const fresh = this.engine.tryLease({ ...plain, pool: slug })
    if (fresh.kind === 'lease') throw new Error(`${JSON.stringify(answer ?? 'waiting')}, but there is ${fresh.lease.keyId}`)
  }

  #withLease(at: number, act: (lease: Lease) => void): void {
    const lease = pickOf(this.given, at)
    if (lease) act(lease)
  }

  #setKey({ id, enabled, expiresIn, bucket, limits }: Extract<Step, { do: 'key' }>): void {
    const expiresAt = expiresIn === null ? null : this.clock.now() + expiresIn
    const spec = { id, enabled, expiresAt, limits, ...(bucket && { bucket }) }
    this.#keys.set(id, spec)
    this.engine.setKey(spec)
  }

  #join(engine: PoolEngine, pool: string, id: string, { priority, weight }: { priority: number; weight: number }): void {
    this.#members.get(pool)?.set(id, { priority, weight })
    for (const slug of [pool, mirrorOf(pool)]) engine.setMember(slug, id, { priority, weight })
  }

  #restart(): void {
    this.end()
    const { engine } = this
    const { marks, meters } = engine.takeMemory()
    engine.close()
    this.reservations = []
    this.engine = this.#build()
    this.engine.restoreMemory({ marks, meters })
  }

  #build(): PoolEngine {
    const engine = createPoolEngine({ clock: this.clock, random: seeded(1), calendar })
    for (const slug of pools) {
      engine.setPool(slug, this.#rules.get(slug)!)
      engine.setPool(mirrorOf(slug), this.#mirrored(slug))
    }
    for (const [id, limits] of this.#buckets) engine.setBucket(id, limits)
    for (const key of this.#keys.values()) engine.setKey(key)
    for (const [pool, members] of this.#members) for (const [id, rank] of members) this.#join(engine, pool, id, rank)
    return engine
  }

  /** Rules that differ from those before make every order anew. */
  #mirrored(slug: string): PoolRules {
    const poolRules = this.#rules.get(slug)!
    this.#flip = 1 - this.#flip
    const upstream = poolRules.upstream === '' ? `pool ${slug}` : poolRules.upstream
    return { ...poolRules, upstream, concurrency: 0, fallback: [], dailyMs: poolRules.dailyMs + this.#flip }
  }
}

function mirrorOf(slug: string): string {
  return `mirror-${slug}`
}

function pickOf<T>(list: readonly T[], which: number): T | undefined {
  return list[list.length - 1 - (which % Math.max(1, list.length))]
}

describe('readiness', () => {
  it('is what a fresh look says, and nobody waits for what is to be had', async () => {
    const steps = fc.array(anyStep, { minLength: 1, maxLength: 120, size: 'max' })
    await fc.assert(
      fc.asyncProperty(anyRules, anyRules, steps, async (first, second, moves) => {
        const house = new House(first, second)
        for (const move of moves) {
          house.run(move)
          await settle()
          house.check()
        }
        house.clock.advance(30_000)
        await settle()
        house.check()
        expect(house.waiting.length).toBe(0)
        house.end()
        for (const slug of pools) expect(house.engine.pool(slug)?.inFlight).toBe(0)
        house.engine.close()
        expect(house.clock.pending).toBe(0)
      }),
      { includeErrorInReport: true, numRuns: 300 },
    )
  })
})
