/** priority: fill-first. The ready key with the lowest number, among equals the one that joined first; the next only when it is not ready. */
import { Heap } from '../heap.ts'
import type { Entry } from '../state.ts'
import type { Order, OrderTools } from './order.ts'

export class PriorityOrder implements Order {
  readonly #heap: Heap<Entry>

  constructor(tools: OrderTools) {
    this.#heap = new Heap(tools.work)
  }

  get size(): number {
    return this.#heap.size
  }

  add(entry: Entry): void {
    this.#heap.add(entry, entry.priority, entry.seq)
  }

  putBack(entry: Entry): void {
    this.add(entry)
  }

  remove(entry: Entry): void {
    this.#heap.remove(entry)
  }

  first(): Entry | undefined {
    return this.#heap.top()
  }

  taken(): void {}
}
