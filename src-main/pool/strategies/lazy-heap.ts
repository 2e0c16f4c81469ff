/** A heap over scores that only grow, also behind its back: a key's calls through other ranks are noticed at the top. */
import { Heap } from '../heap.ts'
import type { Entry } from '../state.ts'
import type { OrderTools } from './order.ts'

/** Stale entries put right in one look; beyond that the top is taken as it is, and the next look goes on. */
const REPAIRS = 16

export class LazyHeap {
  readonly #heap: Heap<Entry>
  readonly #score: (entry: Entry) => number

  constructor(tools: OrderTools, score: (entry: Entry) => number) {
    this.#heap = new Heap(tools.work)
    this.#score = score
  }

  get size(): number {
    return this.#heap.size
  }

  add(entry: Entry): void {
    this.#heap.add(entry, this.#score(entry), entry.seq)
  }

  remove(entry: Entry): void {
    this.#heap.remove(entry)
  }

  first(): Entry | undefined {
    for (let repairs = 0; repairs < REPAIRS; repairs++) {
      const top = this.#heap.top()
      if (top === undefined) return undefined
      const score = this.#score(top)
      if (score === this.#heap.topScore()) return top
      this.#heap.move(top, score)
    }
    return this.#heap.top()
  }

  /** The score of an entry has changed. */
  moved(entry: Entry): void {
    this.#heap.move(entry, this.#score(entry))
  }
}
