/** The leases that are out: numbered slots that are used again, and taken back when nobody reports them. */
import { type Agenda, type AgendaItem, agendaItem } from './agenda.ts'
import { type Linked, LinkedList } from './linked-list.ts'
import type { KeyState, PoolState } from './state.ts'
import type { Lease } from './types.ts'

/** A stream may last; one that is still open a day after its last sign of life is lost. */
const STREAM_MS = 86_400_000
/** Lease number = generation × SLOTS + place in the slab. */
const SLOTS = 2 ** 24
const LAST_ID = Number.MAX_SAFE_INTEGER - SLOTS

export interface Slot extends Linked<Slot> {
  /** Number of the lease that has or had the slot; below 0 = none yet. */
  id: number
  key: KeyState
  pool: PoolState
  model: string
  /** Mono ms of its beginning. */
  since: number
  /** Mono ms when it is taken back. */
  due: number
  /** It counts in the key's window and has not arrived yet. */
  pending: boolean
  /** Null = the slot is free. */
  list: LeaseList | null
}

export class LeaseBook {
  readonly #slots: Slot[] = []
  readonly #free: Slot[] = []
  readonly #lists = new WeakMap<PoolState, LeaseList>()
  readonly #streams: LeaseList
  readonly #agenda: Agenda
  readonly #expire: (slot: Slot, now: number) => void

  /** `expire` is called with a lease that nobody reported in time and must close it. */
  constructor(agenda: Agenda, expire: (slot: Slot, now: number) => void) {
    this.#agenda = agenda
    this.#expire = expire
    this.#streams = new LeaseList(agenda, expire)
  }

  /** `pending`: it counts in the key's window and has not arrived. `now` in mono ms; it is taken back `leaseMs` of the pool later. */
  open(pool: PoolState, key: KeyState, model: string | undefined, pending: boolean, now: number): Lease {
    const list = this.#listOf(pool)
    const slot = this.#free.pop() ?? this.#widen(pool, key)
    slot.id += SLOTS
    slot.key = key
    slot.pool = pool
    slot.model = model ?? ''
    slot.since = now
    slot.pending = pending
    list.add(slot, now + pool.rules.leaseMs)
    return { id: slot.id, keyId: key.id, pool: pool.slug, model, chosenBy: pool.rules.strategy }
  }

  /** The slot of a lease that is still out. */
  find(lease: Lease): Slot | undefined {
    const slot = this.#slots[lease.id % SLOTS]
    return slot && slot.id === lease.id && slot.list ? slot : undefined
  }

  /** Puts off the end of a lease whose answer has begun. */
  extend(slot: Slot, now: number): void {
    slot.list?.remove(slot)
    this.#streams.add(slot, now + STREAM_MS)
  }

  /** The slot may be used again as soon as this returns. */
  close(slot: Slot): void {
    slot.list?.remove(slot)
    slot.list = null
    // Near the end of the exact integers a slot is used no more; a busy one gets there within weeks.
    if (slot.id <= LAST_ID) this.#free.push(slot)
  }

  #listOf(pool: PoolState): LeaseList {
    let list = this.#lists.get(pool)
    if (!list) {
      list = new LeaseList(this.#agenda, this.#expire)
      this.#lists.set(pool, list)
    }
    return list
  }

  #widen(pool: PoolState, key: KeyState): Slot {
    const slot: Slot = {
      id: this.#slots.length - SLOTS,
      key,
      pool,
      model: '',
      since: 0,
      due: 0,
      pending: false,
      list: null,
      prev: null,
      next: null,
    }
    this.#slots.push(slot)
    return slot
  }
}

/** Leases in the order in which they end: all of one list live equally long, so one look at its head is enough. */
class LeaseList {
  readonly #leases = new LinkedList<Slot>()
  readonly #agenda: Agenda
  readonly #sweep: AgendaItem

  constructor(agenda: Agenda, expire: (slot: Slot, now: number) => void) {
    this.#agenda = agenda
    this.#sweep = agendaItem((now) => {
      for (let slot = this.#leases.head; slot && slot.due <= now; slot = this.#leases.head) expire(slot, now)
      if (this.#leases.head) agenda.schedule(this.#sweep, this.#leases.head.due)
    })
  }

  add(slot: Slot, due: number): void {
    slot.list = this
    slot.due = due
    this.#leases.push(slot)
    // It stays on the agenda when the list runs empty: cheaper than coming and going with every call.
    if (this.#sweep.at < 0) this.#agenda.schedule(this.#sweep, due)
  }

  remove(slot: Slot): void {
    this.#leases.remove(slot)
  }
}
