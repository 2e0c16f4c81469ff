/**
 * The ranks of one pool. They are caches: what is true stands in keys and marks, so a rank may be made when it is
 * first needed and thrown away at any time.
 */
import { Rank, type RankTools } from './rank.ts'
import type { KeyState, Member, PoolState } from './state.ts'

/** A model gets a rank of its own only when a key is marked for it. Beyond these entries in all (but 16 ranks) the oldest makes room. */
const ENTRIES = 1_000_000
const FEWEST_RANKS = 16
const MOST_RANKS = 1000

export class RankSet {
  readonly #pool: PoolState
  readonly #tools: RankTools
  readonly #marked: ReadonlyMap<string, number>
  readonly #byModel = new Map<string, Rank>()
  #whole: Rank | null = null
  /** Members with a weight above 0. */
  #weighty = 0

  /** `marked`: the models for which any key is marked, kept up to date by its owner. */
  constructor(pool: PoolState, tools: RankTools, marked: ReadonlyMap<string, number>) {
    this.#pool = pool
    this.#tools = tools
    this.#marked = marked
  }

  /** The rank that answers for a model ('' = none); models without marks share the one of the whole keys. */
  of(model: string): Rank {
    if (model !== '' && (this.#byModel.size > 0 || this.#marked.size > 0)) {
      const rank = this.#byModel.get(model)
      if (rank) return rank
      if (this.#marked.has(model)) return this.#forModel(model)
    }
    this.#whole ??= this.#build('')
    return this.#whole
  }

  /** The member has joined the pool. */
  admit(member: Member): void {
    if (member.weight > 0) this.#weigh(1)
    for (const rank of this.#all()) if (this.#isEligible(member)) rank.admit(member)
  }

  /** The member has left the pool. */
  expel(member: Member): void {
    for (const rank of this.#all()) rank.expel(member.key)
    if (member.weight > 0) this.#weigh(-1)
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

  #forModel(model: string): Rank {
    if (this.#byModel.size >= Math.max(FEWEST_RANKS, Math.min(MOST_RANKS, ENTRIES / this.#pool.members.size))) {
      const [oldest, rank] = this.#byModel.entries().next().value as [string, Rank]
      rank.dissolve()
      this.#byModel.delete(oldest)
    }
    const rank = this.#build(model)
    this.#byModel.set(model, rank)
    return rank
  }

  #build(model: string): Rank {
    const rank = new Rank(this.#pool, model, this.#tools)
    for (const member of this.#pool.members.values()) if (this.#isEligible(member)) rank.admit(member)
    return rank
  }

  /** Weight 0 means never, unless that is what all members have. */
  #isEligible(member: Member): boolean {
    return this.#pool.rules.strategy !== 'weighted' || member.weight > 0 || this.#weighty === 0
  }

  /** The first weight above 0 puts the others out, the last one to go brings them back. */
  #weigh(step: 1 | -1): void {
    const before = this.#weighty
    this.#weighty += step
    const flipped = (before === 0) !== (this.#weighty === 0)
    if (flipped && this.#pool.rules.strategy === 'weighted') this.reset()
  }
}
