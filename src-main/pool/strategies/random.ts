/** random: every ready key with the same chance. */
import type { Entry } from '../state.ts'
import type { Order, OrderTools } from './order.ts'

export class RandomOrder implements Order {
  readonly #entries: Entry[] = []
  readonly #tools: OrderTools

  constructor(tools: OrderTools) {
    this.#tools = tools
  }

  get size(): number {
    return this.#entries.length
  }

  add(entry: Entry): void {
    entry.at = this.#entries.length
    this.#entries.push(entry)
  }

  putBack(entry: Entry): void {
    this.add(entry)
  }

  remove(entry: Entry): void {
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return
    this.#entries[entry.at] = last
    last.at = entry.at
  }

  first(): Entry | undefined {
    this.#tools.work.steps++
    return this.#entries[Math.floor(this.#tools.random() * this.#entries.length)]
  }

  taken(): void {}
}
