/** least_used: the ready key with the fewest calls so far, over all pools and models. */
import type { Entry } from '../state.ts'
import { LazyHeap } from './lazy-heap.ts'
import type { Order, OrderTools } from './order.ts'

export class LeastUsedOrder implements Order {
  readonly #heap: LazyHeap
  /** The fewest calls when a key was last taken. */
  #floor = 0

  constructor(tools: OrderTools) {
    this.#heap = new LazyHeap(tools, usesOf)
  }

  get size(): number {
    return this.#heap.size
  }

  /** Who comes late or back starts level with the least used, or it would get every call until it had caught up. */
  add(entry: Entry): void {
    const head = Number.isNaN(entry.score) ? 0 : entry.score
    entry.score = Math.max(head, this.#floor - entry.load.uses)
    this.#heap.add(entry)
  }

  putBack(entry: Entry): void {
    this.#heap.add(entry)
  }

  remove(entry: Entry): void {
    this.#heap.remove(entry)
  }

  first(): Entry | undefined {
    return this.#heap.first()
  }

  taken(entry: Entry): void {
    this.#floor = Math.max(this.#floor, usesOf(entry) - 1)
    this.#heap.moved(entry)
  }
}

/** Its calls, plus the head start it was given (kept in `score`). */
function usesOf(entry: Entry): number {
  return entry.load.uses + entry.score
}
