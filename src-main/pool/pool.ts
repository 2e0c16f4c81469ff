/** One pool: its rules, its members, the orders they are picked in, and those who wait for one of them. */
import type { Agenda } from './agenda.ts'
import { type Settled, type Wait, WaitQueue } from './queue.ts'
import type { RankTools } from './rank.ts'
import { RankSet } from './rank-set.ts'
import type { KeyState, Member, PoolState } from './state.ts'
import type { LeaseQuery, PoolRules } from './types.ts'

interface PoolTools {
  agenda: Agenda
  ranks: RankTools
  /** Models for which any key is marked. */
  marked: ReadonlyMap<string, number>
  attempt(pool: Pool, query: LeaseQuery, now: number): Settled | Wait
}

export class Pool implements PoolState {
  readonly slug: string
  readonly ranks: RankSet
  readonly queue: WaitQueue
  inFlight = 0
  ready = 0
  readonly #members = new Map<KeyState, Member>()
  #rules: PoolRules

  constructor(slug: string, rules: PoolRules, tools: PoolTools) {
    this.slug = slug
    this.#rules = { ...rules }
    this.ranks = new RankSet(this, tools.ranks, tools.marked)
    this.queue = new WaitQueue(tools.agenda, (query, now) => tools.attempt(this, query, now))
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
    key.pools.set(this, member)
    key.shared = key.pools.size > 1
    this.#members.set(key, member)
    if (key.health === 'ready') this.ready++
    this.ranks.admit(member)
  }

  part(key: KeyState): void {
    const member = this.#members.get(key)
    if (!member) return
    key.pools.delete(this)
    key.shared = key.pools.size > 1
    this.#members.delete(key)
    if (key.health === 'ready') this.ready--
    this.ranks.expel(member)
  }

  revive(key: KeyState): void {
    this.ranks.revive(key)
  }

  drain(now: number): void {
    this.queue.drain(now)
  }
}

function sameRules(a: PoolRules, b: PoolRules): boolean {
  return (Object.keys(b) as (keyof PoolRules)[]).every((name) => a[name] === b[name])
}
