/** Who is there: keys, buckets, pools and memberships, changed at any time, also under calls that are out. */
import type { Accounts } from './accounts.ts'
import { type Agenda, agendaItem } from './agenda.ts'
import type { CellBook } from './cells.ts'
import type { Dispatcher } from './dispatch.ts'
import { EngineError } from './errors.ts'
import { chainOf, checkCycles, type RulesOf, type Step } from './fallback.ts'
import type { HealthBoard } from './health.ts'
import { NO_LIMITS } from './limit-lookup.ts'
import type { MarkBook } from './marks.ts'
import { Pool } from './pool.ts'
import type { RankTools } from './rank.ts'
import { isExpired } from './readiness.ts'
import type { Reservations } from './reservations.ts'
import type { BucketState, KeyState, Member, PoolState } from './state.ts'
import type { Calendar, Clock, KeySpec, Limits, PoolRules } from './types.ts'
import { checkLimits, checkRules } from './validate.ts'

/** A removed key or pool that comes back within this time (undo) is what it was: its counters and its calls under way count. */
const LATE_MS = 600_000

interface RosterTools {
  clock: Clock
  calendar: Calendar
  agenda: Agenda
  cells: CellBook
  ranks: RankTools
  accounts: Accounts
  marks: MarkBook
  health: HealthBoard
  dispatch: Dispatcher
  reservations: Reservations
}

export class Roster {
  readonly #tools: RosterTools
  readonly #keys = new Map<string, KeyState>()
  readonly #pools = new Map<string, Pool>()
  /** Removed, and when (mono ms). */
  readonly #lateKeys = new Map<string, { key: KeyState; at: number }>()
  readonly #latePools = new Map<string, Pool>()
  readonly #burial = agendaItem((now) => this.#bury(now))
  readonly #dependents = new Map<Pool, Pool[]>()
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

  readonly rulesOf: RulesOf = (slug) => this.#pools.get(slug)?.rules.fallback

  chain(slug: string, model: string): Step[] {
    return chainOf({ pool: slug, model }, this.rulesOf)
  }

  /** Makes a pool or gives it other rules. One that was removed under a call comes back with its count of calls. */
  setPool(slug: string, rules: PoolRules): void {
    checkRules(rules)
    checkCycles([...this.#pools.keys(), slug], (name) => (name === slug ? rules.fallback : this.rulesOf(name)))
    const pool = this.#pools.get(slug) ?? this.#latePools.get(slug) ?? this.#createPool(slug, rules)
    this.#latePools.delete(slug)
    this.#pools.set(slug, pool)
    this.#dependents.clear()
    pool.setRules(rules, this.#now())
  }

  /** Those who wait are told `unknown-pool`; calls that are out end as they would. */
  removePool(slug: string): void {
    const pool = this.#pools.get(slug)
    if (!pool) return
    this.#pools.delete(slug)
    this.#dependents.clear()
    if (pool.inFlight > 0) this.#latePools.set(slug, pool)
    pool.queue.dismiss({ kind: 'exhausted', reason: 'unknown-pool', retryAfterMs: null })
    for (const key of pool.members.keys()) pool.part(key)
    pool.ranks.reset()
  }

  /** Makes a key or changes it. */
  setKey(spec: KeySpec): void {
    const limits = spec.limits ?? NO_LIMITS
    checkLimits(limits, this.#tools.calendar)
    const { agenda, clock, dispatch, health } = this.#tools
    const now = this.#now()
    const bucketId = spec.bucket ?? spec.id
    const key = this.#keys.get(spec.id) ?? this.#lateKeys.get(spec.id)?.key ?? this.#createKey(spec.id, bucketId)
    this.#lateKeys.delete(spec.id)
    this.#keys.set(spec.id, key)
    key.present = true
    key.enabled = spec.enabled
    key.expiresAt = spec.expiresAt
    if (key.expiry) agenda.cancel(key.expiry)
    if (key.expiresAt !== null && !isExpired(key, clock)) this.#expireAt(key, key.expiresAt, now)
    if (key.bucket.id !== bucketId) this.#move(key, bucketId, now)
    if (limits !== NO_LIMITS || key.limits !== NO_LIMITS) {
      this.#tools.cells.relimit(key, limits)
      dispatch.enrolCalls(key, now)
    }
    health.refresh(key, now)
    dispatch.revive(key, now)
  }

  /** Its marks and memberships go with it; calls that are out end as they would. */
  removeKey(id: string): void {
    const key = this.#keys.get(id)
    if (!key) return
    const { agenda, marks, reservations } = this.#tools
    const now = this.#now()
    this.#keys.delete(id)
    key.present = false
    this.#lateKeys.set(id, { key, at: now })
    if (this.#burial.at < 0) agenda.schedule(this.#burial, now + LATE_MS)
    reservations.dropKey(key, now)
    marks.endAll(key, now)
    if (key.bucket.keys.every(({ present }) => !present)) marks.endAll(key.bucket, now)
    if (key.expiry) agenda.cancel(key.expiry)
    const pools = key.members.map(({ pool }) => pool)
    for (const pool of pools) pool.part(key)
    for (const pool of pools) pool.drain(now)
  }

  setBucket(id: string, limits: Limits): void {
    checkLimits(limits, this.#tools.calendar)
    const { accounts, cells, dispatch, health } = this.#tools
    const now = this.#now()
    const bucket = accounts.of(id)
    cells.relimit(bucket, limits)
    dispatch.enrolCalls(bucket, now)
    health.refresh(bucket, now)
    dispatch.revive(bucket, now)
  }

  /** Throws when there is no such pool or key: the caller sets them first. */
  setMember(slug: string, keyId: string, rank: { priority: number; weight: number }): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool) throw new EngineError('UNKNOWN_POOL', `no pool "${slug}" to put a key in`, 'pool')
    if (!key) throw new EngineError('UNKNOWN_KEY', `no key "${keyId}" to put in pool "${slug}"`, 'keyId')
    const { priority, weight } = rank
    if (!Number.isFinite(priority)) throw new EngineError('INVALID_RULE', 'a priority is a number', 'priority')
    if (!(Number.isFinite(weight) && weight >= 0))
      throw new EngineError('INVALID_RULE', 'a weight is a number, 0 or more', 'weight')
    const old = pool.members.get(key)
    if (old && old.priority === priority && old.weight === weight) return
    if (old) pool.part(key)
    pool.join({ key, pool, seq: old?.seq ?? ++this.#joined, priority, weight })
    pool.drain(this.#now())
  }

  removeMember(slug: string, keyId: string): void {
    const pool = this.#pools.get(slug)
    const key = this.#keys.get(keyId)
    if (!pool || !key || !pool.members.has(key)) return
    pool.part(key)
    pool.drain(this.#now())
  }

  /** Forgets a removed pool whose last call has ended. */
  released(pool: PoolState): void {
    if (pool.inFlight === 0 && this.#latePools.size > 0) this.#latePools.delete(pool.slug)
  }

  #createPool(slug: string, rules: PoolRules): Pool {
    const { agenda, cells, dispatch, ranks } = this.#tools
    return new Pool(slug, rules, {
      agenda,
      ranks,
      cells,
      attempt: (pool, query, now, since) => dispatch.attempt(pool, query, now, since),
      dependents: (pool) => this.#dependentsOf(pool),
    })
  }

  /** Pools one of whose rules names this one; found anew after pools have changed. */
  #dependentsOf(pool: Pool): readonly Pool[] {
    if (this.#dependents.size === 0) {
      for (const one of this.#pools.values()) this.#dependents.set(one, [])
      for (const one of this.#pools.values()) {
        for (const slug of this.#reachable(one)) this.#dependents.get(this.#pools.get(slug) as Pool)?.push(one)
      }
    }
    return this.#dependents.get(pool) ?? NONE
  }

  /** Other pools that a chain from this one may come to. */
  #reachable(start: Pool): Set<string> {
    const found = new Set<string>()
    const open = [start]
    for (let pool = open.pop(); pool; pool = open.pop()) {
      for (const name of pool.rules.fallback.flatMap(({ then }) => then)) {
        const slug = name.slice(0, Math.max(0, name.indexOf('/')))
        const other = this.#pools.get(slug)
        if (!other || other === start || found.has(slug)) continue
        found.add(slug)
        open.push(other)
      }
    }
    return found
  }

  #createKey(id: string, bucketId: string): KeyState {
    const { accounts } = this.#tools
    const bucket = accounts.of(bucketId)
    // The fields of the hot path stand together: with 100,000 keys each cache line counts.
    const key: KeyState = {
      scope: 'key',
      id,
      present: true,
      enabled: true,
      expiresAt: null,
      bucket,
      whole: null,
      models: null,
      limits: NO_LIMITS,
      window: null,
      reserved: null,
      inFlight: 0,
      uses: 0,
      turn: 0,
      latency: -1,
      proven: false,
      held: null,
      usedAt: Number.NaN,
      health: 'ready',
      bucketAt: 0,
      members: [],
      expiry: null,
      review: null,
    }
    accounts.enter(key, bucket)
    this.#reseat(bucket)
    return key
  }

  /** Its places in pools stay, but its bucket there is another. */
  #move(key: KeyState, bucketId: string, now: number): void {
    const { accounts, dispatch, health } = this.#tools
    const members = [...key.members]
    const from = key.bucket
    for (const { pool } of members) (pool as Pool).part(key)
    const bucket = accounts.of(bucketId)
    dispatch.moveCalls(key, now, () => accounts.move(key, bucket, now))
    for (const member of members) (member.pool as Pool).join({ ...member })
    this.#reseat(bucket)
    this.#reseat(from)
    health.refresh(bucket, now)
    health.changed(key)
    // What its calls had set aside there is free again.
    dispatch.revive(from, now)
    dispatch.revive(bucket, now)
  }

  /** The only key of a bucket stands in the orders by itself; it joins a group when a second one comes, and leaves it with the last but one. */
  #reseat(bucket: BucketState): void {
    if (bucket.keys.length > 2) return
    for (const key of bucket.keys) {
      for (const member of key.members.slice()) {
        const pool = member.pool as Pool
        pool.part(key)
        pool.join({ ...member } satisfies Member)
      }
    }
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

  /** Forgets keys that were removed long enough ago. */
  #bury(now: number): void {
    const { accounts, agenda, cells } = this.#tools
    for (const [id, { key, at }] of this.#lateKeys) {
      if (at + LATE_MS > now) {
        agenda.schedule(this.#burial, at + LATE_MS)
        return
      }
      this.#lateKeys.delete(id)
      // Calls that are still out end in cells of their own.
      cells.discard(key)
      accounts.leave(key, now)
      this.#reseat(key.bucket)
    }
  }

  #now(): number {
    return this.#tools.clock.mono()
  }
}

const NONE: readonly Pool[] = []
