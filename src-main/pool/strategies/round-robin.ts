/** round_robin: every ready key in turn; who comes back from a cool-down joins at the end. */
import { LinkedList } from '../linked-list.ts'
import type { Entry } from '../state.ts'
import type { Order, OrderTools } from './order.ts'

export class RoundRobinOrder implements Order {
  readonly #turns = new LinkedList<Entry>()
  readonly #tools: OrderTools

  constructor(tools: OrderTools) {
    this.#tools = tools
  }

  get size(): number {
    return this.#turns.size
  }

  add(entry: Entry): void {
    this.#turns.push(entry)
  }

  putBack(entry: Entry): void {
    this.#turns.unshift(entry)
  }

  remove(entry: Entry): void {
    this.#turns.remove(entry)
  }

  first(): Entry | undefined {
    this.#tools.work.steps++
    return this.#turns.head ?? undefined
  }

  taken(entry: Entry): void {
    this.#turns.remove(entry)
    this.#turns.push(entry)
  }
}
