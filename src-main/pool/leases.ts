/** The leases that are out: numbered slots that are used again, and taken back when nobody reports them. */
import { type Agenda, type AgendaItem, agendaItem } from './agenda.ts'
import { EngineError } from './errors.ts'
import { type Linked, LinkedList } from './linked-list.ts'
import type { Meter } from './meter.ts'
import type { BucketState, Cell, KeyState, PoolState } from './state.ts'
import type { Cost, Lease } from './types.ts'

/** A stream may last; one that is still open a day after its last sign of life is lost. */
const STREAM_MS = 86_400_000
/** Lease number = generation × SLOTS + place in the slab. */
const SLOTS = 2 ** 24
const LAST_ID = Number.MAX_SAFE_INTEGER - SLOTS

export interface Slot extends Linked<Slot>, Cost {
  /** Number of the lease that has or had the slot; below 0 = none yet. */
  id: number
  key: KeyState
  /** The key's bucket when the lease began. */
  bucket: BucketState
  pool: PoolState
  model: string
  /** The cells that the call is under way in, and the meters that know of it. */
  readonly cells: Cell[]
  readonly meters: Meter[]
  /** The reservation under which it was made; 0 = none. */
  hold: number
  /** Mono ms of its beginning. */
  since: number
  /** Mono ms when it is taken back. */
  due: number
  /** It counts in the key's own window. */
  windowed: boolean
  /** Mono ms of its arrival; -1 = it is still on its way. */
  arrivedAt: number
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

  /** A slot for a call that begins at `now` (mono ms); it is taken back `leaseMs` of the pool later. Cells, meters and cost are the caller's to fill in. */
  open(pool: PoolState, key: KeyState, model: string, now: number): Slot {
    const list = this.#listOf(pool)
    const slot = this.#free.pop() ?? this.#widen(pool, key)
    slot.id += SLOTS
    slot.key = key
    slot.bucket = key.bucket
    slot.pool = pool
    slot.model = model
    slot.since = now
    slot.windowed = key.window !== null
    slot.arrivedAt = -1
    slot.hold = 0
    list.add(slot, now + pool.rules.leaseMs)
    return slot
  }

  /** The slot of a lease that is still out. */
  find(lease: Pick<Lease, 'id'>): Slot | undefined {
    const slot = this.#slots[lease.id % SLOTS]
    return slot && slot.id === lease.id && slot.list ? slot : undefined
  }

  /** As `find`, but throws UNKNOWN_LEASE for a number that never was given out. */
  known(lease: Pick<Lease, 'id'>): Slot | undefined {
    const slot = this.#slots[lease.id % SLOTS]
    if (!Number.isSafeInteger(lease.id) || lease.id < 0 || !slot || slot.id < lease.id) {
      throw new EngineError('UNKNOWN_LEASE', `no lease ${lease.id} was ever given out`, 'lease')
    }
    return this.find(lease)
  }

  /** Every lease that is out. All of them: for rare changes only. */
  *out(): Iterable<Slot> {
    for (const slot of this.#slots) if (slot.list) yield slot
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
    slot.cells.length = 0
    slot.meters.length = 0
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
      bucket: key.bucket,
      pool,
      model: '',
      cells: [],
      meters: [],
      hold: 0,
      input: 0,
      output: 0,
      nanos: 0,
      since: 0,
      due: 0,
      windowed: false,
      arrivedAt: -1,
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
