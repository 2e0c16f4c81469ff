/** weighted: ready keys share the calls by weight, spread evenly (stride scheduling), not in runs and not by luck. */
import { Heap } from '../heap.ts'
import type { Entry } from '../state.ts'
import type { Order, OrderTools } from './order.ts'

export class WeightedOrder implements Order {
  /** By `score`: the moment of an entry's next call in a time in which it gets `weight` calls per unit. */
  readonly #heap: Heap<Entry>
  #now = 0

  constructor(tools: OrderTools) {
    this.#heap = new Heap(tools.work)
  }

  get size(): number {
    return this.#heap.size
  }

  /** A new entry starts half a stride ahead; one that comes back has no claim on the calls it missed. */
  add(entry: Entry): void {
    entry.score = Number.isNaN(entry.score) ? this.#now + strideOf(entry) / 2 : Math.max(entry.score, this.#now)
    this.putBack(entry)
  }

  putBack(entry: Entry): void {
    this.#heap.add(entry, entry.score, entry.seq)
  }

  remove(entry: Entry): void {
    this.#heap.remove(entry)
  }

  first(): Entry | undefined {
    return this.#heap.top()
  }

  taken(entry: Entry): void {
    this.#now = Math.max(this.#now, entry.score)
    entry.score += strideOf(entry)
    this.#heap.move(entry, entry.score)
  }
}

/** Entries of weight 0 are here only when all members have weight 0; then they are equals. */
function strideOf(entry: Entry): number {
  return 1 / (entry.weight || 1)
}
