/** Counts what the keys were used for, and answers questions about it. A store that fails costs its events, never a call. */
import { createHmac } from 'node:crypto'
import { MemoryUsageStore } from './memory-store.ts'
import { StatusCollection, type StatusId } from './status.ts'
import type { EventFilter, StoredEvent, UsageStore } from './usage-store.ts'

interface KeyName {
  key: string
  hint: string
}

/** One recorded call, as a program asks for it. */
export interface RecordedEvent {
  readonly id: number
  /** The primary key, as long as this process knows it; else its last characters and a part of its hash. */
  readonly keyIdentifier: string
  readonly statusId: StatusId
  readonly status: string
  /** Seconds; null = not measured. */
  readonly latency: number | null
  readonly method: string | null
  readonly finishedAt: Date
}

interface StatsOptions {
  /** Wall ms; for tests. */
  now?: () => number
  /** Hears of the first event of each row of losses. Absent = one process warning. */
  onError?: (error: unknown) => void
}

/** Narrows a question to one key or one way of ending. */
export interface StatsFilter {
  readonly primaryKey?: string | number
  readonly statusId?: StatusId
}

/**
 * Statistics over any UsageStore; by default the newest 100,000 events in memory. Primary keys, which often are the
 * secrets themselves, are turned into salted hashes before they reach the store and back into names here.
 */
export class StatsCollector {
  readonly #store: UsageStore
  readonly #now: () => number
  readonly #onError: (error: unknown) => void
  readonly #names = new Map<string, KeyName>()
  readonly #primaryKeys = new Map<string, string>()
  #isFailing = false
  /** Events that a failing store did not take. */
  lost = 0

  constructor(store: UsageStore = new MemoryUsageStore(), { now = Date.now, onError = warn }: StatsOptions = {}) {
    this.#store = store
    this.#now = now
    this.#onError = onError
  }

  /** Records a finished call. `latency` in seconds. Never throws. */
  addEvent(primaryKey: string | number, statusId: StatusId, latency: number | null = null, method: string | null = null): void {
    try {
      const { key, hint } = this.#nameOf(String(primaryKey))
      this.#store.add({ key, hint, statusId, latency, method, finishedAt: this.#now() })
      this.#isFailing = false
    } catch (error) {
      this.lost += 1
      if (!this.#isFailing) this.#onError(error)
      this.#isFailing = true
    }
  }

  /** Events that finished in the last `seconds` (0 and more), oldest first. */
  async queryEventInRecentNSeconds(seconds: number, filter: StatsFilter = {}): Promise<RecordedEvent[]> {
    return (await this.#store.events(this.#filter(seconds, filter))).map((event) => this.#told(event))
  }

  /** How many there were. A key that was never used has 0. */
  usageCountInRecentNSeconds(seconds: number, filter: StatsFilter = {}): Promise<number> {
    return this.#store.count(this.#filter(seconds, filter))
  }

  /** How many per key, in the order of the keys; keys without events are left out. */
  async usageCountStatsInRecentNSeconds(seconds: number): Promise<Map<string, number>> {
    const counts = await this.#store.countByKey(this.#filter(seconds, {}))
    const rows = counts.map(({ key, hint, count }) => [this.#identifier(key, hint), count] as const)
    return new Map(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The oldest events, to be sent elsewhere; give them to `deleteEvents` when they have arrived. */
  async fetchEventsBatch(limit = 500): Promise<RecordedEvent[]> {
    return (await this.#store.oldest(limit)).map((event) => this.#told(event))
  }

  deleteEvents(events: readonly Pick<RecordedEvent, 'id'>[]): Promise<void> {
    return this.#store.remove(events.map(({ id }) => id))
  }

  flush(): Promise<void> {
    return this.#store.flush()
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #filter(seconds: number, { primaryKey, statusId }: StatsFilter): EventFilter {
    if (!(seconds >= 0)) throw new RangeError('seconds: give 0 or more')
    const since = this.#now() - seconds * 1000
    return {
      since,
      ...(primaryKey !== undefined && { key: this.#nameOf(String(primaryKey)).key }),
      ...(statusId !== undefined && { statusId }),
    }
  }

  #nameOf(primaryKey: string): KeyName {
    let name = this.#names.get(primaryKey)
    if (!name) {
      const key = createHmac('sha256', this.#store.salt).update(primaryKey).digest('hex').slice(0, 32)
      name = { key, hint: primaryKey.length >= 12 ? `…${primaryKey.slice(-4)}` : '' }
      this.#names.set(primaryKey, name)
      this.#primaryKeys.set(key, primaryKey)
    }
    return name
  }

  #identifier(key: string, hint: string): string {
    return this.#primaryKeys.get(key) ?? `${hint}#${key.slice(0, 8)}`
  }

  #told({ id, key, hint, statusId, latency, method, finishedAt }: StoredEvent): RecordedEvent {
    const status = StatusCollection.getMapperIdToDescription().get(statusId) ?? 'unknown'
    return { id, keyIdentifier: this.#identifier(key, hint), statusId, status, latency, method, finishedAt: new Date(finishedAt) }
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.name : 'unknown error'
  process.emitWarning(`Usage events are being lost: the store failed (${reason}). Calls go on.`, 'KeywheelWarning')
}
