/**
 * The ranks of one pool. They are caches: what is true stands in keys and cells, so a rank may be made when it is
 * first needed and thrown away at any time.
 */
import type { CellBook } from './cells.ts'
import { Rank, type RankTools } from './rank.ts'
import type { BucketState, KeyState, Member, PoolState } from './state.ts'
import type { Lane } from './types.ts'

/** A model gets ranks of its own only when something is known of it alone. Beyond these entries in all (but 32 ranks) the oldest makes room. */
const ENTRIES = 1_000_000
const FEWEST_RANKS = 32
const MOST_RANKS = 1000

/** Lanes see different limits; who sets a key aside takes the least recently used, whatever the pool's strategy. */
type RankKind = Lane | 'reservations'

interface Shelf {
  whole: Rank | null
  readonly byModel: Map<string, Rank>
}

export class RankSet {
  readonly #pool: PoolState
  readonly #tools: RankTools
  readonly #cells: CellBook
  readonly #kinds: Record<RankKind, Shelf> = { interactive: emptyShelf(), background: emptyShelf(), reservations: emptyShelf() }
  /** Members with a weight above 0. */
  #weighty = 0

  constructor(pool: PoolState, tools: RankTools, cells: CellBook) {
    this.#pool = pool
    this.#tools = tools
    this.#cells = cells
  }

  /** The rank that answers for a model ('' = none); models of which nothing is known share the one of the whole keys. */
  of(kind: RankKind, model: string): Rank {
    const shelf = this.#kinds[kind]
    if (model !== '' && this.#cells.isDistinct(model)) return shelf.byModel.get(model) ?? this.#forModel(shelf, kind, model)
    shelf.whole ??= this.#build(kind)
    return shelf.whole
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

  reviveBucket(bucket: BucketState): void {
    for (const rank of this.#all()) rank.reviveBucket(bucket)
  }

  /** The rules have changed: all ranks are made anew when they are needed. */
  reset(): void {
    for (const rank of this.#all()) rank.dissolve()
    for (const shelf of Object.values(this.#kinds)) {
      shelf.whole = null
      shelf.byModel.clear()
    }
  }

  #all(): Rank[] {
    const ranks: Rank[] = []
    for (const { whole, byModel } of Object.values(this.#kinds)) {
      if (whole) ranks.push(whole)
      ranks.push(...byModel.values())
    }
    return ranks
  }

  #forModel(shelf: Shelf, kind: RankKind, model: string): Rank {
    if (shelf.byModel.size >= Math.max(FEWEST_RANKS, Math.min(MOST_RANKS, ENTRIES / this.#pool.members.size))) {
      const [oldest, rank] = shelf.byModel.entries().next().value as [string, Rank]
      rank.dissolve()
      shelf.byModel.delete(oldest)
    }
    const rank = this.#build(kind)
    shelf.byModel.set(model, rank)
    return rank
  }

  #build(kind: RankKind): Rank {
    const strategy = kind === 'reservations' ? 'lru' : this.#pool.rules.strategy
    const rank = new Rank(this.#pool, strategy, this.#tools)
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

function emptyShelf(): Shelf {
  return { whole: null, byModel: new Map() }
}
