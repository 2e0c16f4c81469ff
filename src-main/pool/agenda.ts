/** Everything that shall happen later, behind one timer. */
import { LONGEST_TIMER_MS } from './clock.ts'
import { Heap, type HeapItem, type Work } from './heap.ts'
import type { Clock } from './types.ts'

export interface AgendaItem extends HeapItem {
  /** -1 = not on the agenda. */
  at: number
  run(now: number): void
}

/** An item that is not on the agenda yet. */
export function agendaItem(run: (now: number) => void): AgendaItem {
  return { at: -1, run }
}

export class Agenda {
  readonly #clock: Clock
  readonly #heap: Heap<AgendaItem>
  #cancel: (() => void) | null = null
  #armedFor = Number.POSITIVE_INFINITY
  #after: () => void

  /** `after` runs when the timer has done its work. */
  constructor(clock: Clock, work: Work, after: () => void) {
    this.#clock = clock
    this.#heap = new Heap(work)
    this.#after = after
  }

  /** Runs `item` once at `due` (mono ms), in place of the moment set before. */
  schedule(item: AgendaItem, due: number): void {
    if (item.at < 0) this.#heap.add(item, due, 0)
    else this.#heap.move(item, due)
    this.#arm()
  }

  cancel(item: AgendaItem): void {
    if (item.at < 0) return
    this.#heap.remove(item)
    item.at = -1
  }

  /** Runs what is due, for callers that cannot wait for a late timer. */
  advance(now: number): void {
    while (this.#heap.topScore() <= now) {
      const item = this.#heap.top() as AgendaItem
      this.cancel(item)
      item.run(now)
    }
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#armedFor = Number.NEGATIVE_INFINITY
  }

  #arm(): void {
    const due = this.#heap.topScore()
    if (due >= this.#armedFor) return
    this.#cancel?.()
    this.#armedFor = due
    this.#cancel = this.#clock.after(Math.min(Math.max(0, due - this.#clock.mono()), LONGEST_TIMER_MS), () => this.#ring())
  }

  #ring(): void {
    this.#armedFor = Number.POSITIVE_INFINITY
    this.#cancel = null
    this.advance(this.#clock.mono())
    this.#arm()
    this.#after()
  }
}
