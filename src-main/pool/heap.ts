/** A min-heap whose items know their place, so that any of them can be moved or taken out in O(log n). */

/** Counts the steps of the engine's structures, for tests of how the work grows. */
export interface Work {
  steps: number
}

export interface HeapItem {
  /** Place in the structure that holds the item. */
  at: number
}

// Four children a node: half the levels of a binary heap, and the scores of siblings share a cache line.
const ARITY = 4

export class Heap<T extends HeapItem> {
  readonly #items: T[] = []
  // Beside the items, not in them: comparing must not touch 100,000 scattered objects.
  readonly #scores: number[] = []
  readonly #ties: number[] = []
  readonly #work: Work

  constructor(work: Work) {
    this.#work = work
  }

  get size(): number {
    return this.#items.length
  }

  top(): T | undefined {
    return this.#items[0]
  }

  /** Infinity when empty. */
  topScore(): number {
    return this.#scores.length > 0 ? (this.#scores[0] as number) : Number.POSITIVE_INFINITY
  }

  scoreOf(item: T): number {
    return this.#scores[item.at] as number
  }

  /** Lower scores first; equal ones by `tie`, lower first. */
  add(item: T, score: number, tie: number): void {
    const at = this.#items.length
    this.#items.push(item)
    this.#scores.push(score)
    this.#ties.push(tie)
    this.#rise(at, item, score, tie)
  }

  /** Gives an item of this heap another score. */
  move(item: T, score: number): void {
    const tie = this.#ties[item.at] as number
    if (score < this.scoreOf(item)) this.#rise(item.at, item, score, tie)
    else this.#sink(item.at, item, score, tie)
  }

  remove(item: T): void {
    const at = item.at
    const last = this.#items.pop()
    const score = this.#scores.pop() as number
    const tie = this.#ties.pop() as number
    if (last === undefined || last === item) return
    if (at > 0 && this.#before(score, tie, (at - 1) >> 2)) this.#rise(at, last, score, tie)
    else this.#sink(at, last, score, tie)
  }

  /** The first item that `accept` takes; looks only below those it refuses. */
  first(accept: (item: T) => boolean): T | undefined {
    let best = -1
    const open = this.#items.length > 0 ? [0] : []
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      this.#work.steps++
      if (best >= 0 && !this.#before(this.#scores[at] as number, this.#ties[at] as number, best)) continue
      if (accept(this.#items[at] as T)) best = at
      else for (let child = at * ARITY + 1; child <= at * ARITY + ARITY && child < this.#items.length; child++) open.push(child)
    }
    return best < 0 ? undefined : this.#items[best]
  }

  #before(score: number, tie: number, other: number): boolean {
    const otherScore = this.#scores[other] as number
    return score < otherScore || (score === otherScore && tie < (this.#ties[other] as number))
  }

  #put(at: number, item: T, score: number, tie: number): void {
    this.#items[at] = item
    this.#scores[at] = score
    this.#ties[at] = tie
    item.at = at
  }

  #shift(from: number, to: number): void {
    this.#put(to, this.#items[from] as T, this.#scores[from] as number, this.#ties[from] as number)
    this.#work.steps++
  }

  #rise(from: number, item: T, score: number, tie: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (!this.#before(score, tie, parent)) break
      this.#shift(parent, at)
      at = parent
    }
    this.#put(at, item, score, tie)
  }

  #sink(from: number, item: T, score: number, tie: number): void {
    let at = from
    for (;;) {
      const child = this.#firstChild(at)
      if (child < 0 || this.#before(score, tie, child)) break
      this.#shift(child, at)
      at = child
    }
    this.#put(at, item, score, tie)
  }

  #firstChild(at: number): number {
    const start = at * ARITY + 1
    const end = Math.min(start + ARITY, this.#items.length)
    if (start >= end) return -1
    let best = start
    for (let child = start + 1; child < end; child++) {
      if (this.#before(this.#scores[child] as number, this.#ties[child] as number, best)) best = child
    }
    return best
  }
}
