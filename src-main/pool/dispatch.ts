/** Hands out keys and takes them back: check and reserve in one step. */
import type { Agenda } from './agenda.ts'
import type { HealthBoard } from './health.ts'
import { LeaseBook, type Slot } from './leases.ts'
import type { MarkBook } from './marks.ts'
import type { Pool } from './pool.ts'
import type { Exhausted, Settled, Wait } from './queue.ts'
import type { Rank } from './rank.ts'
import type { KeyState, PoolState } from './state.ts'
import type { Lease, LeaseQuery, Outcome, PoolRules } from './types.ts'
import { CallWindow } from './window.ts'

interface DispatchTools {
  agenda: Agenda
  marks: MarkBook
  health: HealthBoard
  /** Called when a key or its pool has one call less under way. */
  released(key: KeyState, pool: PoolState): void
}

export class Dispatcher {
  readonly #tools: DispatchTools
  readonly #leases: LeaseBook
  /** Leases handed out so far. */
  #turn = 0

  constructor(tools: DispatchTools) {
    this.#tools = tools
    this.#leases = new LeaseBook(tools.agenda, (slot, now) => this.#close(slot, { class: 'aborted' }, now))
  }

  /** Picks a key and reserves it, or says why not. The only place where leases begin; `now` in mono ms, as everywhere here. */
  attempt(pool: Pool, query: LeaseQuery, now: number): Settled | Wait {
    if (pool.members.size === 0) return { kind: 'exhausted', reason: 'no-keys', retryAfterMs: null }
    const exclude = query.exclude && query.exclude.size > 0 ? query.exclude : null
    const rank = pool.ranks.of(query.model ?? '')
    const { concurrency } = pool.rules
    if (concurrency > 0 && pool.inFlight >= concurrency) return refuseFull(rank, exclude, now)
    const entry = rank.pick(now, exclude)
    if (!entry) return refuse(rank, exclude, now)
    const lease = this.#grant(pool, entry.key, query.model, now)
    rank.taken(entry)
    return { kind: 'lease', lease }
  }

  /** The first byte of the answer has come: the call counts as arrived, and the lease lives as long as the stream. */
  touch(lease: Lease, now: number): void {
    const slot = this.#leases.find(lease)
    if (!slot) return
    this.#leases.extend(slot, now)
    if (!slot.pending) return
    const { key, pool } = slot
    this.#arrive(slot, now)
    this.#freed(key, pool, now)
  }

  /** Ends a lease that is still out; a late or second report finds none. */
  report(lease: Lease, outcome: Outcome, now: number): void {
    const slot = this.#leases.find(lease)
    if (slot) this.#close(slot, outcome, now)
  }

  /** The key has become better in some way: every rank looks at it again. */
  revive(key: KeyState, now: number): void {
    for (const pool of key.pools.keys()) pool.revive(key)
    for (const pool of key.pools.keys()) pool.drain(now)
  }

  #grant(pool: Pool, key: KeyState, model: string | undefined, now: number): Lease {
    if (pool.rules.rateLimit > 0) key.window ??= new CallWindow()
    key.window?.open()
    key.inFlight++
    key.uses++
    key.turn = ++this.#turn
    key.usedAt = now
    pool.inFlight++
    return this.#leases.open(pool, key, model, key.window !== null, now)
  }

  #close(slot: Slot, outcome: Outcome, now: number): void {
    const { key, pool, model, since } = slot
    this.#arrive(slot, now)
    this.#leases.close(slot)
    key.inFlight--
    pool.inFlight--
    if (key.present) this.#learn(key, model, outcome, since, now, pool.rules)
    this.#tools.released(key, pool)
    this.#freed(key, pool, now)
  }

  #learn(key: KeyState, model: string, outcome: Outcome, since: number, now: number, rules: PoolRules): void {
    if (outcome.class === 'ok' && !key.proven) {
      key.proven = true
      this.#tools.health.changed(key)
    }
    this.#tools.marks.apply(key, model, outcome, since, now, rules)
  }

  #arrive(slot: Slot, now: number): void {
    if (slot.pending) slot.key.window?.settle(now)
    slot.pending = false
  }

  /** Whoever waited for this key or this pool is looked at again. */
  #freed(key: KeyState, pool: PoolState, now: number): void {
    while (key.held?.length) key.held.at(-1)?.rank.revive(key)
    pool.drain(now)
    if (!key.shared) return
    for (const other of key.pools.keys()) if (other !== pool) other.drain(now)
  }
}

/** No key of the rank is ready, or only those that this call has tried. */
function refuse(rank: Rank, exclude: ReadonlySet<string> | null, now: number): Exhausted | Wait {
  const { tried, held, wakeAt, backAt, readyTried } = rank.outlook(now, exclude)
  if (held === 0 && wakeAt === null) return exhausted(tried, backAt, now)
  return { kind: 'wait', wakeAt, onRelease: held > 0, scope: readyTried > 0 ? 'call' : 'model' }
}

/** The pool has no slot; it says so only to a call that could use one. */
function refuseFull(rank: Rank, exclude: ReadonlySet<string> | null, now: number): Exhausted | Wait {
  const { tried, ready, held, wakeAt, backAt } = rank.outlook(now, exclude)
  if (ready + held === 0 && wakeAt === null) return exhausted(tried, backAt, now)
  return { kind: 'wait', wakeAt: null, onRelease: true, scope: 'pool' }
}

function exhausted(tried: number, backAt: number | null, now: number): Exhausted {
  return {
    kind: 'exhausted',
    reason: tried > 0 ? 'all-tried' : 'none-usable',
    retryAfterMs: backAt === null ? null : backAt - now,
  }
}
