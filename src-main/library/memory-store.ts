/** Events in memory: the newest ones, in a ring that takes no room before it is used. */
import { randomBytes } from 'node:crypto'
import type { EventFilter, KeyCount, StoredEvent, UsageEvent, UsageStore } from './usage-store.ts'

const DEFAULT_EVENTS = 100_000

/** Keeps the newest `maxEvents` (1 and more, whole) for as long as the process lives. */
export class MemoryUsageStore implements UsageStore {
  readonly salt = randomBytes(16).toString('hex')
  readonly #max: number
  /** Filled to `max`, then written over from the start. */
  readonly #ring: (StoredEvent | undefined)[] = []
  #added = 0

  constructor({ maxEvents = DEFAULT_EVENTS }: { maxEvents?: number } = {}) {
    if (!Number.isInteger(maxEvents) || maxEvents < 1) throw new RangeError('maxEvents: give a whole number from 1')
    this.#max = maxEvents
  }

  add(event: UsageEvent): void {
    this.#ring[this.#added % this.#max] = { id: this.#added, ...event }
    this.#added += 1
  }

  events(filter: EventFilter): Promise<StoredEvent[]> {
    return Promise.resolve([...this.#stored(filter)])
  }

  count(filter: EventFilter): Promise<number> {
    let count = 0
    for (const _ of this.#stored(filter)) count += 1
    return Promise.resolve(count)
  }

  countByKey(filter: EventFilter): Promise<KeyCount[]> {
    const counts = new Map<string, { key: string; hint: string; count: number }>()
    for (const { key, hint } of this.#stored(filter)) {
      const row = counts.get(key)
      if (row) row.count += 1
      else counts.set(key, { key, hint, count: 1 })
    }
    return Promise.resolve([...counts.values()])
  }

  oldest(limit: number): Promise<StoredEvent[]> {
    const found: StoredEvent[] = []
    for (const event of this.#stored({ since: Number.NEGATIVE_INFINITY })) {
      if (found.length >= limit) break
      found.push(event)
    }
    return Promise.resolve(found)
  }

  remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) if (this.#ring[id % this.#max]?.id === id) this.#ring[id % this.#max] = undefined
    return Promise.resolve()
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** In the order of recording. The wall clock may have been set back in between, so every event is looked at. */
  *#stored({ since, key, statusId }: EventFilter): Generator<StoredEvent> {
    for (let id = Math.max(0, this.#added - this.#max); id < this.#added; id += 1) {
      const event = this.#ring[id % this.#max]
      if (!event || event.finishedAt < since) continue
      if ((key === undefined || event.key === key) && (statusId === undefined || event.statusId === statusId)) yield event
    }
  }
}
