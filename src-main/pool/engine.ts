/**
 * The pool engine: hands out the right key for each call, and learns from how the call ended. Everything is
 * synchronous but the waiting itself.
 *
 * The room, from the ground up (a file imports only files above it in this list):
 *   types                            the words that other rooms use
 *   heap, linked-list, window        structures
 *   clock, agenda                    what time it is; all that shall happen later, behind one timer
 *   state                            what is true of keys, marks, members and pools
 *   cooldown, readiness              rules: how long an outcome takes a key out; whether a key may be handed out
 *   health, marks                    what people see of a key; cool-downs given, ended and carried over restarts
 *   strategies/, rank, rank-set      in which order keys are picked: caches over the state
 *   queue, pool                      those who wait; one pool with its members, ranks and queue
 *   leases, dispatch                 what is out; check-and-reserve, and learning from how it came back
 *   roster                           keys, pools and memberships come and go
 *   engine                           puts these together
 */
import { Agenda } from './agenda.ts'
import { defaultCooldowns } from './cooldown.ts'
import { Dispatcher } from './dispatch.ts'
import { HealthBoard, healthOf } from './health.ts'
import type { Work } from './heap.ts'
import { MarkBook } from './marks.ts'
import { type Exhausted, hopeless, type Settled } from './queue.ts'
import { Roster } from './roster.ts'
import type { Clock, KeyMark, KeyRuntime, Lease, LeaseQuery, LeaseResult, Outcome, PoolEngine, Random } from './types.ts'

interface EngineOptions {
  clock: Clock
  random: Random
  /** Counts the engine's steps, for tests of how its work grows. */
  work?: Work
}

const UNKNOWN_POOL: Exhausted = { kind: 'exhausted', reason: 'unknown-pool', retryAfterMs: null }

/** An engine without keys and pools. It keeps one timer on `clock` until `close`. */
export function createPoolEngine(options: EngineOptions): PoolEngine {
  const { clock, random, work = { steps: 0 } } = options
  const health = new HealthBoard(clock)
  const agenda = new Agenda(clock, work, () => health.publish())
  const marks = new MarkBook({ clock, random, agenda, health })
  const dispatch = new Dispatcher({ agenda, marks, health, released: (key, pool) => roster.released(key, pool) })
  const roster = new Roster({ clock, agenda, ranks: { clock, random, work }, marks, health, dispatch })
  return new Engine({ clock, health, agenda, marks, dispatch, roster })
}

interface Parts {
  clock: Clock
  health: HealthBoard
  agenda: Agenda
  marks: MarkBook
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

  setMember(...args: Parameters<PoolEngine['setMember']>): void {
    this.#parts.roster.setMember(...args)
  }

  removeMember(pool: string, keyId: string): void {
    this.#parts.roster.removeMember(pool, keyId)
  }

  tryLease(query: LeaseQuery): LeaseResult {
    const pool = this.#parts.roster.pool(query.pool)
    if (!pool) return UNKNOWN_POOL
    const result = this.#parts.dispatch.attempt(pool, query, this.#parts.clock.mono())
    return result.kind === 'wait' ? { kind: 'wait', wakeAt: result.wakeAt } : result
  }

  acquire(query: LeaseQuery, options: { deadlineMs: number; signal?: AbortSignal }): Promise<Settled> {
    const { deadlineMs, signal } = options
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const pool = this.#parts.roster.pool(query.pool)
    if (!pool) return Promise.resolve(UNKNOWN_POOL)
    const now = this.#parts.clock.mono()
    // Those who wait go first, should their timer be late.
    pool.queue.drain(now)
    const result = this.#parts.dispatch.attempt(pool, query, now)
    if (result.kind !== 'wait') return Promise.resolve(result)
    const refusal = hopeless(result, deadlineMs, now)
    return refusal ? Promise.resolve(refusal) : pool.queue.join(query, deadlineMs, result, signal)
  }

  touch(lease: Lease): void {
    this.#parts.dispatch.touch(lease, this.#parts.clock.mono())
  }

  report(lease: Lease, outcome: Outcome): void {
    this.#parts.dispatch.report(lease, outcome, this.#parts.clock.mono())
    this.#parts.health.publish()
  }

  observe(keyId: string, outcome: Outcome, model = ''): void {
    const { clock, dispatch, health, marks, roster } = this.#parts
    const key = roster.key(keyId)
    if (!key) return
    const now = clock.mono()
    if (outcome.class === 'ok') {
      // A free check proves the key, and the model it asked for; it says nothing about credit or rates.
      if (key.whole?.outcome === 'key-invalid') marks.end(key, '')
      if (model !== '') marks.end(key, model)
      if (!key.proven) health.changed(key)
      key.proven = true
      health.refresh(key, now)
    } else {
      const [pool] = key.pools.keys()
      marks.apply(key, model, outcome, now, now, pool?.rules ?? defaultCooldowns)
    }
    dispatch.revive(key, now)
    health.publish()
  }

  resume(keyId: string): void {
    const { clock, dispatch, health, marks, roster } = this.#parts
    const key = roster.key(keyId)
    if (!key) return
    const now = clock.mono()
    marks.endAll(key)
    health.refresh(key, now)
    dispatch.revive(key, now)
    health.publish()
  }

  key(id: string): KeyRuntime | undefined {
    const { clock, roster } = this.#parts
    const key = roster.key(id)
    if (!key) return undefined
    const now = clock.mono()
    const wall = clock.now() - now
    const { health, reason, until } = healthOf(key, now, clock)
    return {
      health,
      reason,
      until: health === 'disabled' || until === null ? null : Math.ceil(until + wall),
      inFlight: key.inFlight,
      lastUsedAt: Number.isNaN(key.usedAt) ? null : Math.round(key.usedAt + wall),
      proven: key.proven,
    }
  }

  pool(slug: string): ReturnType<PoolEngine['pool']> {
    const pool = this.#parts.roster.pool(slug)
    if (!pool) return undefined
    // A cool-down that has just ended counts, even if its timer is late.
    this.#parts.agenda.advance(this.#parts.clock.mono())
    return { members: pool.members.size, ready: pool.ready, inFlight: pool.inFlight, waiting: pool.queue.size }
  }

  takeMarks(): ReturnType<PoolEngine['takeMarks']> {
    return this.#parts.marks.take()
  }

  restoreMarks(marks: readonly KeyMark[]): void {
    for (const mark of marks) {
      const key = this.#parts.roster.key(mark.keyId)
      if (key) this.#parts.marks.restore(key, mark)
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
}
