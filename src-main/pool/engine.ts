/**
 * The pool engine: hands out the right key for each call, and learns from how the call ended. Everything is
 * synchronous but the waiting itself.
 *
 * The room, from the ground up (a file imports only files above it in this list):
 *   types, errors, rules, window-name   the words that other rooms use
 *   heap, linked-list, window           structures
 *   clock, agenda                       what time it is; all that shall happen later, behind one timer
 *   meter-…, meter                      one limit over one window
 *   state                               what is true of keys, buckets, cells, marks, members and pools
 *   validate, limit-lookup, fallback    rules: what is refused; which limits hold for a model; where else a call may go
 *   cells                               cells made and given back; which models need an order of their own
 *   cooldown, readiness                 rules: how long an outcome takes a key out; whether a key may be handed out
 *   health, marks                       what people see of a key; cool-downs given, ended and carried over restarts
 *   upstreams                           what is wrong with an upstream, and no key's fault
 *   accounts, memory, reservations      buckets; counters for the store; keys set aside
 *   strategies/, shelf, rank, rank-set  in which order buckets and keys are picked: caches over the state
 *   queue, refusals, sessions, pool     those who wait; one pool with its members, ranks and queue
 *   leases, charge, learn, dispatch     what is out; check-and-reserve, and learning from how it came back
 *   survey                              which models a pool could serve now
 *   roster                              keys, buckets, pools and memberships come and go
 *   engine                              puts these together
 */
import { Accounts } from './accounts.ts'
import { Agenda } from './agenda.ts'
import { CellBook, cellsOf } from './cells.ts'
import { Dispatcher } from './dispatch.ts'
import { EngineError } from './errors.ts'
import { HealthBoard, healthOf } from './health.ts'
import type { Work } from './heap.ts'
import { MarkBook } from './marks.ts'
import { MeterMemory } from './memory.ts'
import { createMeter } from './meter.ts'
import type { Pool } from './pool.ts'
import { type Exhausted, hopeless, type Settled, type Wait } from './queue.ts'
import { Gate } from './readiness.ts'
import { Reservations } from './reservations.ts'
import { Roster } from './roster.ts'
import { defaultRules } from './rules.ts'
import type { Owner } from './state.ts'
import { servable } from './survey.ts'
import type {
  Calendar,
  Clock,
  KeyRuntime,
  Lease,
  LeaseQuery,
  LeaseResult,
  MeterView,
  Outcome,
  PoolEngine,
  Random,
} from './types.ts'
import { Upstreams } from './upstreams.ts'
import { checkCost } from './validate.ts'

interface EngineOptions {
  clock: Clock
  random: Random
  calendar: Calendar
  /** Counts the engine's steps, for tests of how its work grows. */
  work?: Work
}

const UNKNOWN_POOL: Exhausted = { kind: 'exhausted', reason: 'unknown-pool', retryAfterMs: null }

/** An engine without keys and pools. It keeps one timer on `clock` until `close`. */
export function createPoolEngine(options: EngineOptions): PoolEngine {
  const { clock, random, calendar, work = { steps: 0 } } = options
  const agenda = new Agenda(clock, work, () => health.publish())
  const health = new HealthBoard(clock, agenda, (owner, now) => dispatch.revive(owner, now))
  const memory = new MeterMemory(clock)
  const cells: CellBook = new CellBook({
    clock,
    agenda,
    meter: (limit, source) => createMeter(limit, source, { calendar, clock }),
    forgotten: (cell, meter) => memory.forgotten(cell, meter),
    unmark: (cell) => marks.end(cell, clock.mono()),
  })
  const gate = new Gate(cells, clock)
  const proven = (owner: Owner, now: number) => dispatch.revive(owner, now)
  const marks: MarkBook = new MarkBook({ clock, random, agenda, cells, health, proven: ({ owner }, now) => proven(owner, now) })
  const reservations = new Reservations(agenda, (key, now) => dispatch.revive(key, now))
  const upstreams = new Upstreams({
    pools: () => roster.pools(),
    rollBack: (mark, now) => {
      marks.end(mark.cell, now)
      dispatch.revive(mark.cell.owner, now)
    },
  })
  const dispatch: Dispatcher = new Dispatcher({
    agenda,
    cells,
    gate,
    marks,
    health,
    upstreams,
    reservations,
    key: (id) => roster.key(id),
    pool: (slug) => roster.pool(slug),
    pools: () => roster.pools(),
    rulesOf: (slug) => roster.rulesOf(slug),
    released: (pool) => roster.released(pool),
  })
  const accounts = new Accounts({ cells, marks })
  const ranks = { random, work, gate }
  const roster: Roster = new Roster({ clock, calendar, agenda, cells, ranks, accounts, marks, health, dispatch, reservations })
  return new Engine({ clock, health, agenda, cells, gate, upstreams, memory, marks, reservations, accounts, dispatch, roster })
}

interface Parts {
  clock: Clock
  health: HealthBoard
  agenda: Agenda
  cells: CellBook
  gate: Gate
  upstreams: Upstreams
  memory: MeterMemory
  marks: MarkBook
  reservations: Reservations
  accounts: Accounts
  dispatch: Dispatcher
  roster: Roster
}

class Engine implements PoolEngine {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  setPool(...args: Parameters<PoolEngine['setPool']>): void {
    this.#parts.roster.setPool(...args)
  }

  removePool(slug: string): void {
    this.#parts.roster.removePool(slug)
  }

  setKey(...args: Parameters<PoolEngine['setKey']>): void {
    this.#parts.roster.setKey(...args)
    this.#parts.health.publish()
  }

  removeKey(id: string): void {
    this.#parts.roster.removeKey(id)
    this.#parts.health.publish()
  }

  setBucket(...args: Parameters<PoolEngine['setBucket']>): void {
    this.#parts.roster.setBucket(...args)
    this.#parts.health.publish()
  }

  setMember(...args: Parameters<PoolEngine['setMember']>): void {
    this.#parts.roster.setMember(...args)
  }

  removeMember(pool: string, keyId: string): void {
    this.#parts.roster.removeMember(pool, keyId)
  }

  tryLease(query: LeaseQuery): LeaseResult {
    checkCost(query.cost, 'cost')
    const pool = this.#parts.roster.pool(query.pool)
    if (!pool) return UNKNOWN_POOL
    const now = this.#parts.clock.mono()
    const result = this.#parts.dispatch.attempt(pool, query, now, now)
    return result.kind === 'wait' ? { kind: 'wait', wakeAt: result.wakeAt } : result
  }

  acquire(query: LeaseQuery, options: { deadlineMs: number; signal?: AbortSignal }): Promise<Settled> {
    const { deadlineMs, signal } = options
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const asked = this.#ask(query, deadlineMs)
    if (!('wait' in asked)) return Promise.resolve(asked)
    return asked.pool.queue.join(query, asked.wait, { now: asked.now, deadlineMs, signal })
  }

  acquireNow(query: LeaseQuery, deadlineMs: number): Settled | null {
    const asked = this.#ask(query, deadlineMs)
    return 'wait' in asked ? null : asked
  }

  #ask(query: LeaseQuery, deadlineMs: number): Settled | { pool: Pool; wait: Wait; now: number } {
    checkCost(query.cost, 'cost')
    const pool = this.#parts.roster.pool(query.pool)
    if (!pool) return UNKNOWN_POOL
    const now = this.#parts.clock.mono()
    // Those who wait go first, should their timer be late.
    pool.queue.drain(now)
    const ahead = pool.queue.ahead(query)
    if (ahead && !hopeless(ahead, deadlineMs, now)) return { pool, wait: ahead, now }
    const result = this.#parts.dispatch.attempt(pool, query, now, now)
    if (result.kind !== 'wait') return result
    return hopeless(result, deadlineMs, now) ?? { pool, wait: result, now }
  }

  touch(lease: Lease): void {
    this.#parts.dispatch.touch(lease, this.#parts.clock.mono())
  }

  learn(...[lease, readings]: Parameters<PoolEngine['learn']>): void {
    this.#parts.dispatch.learn(lease, readings, this.#parts.clock.mono())
    this.#parts.health.publish()
  }

  report(...[lease, outcome, used]: Parameters<PoolEngine['report']>): void {
    checkCost(used, 'used')
    this.#parts.dispatch.report(lease, outcome, used, this.#parts.clock.mono())
    this.#parts.health.publish()
  }

  cancel(lease: Lease): void {
    this.#parts.dispatch.cancel(lease, this.#parts.clock.mono())
    this.#parts.health.publish()
  }

  reserve(...[query, options]: Parameters<PoolEngine['reserve']>): ReturnType<PoolEngine['reserve']> {
    const { clock, dispatch, reservations, roster } = this.#parts
    const { ttlMs, exclusive = false } = options
    if (!(Number.isFinite(ttlMs) && ttlMs > 0))
      throw new EngineError('INVALID_RULE', 'ttlMs must be a time in ms above 0', 'ttlMs')
    const pool = roster.pool(query.pool)
    if (!pool) return UNKNOWN_POOL
    const now = clock.mono()
    const result = dispatch.chooseForReservation(pool, query, now)
    if (result.kind === 'wait') return { kind: 'wait', wakeAt: result.wakeAt }
    if (result.kind === 'exhausted') return result
    const { id, key } = reservations.make(result.key, now + ttlMs, exclusive)
    return { kind: 'reserved', reservation: { id, keyId: key.id } }
  }

  release(reservationId: number): boolean {
    return this.#parts.reservations.release(reservationId, this.#parts.clock.mono())
  }

  observe(keyId: string, outcome: Outcome, model = ''): void {
    const { cells, clock, dispatch, health, marks, roster } = this.#parts
    const key = roster.key(keyId)
    if (!key) return
    const now = clock.mono()
    if (outcome.class === 'ok') {
      // A free check proves the key, and that it has the model; it says nothing about credit or rates.
      if (key.whole?.mark?.outcome === 'key-invalid') marks.end(key.whole, now)
      const own = model === '' ? null : cells.find(key, model)
      if (own?.mark?.outcome === 'model-unavailable') marks.end(own, now)
      if (!key.proven) health.changed(key)
      key.proven = true
      health.refresh(key, now)
    } else {
      const rules = key.members[0]?.pool.rules ?? defaultRules
      marks.apply(key, key.bucket, model, outcome, { since: now, now, rules })
    }
    dispatch.revive(key, now)
    health.publish()
  }

  resume(keyId: string): void {
    const { cells, clock, dispatch, health, marks, roster } = this.#parts
    const key = roster.key(keyId)
    if (!key) return
    const now = clock.mono()
    marks.endAll(key, now)
    marks.endAll(key.bucket, now)
    cells.unlearn(key)
    cells.unlearn(key.bucket)
    dispatch.revive(key, now)
    dispatch.revive(key.bucket, now)
    health.publish()
  }

  key(id: string): KeyRuntime | undefined {
    const { clock, roster } = this.#parts
    const key = roster.key(id)
    if (!key) return undefined
    const now = clock.mono()
    const wall = clock.now() - now
    const { health, reason, model, until } = healthOf(key, now, clock)
    return {
      health,
      reason,
      model,
      until: health === 'disabled' || until === null ? null : Math.ceil(until + wall),
      inFlight: key.inFlight,
      lastUsedAt: Number.isNaN(key.usedAt) ? null : Math.round(key.usedAt + wall),
      proven: key.proven,
      bucket: key.bucket.id,
    }
  }

  meters(keyId: string): MeterView[] {
    const { clock, roster } = this.#parts
    const key = roster.key(keyId)
    if (!key) return []
    const now = clock.mono()
    const wall = clock.now() - now
    return [key, key.bucket].flatMap((owner) => this.#viewsOf(owner, now, wall))
  }

  pool(slug: string): ReturnType<PoolEngine['pool']> {
    const pool = this.#parts.roster.pool(slug)
    if (!pool) return undefined
    // A cool-down that has just ended counts, even if its timer is late.
    this.#parts.agenda.advance(this.#parts.clock.mono())
    const { members, buckets, ready, inFlight, queue } = pool
    return { members: members.size, buckets, ready, inFlight, waiting: queue.size }
  }

  servable(slug: string, models: readonly string[]): boolean[] {
    const { agenda, clock, roster } = this.#parts
    const pool = roster.pool(slug)
    if (!pool) return models.map(() => false)
    const now = clock.mono()
    agenda.advance(now)
    return servable(pool, models, this.#parts, now)
  }

  chain(pool: string, model: string): readonly { pool: string; model: string }[] {
    return this.#parts.roster.chain(pool, model)
  }

  takeMemory(): ReturnType<PoolEngine['takeMemory']> {
    const { cells, marks, memory } = this.#parts
    return { ...marks.take(), ...memory.take(cells) }
  }

  restoreMemory({ marks, meters }: Parameters<PoolEngine['restoreMemory']>[0]): void {
    for (const meter of meters) {
      const owner = this.#owner(meter)
      if (owner) this.#parts.memory.restore(this.#parts.cells, owner, meter)
    }
    for (const mark of marks) {
      const owner = this.#owner(mark)
      if (owner) this.#parts.marks.restore(owner, mark)
    }
    const now = this.#parts.clock.mono()
    for (const meter of meters) {
      const owner = this.#owner(meter)
      if (owner) this.#parts.health.spent(owner, now)
    }
    this.#parts.health.publish()
  }

  onKeyChange(listener: (keyId: string) => void): () => void {
    return this.#parts.health.subscribe(listener)
  }

  close(): void {
    for (const pool of this.#parts.roster.pools()) {
      pool.queue.dismiss({ kind: 'exhausted', reason: 'queue-timeout', retryAfterMs: null })
    }
    this.#parts.agenda.close()
  }

  #owner({ scope, owner }: { scope: 'key' | 'bucket'; owner: string }): Owner | undefined {
    return scope === 'key' ? this.#parts.roster.key(owner) : this.#parts.accounts.get(owner)
  }

  /** With the cells for which limits are set, but nothing has been used yet: of all models and of those named. */
  #viewsOf(owner: Owner, now: number, wall: number): MeterView[] {
    for (const model of Object.keys(owner.limits)) if (!model.endsWith('*')) this.#parts.cells.limited(owner, model)
    return cellsOf(owner).flatMap(({ model, meters }) =>
      meters
        .filter(({ limit }) => Number.isFinite(limit))
        .map((meter) => ({ scope: owner.scope, model, ...meter.view(now, wall) })),
    )
  }
}
