/** least_latency: of two random ready keys the one whose first byte comes sooner, by decaying average; one that was never tried goes first. */
import { LinkedList } from '../linked-list.ts'
import type { Entry } from '../state.ts'
import type { Order, OrderTools } from './order.ts'

/** In `score`: it had its first call. */
const TRIED = 1

export class LeastLatencyOrder implements Order {
  readonly #entries: Entry[] = []
  readonly #untried = new LinkedList<Entry>()
  readonly #tools: OrderTools

  constructor(tools: OrderTools) {
    this.#tools = tools
  }

  get size(): number {
    return this.#entries.length
  }

  add(entry: Entry): void {
    if (entry.load.latency >= 0) entry.score = TRIED
    this.putBack(entry)
  }

  putBack(entry: Entry): void {
    entry.at = this.#entries.length
    this.#entries.push(entry)
    if (entry.score !== TRIED) this.#untried.push(entry)
  }

  remove(entry: Entry): void {
    if (entry.score !== TRIED) this.#untried.remove(entry)
    const last = this.#entries.pop()
    if (last !== undefined && last !== entry) {
      this.#entries[entry.at] = last
      last.at = entry.at
    }
  }

  first(): Entry | undefined {
    this.#tools.work.steps++
    if (this.#untried.head) return this.#untried.head
    const one = this.#any()
    const other = this.#any()
    if (one === undefined || other === undefined) return undefined
    return latencyOf(other) < latencyOf(one) ? other : one
  }

  taken(entry: Entry): void {
    if (entry.score === TRIED) return
    this.#untried.remove(entry)
    entry.score = TRIED
  }

  #any(): Entry | undefined {
    return this.#entries[Math.floor(this.#tools.random() * this.#entries.length)]
  }
}

/** Who was tried and gave no answer yet comes last. */
function latencyOf({ load }: Entry): number {
  return load.latency < 0 ? Number.POSITIVE_INFINITY : load.latency
}
