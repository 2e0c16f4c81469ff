/** lru: the ready key whose last call is longest ago, over all pools and models. */
import type { Entry } from '../state.ts'
import { LazyHeap } from './lazy-heap.ts'
import type { Order, OrderTools } from './order.ts'

export class LruOrder implements Order {
  readonly #heap: LazyHeap

  constructor(tools: OrderTools) {
    this.#heap = new LazyHeap(tools, (entry) => entry.load.turn)
  }

  get size(): number {
    return this.#heap.size
  }

  add(entry: Entry): void {
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
    this.#heap.moved(entry)
  }
}
