/** Who is there: keys, pools and memberships, changed at any time, also under calls that are out. */
import { type Agenda, agendaItem } from './agenda.ts'
import type { Dispatcher } from './dispatch.ts'
import type { HealthBoard } from './health.ts'
import type { MarkBook } from './marks.ts'
import { Pool } from './pool.ts'
import type { RankTools } from './rank.ts'
import { isExpired } from './readiness.ts'
import type { KeyState, PoolState } from './state.ts'
import type { Clock, KeySpec, PoolRules } from './types.ts'

interface RosterTools {
  clock: Clock
  agenda: Agenda
  ranks: RankTools
  marks: MarkBook
  health: HealthBoard
  dispatch: Dispatcher
}

export class Roster {
  readonly #tools: RosterTools
  readonly #keys = new Map<string, KeyState>()
  readonly #pools = new Map<string, Pool>()
  // Removed under a call: kept until it ends, so that one who comes back meanwhile (undo) still counts it.
  readonly #lateKeys = new Map<string, KeyState>()
  readonly #latePools = new Map<string, Pool>()
  #joined = 0

  constructor(tools: RosterTools) {
    this.#tools = tools
  }

  key(id: string): KeyState | undefined {
    return this.#keys.get(id)
  }

  pool(slug: string): Pool | undefined {
    return this.#pools.get(slug)
  }

  pools(): Iterable<Pool> {
    return this.#pools.values()
  }

  /** Makes a pool or gives it other rules. One that was removed under a call comes back with its count of calls. */
  setPool(slug: string, rules: PoolRules): void {
    const pool = this.#pools.get(slug) ?? this.#latePools.get(slug) ?? this.#createPool(slug, rules)
    this.#latePools.delete(slug)
    this.#pools.set(slug, pool)
    pool.setRules(rules, this.#now())
  }

  /** Those who wait are told `unknown-pool`; calls that are out end as they would. */
  removePool(slug: string): void {
    const pool = this.#pools.get(slug)
    if (!pool) return
    this.#pools.delete(slug)
    if (pool.inFlight > 0) this.#latePools.set(slug, pool)
    pool.queue.dismiss({ kind: 'exhausted', reason: 'unknown-pool', retryAfterMs: null })
    for (const key of pool.members.keys()) pool.part(key)
    pool.ranks.reset()
  }

  /** Makes a key or changes it. One that was removed under a call comes back with its count of calls. */
  setKey(spec: KeySpec): void {
    const { agenda, clock, dispatch, health } = this.#tools
    const now = this.#now()
    const key = this.#keys.get(spec.id) ?? this.#lateKeys.get(spec.id) ?? this.#createKey(spec.id)
    this.#lateKeys.delete(spec.id)
    this.#keys.set(spec.id, key)
    key.present = true
    key.enabled = spec.enabled
    key.expiresAt = spec.expiresAt
    if (key.expiry) agenda.cancel(key.expiry)
    if (key.expiresAt !== null && !isExpired(key, clock)) this.#expireAt(key, key.expiresAt, now)
    health.refresh(key, now)
    dispatch.revive(key, now)
  }

  /** Its marks and memberships go with it; calls that are out end as they would. */
  removeKey(id: string): void {
    const key = this.#keys.get(id)
    if (!key) return
    this.#keys.delete(id)
    key.present = false
    if (key.inFlight > 0) this.#lateKeys.set(id, key)
    this.#tools.marks.endAll(key)
    if (key.expiry) this.#tools.agenda.cancel(key.expiry)
    const pools = [...key.pools.keys()]
    for (const pool of pools) pool.part(key)
    for (const pool of pools) pool.drain(this.#now())
  }

  /** Throws when there is no such pool or key: the caller sets them first. */
  setMember(slug: string, keyId: string, rank: { priority: number; weight: number }): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool) throw new Error(`no pool "${slug}" to put a key in`)
    if (!key) throw new Error(`no key "${keyId}" to put in pool "${slug}"`)
    const old = pool.members.get(key)
    if (old && old.priority === rank.priority && old.weight === rank.weight) return
    if (old) pool.part(key)
    pool.join({ key, seq: old?.seq ?? ++this.#joined, priority: rank.priority, weight: rank.weight })
    pool.drain(this.#now())
  }

  removeMember(slug: string, keyId: string): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool || !key?.pools.has(pool)) return
    pool.part(key)
    pool.drain(this.#now())
  }

  /** Forgets a removed key or pool whose last call has ended. */
  released(key: KeyState, pool: PoolState): void {
    if (key.inFlight === 0 && this.#lateKeys.size > 0) this.#lateKeys.delete(key.id)
    if (pool.inFlight === 0 && this.#latePools.size > 0) this.#latePools.delete(pool.slug)
  }

  #createPool(slug: string, rules: PoolRules): Pool {
    const { agenda, dispatch, marks, ranks } = this.#tools
    return new Pool(slug, rules, {
      agenda,
      ranks,
      marked: marks.models,
      attempt: (pool, query, now) => dispatch.attempt(pool, query, now),
    })
  }

  #createKey(id: string): KeyState {
    // The fields of the hot path stand together: with 100,000 keys each cache line counts.
    const key: KeyState = {
      id,
      present: true,
      enabled: true,
      expiresAt: null,
      whole: null,
      models: null,
      window: null,
      inFlight: 0,
      uses: 0,
      turn: 0,
      proven: false,
      held: null,
      shared: false,
      usedAt: Number.NaN,
      health: 'ready',
      pools: new Map(),
      expiry: null,
    }
    return key
  }

  /** `wall` in ms since 1970. */
  #expireAt(key: KeyState, wall: number, now: number): void {
    const { agenda, clock, dispatch, health } = this.#tools
    key.expiry ??= agendaItem((then) => {
      // Wall time may have been set back since.
      if (key.expiresAt !== null && !isExpired(key, clock)) this.#expireAt(key, key.expiresAt, then)
      health.refresh(key, then)
      dispatch.revive(key, then)
    })
    agenda.schedule(key.expiry, now + wall - clock.now())
  }

  #now(): number {
    return this.#tools.clock.mono()
  }
}
