/** Who is there: keys, pools and memberships, changed at any time, also under calls that are out. */
import { type Agenda, agendaItem } from './agenda.ts'
import type { Dispatcher } from './dispatch.ts'
import type { HealthBoard } from './health.ts'
import type { MarkBook } from './marks.ts'
import { WaitQueue } from './queue.ts'
import type { RankTools } from './rank.ts'
import { RankSet } from './rank-set.ts'
import { isExpired } from './readiness.ts'
import type { KeyState, Member, Pool } from './state.ts'
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

  setPool(slug: string, rules: PoolRules): void {
    const pool = this.#pools.get(slug) ?? this.#latePools.get(slug) ?? this.#createPool(slug, rules)
    this.#latePools.delete(slug)
    this.#pools.set(slug, pool)
    if (sameRules(pool.rules, rules)) return
    pool.rules = { ...rules }
    pool.ranks.reset()
    pool.queue.drain(this.#now())
  }

  removePool(slug: string): void {
    const pool = this.#pools.get(slug)
    if (!pool) return
    this.#pools.delete(slug)
    if (pool.inFlight > 0) this.#latePools.set(slug, pool)
    pool.queue.dismiss({ kind: 'exhausted', reason: 'unknown-pool', retryAfterMs: null })
    for (const key of pool.members.keys()) this.#part(pool, key)
    pool.ranks.reset()
  }

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

  removeKey(id: string): void {
    const key = this.#keys.get(id)
    if (!key) return
    this.#keys.delete(id)
    key.present = false
    if (key.inFlight > 0) this.#lateKeys.set(id, key)
    this.#tools.marks.endAll(key)
    if (key.expiry) this.#tools.agenda.cancel(key.expiry)
    const pools = [...key.members.keys()]
    for (const pool of pools) this.#part(pool, key)
    for (const pool of pools) pool.queue.drain(this.#now())
  }

  /** Throws when there is no such pool or key: the caller sets them first. */
  setMember(slug: string, keyId: string, rank: { priority: number; weight: number }): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool) throw new Error(`no pool "${slug}" to put a key in`)
    if (!key) throw new Error(`no key "${keyId}" to put in pool "${slug}"`)
    const old = key.members.get(pool)
    if (old && old.priority === rank.priority && old.weight === rank.weight) return
    if (old) this.#part(pool, key)
    this.#join(pool, key, { key, seq: old?.seq ?? ++this.#joined, priority: rank.priority, weight: rank.weight })
    pool.queue.drain(this.#now())
  }

  removeMember(slug: string, keyId: string): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool || !key?.members.has(pool)) return
    this.#part(pool, key)
    pool.queue.drain(this.#now())
  }

  /** Forgets a removed key or pool whose last call has ended. */
  released(key: KeyState, pool: Pool): void {
    if (key.inFlight === 0 && this.#lateKeys.size > 0) this.#lateKeys.delete(key.id)
    if (pool.inFlight === 0 && this.#latePools.size > 0) this.#latePools.delete(pool.slug)
  }

  #join(pool: Pool, key: KeyState, member: Member): void {
    key.members.set(pool, member)
    key.shared = key.members.size > 1
    pool.members.set(key, member)
    if (key.health === 'ready') pool.ready++
    this.#weigh(pool, Number(member.weight > 0))
    pool.ranks.admit(pool, member)
  }

  #part(pool: Pool, key: KeyState): void {
    const member = key.members.get(pool)
    if (!member) return
    pool.ranks.expel(key)
    key.members.delete(pool)
    key.shared = key.members.size > 1
    pool.members.delete(key)
    if (key.health === 'ready') pool.ready--
    this.#weigh(pool, -Number(member.weight > 0))
  }

  /** The first weight above 0 puts the others out, the last one to go brings them back. */
  #weigh(pool: Pool, step: number): void {
    const before = pool.weighty
    pool.weighty += step
    const flipped = (before === 0) !== (pool.weighty === 0)
    if (flipped && pool.rules.strategy === 'weighted') pool.ranks.reset()
  }

  #createPool(slug: string, rules: PoolRules): Pool {
    const { agenda, dispatch, marks, ranks } = this.#tools
    const pool: Pool = {
      slug,
      rules: { ...rules },
      members: new Map(),
      ranks: new RankSet(ranks, marks.models),
      queue: new WaitQueue(agenda, (query, now) => dispatch.attempt(pool, query, now)),
      inFlight: 0,
      ready: 0,
      weighty: 0,
    }
    return pool
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
      members: new Map(),
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

function sameRules(a: PoolRules, b: PoolRules): boolean {
  return (Object.keys(b) as (keyof PoolRules)[]).every((name) => a[name] === b[name])
}
