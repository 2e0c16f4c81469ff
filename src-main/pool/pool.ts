/** One pool: its rules, its members, the orders they are picked in, and those who wait for one of them. */
import type { Agenda } from './agenda.ts'
import type { CellBook } from './cells.ts'
import { type Settled, type Wait, WaitQueue } from './queue.ts'
import type { RankTools } from './rank.ts'
import { RankSet } from './rank-set.ts'
import { Sessions } from './sessions.ts'
import { type BucketState, type KeyState, type Member, type PoolState, withOne } from './state.ts'
import type { LeaseQuery, PoolRules } from './types.ts'

interface PoolTools {
  agenda: Agenda
  ranks: RankTools
  cells: CellBook
  attempt(pool: Pool, query: LeaseQuery, now: number, since: number): Settled | Wait
  /** Pools whose calls may fall back into this one. */
  dependents(pool: Pool): readonly Pool[]
}

export class Pool implements PoolState {
  readonly slug: string
  readonly ranks: RankSet
  readonly queue: WaitQueue
  readonly sessions = new Sessions()
  inFlight = 0
  ready = 0
  buckets = 0
  readonly #tools: PoolTools
  readonly #members = new Map<KeyState, Member>()
  #rules: PoolRules

  constructor(slug: string, rules: PoolRules, tools: PoolTools) {
    this.slug = slug
    this.#rules = { ...rules }
    this.#tools = tools
    this.ranks = new RankSet(this, tools.ranks, tools.cells)
    this.queue = new WaitQueue(tools.agenda, (query, now, since) => tools.attempt(this, query, now, since))
  }

  get rules(): PoolRules {
    return this.#rules
  }

  get members(): ReadonlyMap<KeyState, Member> {
    return this.#members
  }

  /** Those who wait are looked at again under the new rules; rules that say the same change nothing. */
  setRules(rules: PoolRules, now: number): void {
    if (sameRules(this.#rules, rules)) return
    this.#rules = { ...rules }
    this.ranks.reset()
    this.drain(now)
  }

  /** The key must not be a member yet. */
  join(member: Member): void {
    const { key } = member
    key.members = withOne(key.members, member)
    this.#members.set(key, member)
    this.#share(key, 1)
    this.ranks.admit(member)
  }

  part(key: KeyState): void {
    const member = this.#members.get(key)
    if (!member) return
    key.members.splice(key.members.indexOf(member), 1)
    this.#members.delete(key)
    this.#share(key, -1)
    this.ranks.expel(member)
  }

  revive(key: KeyState): void {
    this.ranks.revive(key)
  }

  reviveBucket(bucket: BucketState): void {
    this.ranks.reviveBucket(bucket)
  }

  drain(now: number): void {
    this.queue.drain(now)
    for (const other of this.#tools.dependents(this)) other.queue.drain(now)
  }

  #share(key: KeyState, step: 1 | -1): void {
    const { bucket } = key
    let share = bucket.shares.find(({ pool }) => pool === this)
    if (!share) {
      share = { pool: this, keys: 0, ready: 0 }
      bucket.shares = withOne(bucket.shares, share)
      this.buckets++
    }
    share.keys += step
    if (key.health === 'ready') {
      share.ready += step
      if (bucket.health === 'ready') this.ready += step
    }
    if (share.keys > 0) return
    bucket.shares.splice(bucket.shares.indexOf(share), 1)
    this.buckets--
  }
}

function sameRules(a: PoolRules, b: PoolRules): boolean {
  return (Object.keys(b) as (keyof PoolRules)[]).every((name) =>
    name === 'fallback' ? JSON.stringify(a.fallback) === JSON.stringify(b.fallback) : a[name] === b[name],
  )
}
