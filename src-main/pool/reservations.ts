/** Keys set aside for a while, each for one caller. A crash forgets them: they are nowhere but here. */
import { type Agenda, agendaItem } from './agenda.ts'
import type { Hold, KeyState } from './state.ts'

export class Reservations {
  readonly #agenda: Agenda
  readonly #freed: (key: KeyState, now: number) => void
  readonly #holds = new Map<number, Hold>()
  #last = 0

  /** `freed` is called when a key is free again, or has one call less. */
  constructor(agenda: Agenda, freed: (key: KeyState, now: number) => void) {
    this.#agenda = agenda
    this.#freed = freed
  }

  /** Undefined = it has ended. */
  get(id: number): Hold | undefined {
    return this.#holds.get(id)
  }

  /** Sets a ready key aside until `until` (mono ms). */
  make(key: KeyState, until: number, exclusive: boolean): Hold {
    const id = ++this.#last
    const end = agendaItem((now) => this.#end(id, now))
    const hold: Hold = { id, key, exclusive, until, calls: 0, end }
    this.#holds.set(id, hold)
    this.#agenda.schedule(end, until)
    if (exclusive) key.reserved = hold
    else addCalls(key, 1)
    return hold
  }

  release(id: number, now: number): boolean {
    if (!this.#holds.has(id)) return false
    this.#end(id, now)
    return true
  }

  /** The key is gone. */
  dropKey(key: KeyState, now: number): void {
    for (const hold of this.#holds.values()) if (hold.key === key) this.#end(hold.id, now)
  }

  /** A call begins on the key; it takes the place that was kept for it. */
  began(hold: Hold): void {
    if (hold.calls++ === 0 && !hold.exclusive) addCalls(hold.key, -1)
  }

  /** One of its calls has ended; the place is kept for the next while the reservation lasts. */
  ended(id: number): void {
    const hold = this.#holds.get(id)
    if (hold && --hold.calls === 0 && !hold.exclusive) addCalls(hold.key, 1)
  }

  #end(id: number, now: number): void {
    const hold = this.#holds.get(id)
    if (!hold) return
    this.#holds.delete(id)
    this.#agenda.cancel(hold.end)
    const { key } = hold
    if (key.reserved === hold) key.reserved = null
    if (!hold.exclusive && hold.calls === 0) addCalls(key, -1)
    this.#freed(key, now)
  }
}

function addCalls(key: KeyState, calls: 1 | -1): void {
  key.inFlight += calls
}
