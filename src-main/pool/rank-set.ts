/**
 * The ranks of one pool. They are caches: what is true stands in keys and marks, so a rank may be made when it is
 * first needed and thrown away at any time.
 */
import { Rank, type RankTools } from './rank.ts'
import type { KeyState, Member, Pool } from './state.ts'

/** A model gets a rank of its own only when a key is marked for it. Beyond these entries in all (but 16 ranks) the oldest makes room. */
const ENTRIES = 1_000_000
const FEWEST_RANKS = 16

export class RankSet {
  readonly #tools: RankTools
  /** Models for which any key is marked. */
  readonly #marked: ReadonlyMap<string, number>
  readonly #byModel = new Map<string, Rank>()
  #whole: Rank | null = null

  constructor(tools: RankTools, marked: ReadonlyMap<string, number>) {
    this.#tools = tools
    this.#marked = marked
  }

  /** The rank that answers for a model; models without marks share the one of the whole keys. */
  of(pool: Pool, model: string): Rank {
    if (model !== '' && (this.#byModel.size > 0 || this.#marked.size > 0)) {
      const rank = this.#byModel.get(model)
      if (rank) return rank
      if (this.#marked.has(model)) return this.#forModel(pool, model)
    }
    this.#whole ??= this.#build(pool, '')
    return this.#whole
  }

  admit(pool: Pool, member: Member): void {
    for (const rank of this.#all()) if (isEligible(pool, member)) rank.admit(member)
  }

  expel(key: KeyState): void {
    for (const rank of this.#all()) rank.expel(key)
  }

  revive(key: KeyState): void {
    for (const rank of this.#all()) rank.revive(key)
  }

  /** The rules have changed: all ranks are made anew when they are needed. */
  reset(): void {
    for (const rank of this.#all()) rank.dissolve()
    this.#whole = null
    this.#byModel.clear()
  }

  #all(): Rank[] {
    return this.#whole ? [this.#whole, ...this.#byModel.values()] : [...this.#byModel.values()]
  }

  #forModel(pool: Pool, model: string): Rank {
    if (this.#byModel.size >= Math.max(FEWEST_RANKS, Math.min(1000, ENTRIES / pool.members.size))) {
      const [oldest, rank] = this.#byModel.entries().next().value as [string, Rank]
      rank.dissolve()
      this.#byModel.delete(oldest)
    }
    const rank = this.#build(pool, model)
    this.#byModel.set(model, rank)
    return rank
  }

  #build(pool: Pool, model: string): Rank {
    const rank = new Rank(pool, model, this.#tools)
    for (const member of pool.members.values()) if (isEligible(pool, member)) rank.admit(member)
    return rank
  }
}

/** Weight 0 means never, unless that is what all members have. */
function isEligible(pool: Pool, member: Member): boolean {
  return pool.rules.strategy !== 'weighted' || member.weight > 0 || pool.weighty === 0
}
