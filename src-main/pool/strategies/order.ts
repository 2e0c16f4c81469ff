/** What a strategy is: an order of the entries that may be ready. */
import type { Work } from '../heap.ts'
import type { Entry } from '../state.ts'
import type { Random } from '../types.ts'

export interface Order {
  readonly size: number
  /** The entry joins, or comes back after a time away. */
  add(entry: Entry): void
  /** Undoes a `remove` of this same pick: the entry loses nothing. */
  putBack(entry: Entry): void
  remove(entry: Entry): void
  /** Who is next. */
  first(): Entry | undefined
  /** The entry, one of this order, got a call; its key's counters say so already. */
  taken(entry: Entry): void
}

export interface OrderTools {
  random: Random
  work: Work
}
