/** Entries of a rank or of a group in it: those that may be ready in the strategy's order, the rest parked until something changes. */
import { Heap, type Work } from './heap.ts'
import { LinkedList } from './linked-list.ts'
import { type Gate, OUT } from './readiness.ts'
import type { Entry } from './state.ts'
import type { Order } from './strategies/order.ts'

/** When thousands come back at the same moment, the next calls share the work. */
const WAKE_UPS = 64

/** Why an entry is parked, as `Gate` says it. */
export type Refusal = Pick<Gate, 'until' | 'busy' | 'holder' | 'sized'>

export class Shelf {
  readonly order: Order
  /** Parked ones that come back by time. */
  readonly timed: Heap<Entry>
  /** Parked ones that only turned down a big call, the longest unseen first. */
  readonly sized = new LinkedList<Entry>()
  /** Entries in all. */
  size = 0
  /** Parked entries that the end of a call may free. */
  busy = 0
  /** …and nothing else. */
  onlyBusy = 0
  readonly #work: Work

  constructor(order: Order, work: Work) {
    this.order = order
    this.#work = work
    this.timed = new Heap(work)
  }

  add(entry: Entry): void {
    this.size++
    entry.place = 'ready'
    this.order.add(entry)
  }

  remove(entry: Entry): void {
    this.size--
    if (entry.place === 'ready') this.order.remove(entry)
    else this.#unpark(entry)
  }

  /** The first that may be ready; parked ones whose time has come are among them. */
  first(now: number): Entry | undefined {
    if (this.order.size === 0) this.wake(now)
    return this.order.first()
  }

  wake(now: number): void {
    for (let woken = 0; woken < WAKE_UPS && this.timed.topScore() <= now; woken++) {
      this.#work.steps++
      this.unpark(this.timed.top() as Entry)
    }
  }

  /** The entry is in the order again. */
  unpark(entry: Entry): void {
    if (entry.place === 'ready') return
    this.#unpark(entry)
    entry.place = 'ready'
    this.order.add(entry)
  }

  /** Takes an entry that is ready, or parked for another reason, out of the order. */
  park(entry: Entry, why: Refusal): void {
    if (entry.place === 'ready') this.order.remove(entry)
    else this.#unpark(entry)
    entry.place = 'parked'
    entry.busy = why.busy
    entry.sized = why.sized
    entry.at = -1
    if (why.until > 0 && why.until !== OUT) this.timed.add(entry, why.until, entry.seq)
    if (why.sized) this.sized.push(entry)
    if (why.holder !== null) holdAt(why.holder, entry)
    if (!why.busy) return
    this.busy++
    if (entry.at < 0) this.onlyBusy++
  }

  /** When a timed entry comes back, as far as is known. */
  timeOf(entry: Entry): number {
    return this.timed.scoreOf(entry)
  }

  #unpark(entry: Entry): void {
    if (entry.busy) this.busy--
    if (entry.busy && entry.at < 0) this.onlyBusy--
    if (entry.at >= 0) this.timed.remove(entry)
    if (entry.sized) this.sized.remove(entry)
    if (entry.holder !== null) letGo(entry)
    entry.at = -1
    entry.busy = false
    entry.sized = false
  }
}

function holdAt(holder: NonNullable<Entry['holder']>, entry: Entry): void {
  holder.held ??= []
  entry.holder = holder
  entry.heldAt = holder.held.length
  holder.held.push(entry)
}

function letGo(entry: Entry): void {
  const held = entry.holder?.held
  const last = held?.pop()
  if (held && last !== undefined && last !== entry) {
    held[entry.heldAt] = last
    last.heldAt = entry.heldAt
  }
  entry.holder = null
}
