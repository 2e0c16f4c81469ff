/** What is kept of each call, and what a place to keep it must be able to do. No store ever sees a primary key. */
import type { StatusId } from './status.ts'

/** One finished call. */
export interface UsageEvent {
  /** Salted hash of the key's primary key. */
  readonly key: string
  /** The primary key's last characters, for people; '' when it is too short to show any. */
  readonly hint: string
  readonly statusId: StatusId
  /** Seconds; null = not measured. */
  readonly latency: number | null
  /** Dotted path of what was called; null = not known. */
  readonly method: string | null
  /** Wall ms. */
  readonly finishedAt: number
}

export interface StoredEvent extends UsageEvent {
  /** Grows with the time of recording; names the event for `remove`. */
  readonly id: number
}

export interface EventFilter {
  /** Wall ms; events that finished before are left out. */
  readonly since: number
  readonly key?: string
  readonly statusId?: StatusId
}

export interface KeyCount {
  readonly key: string
  readonly hint: string
  readonly count: number
}

/** A bounded place for events. It may lose the oldest ones and says how many. */
export interface UsageStore {
  /** What the keys' hashes are salted with: random, and kept with the events, so that a key is the same after a restart. */
  readonly salt: string
  /** Takes an event without waiting for a disk. May throw; the call that it tells of is not affected. */
  add(event: UsageEvent): void
  /** Newest last. */
  events(filter: EventFilter): Promise<StoredEvent[]>
  count(filter: EventFilter): Promise<number>
  countByKey(filter: EventFilter): Promise<KeyCount[]>
  /** The oldest `limit` events, oldest first. */
  oldest(limit: number): Promise<StoredEvent[]>
  remove(ids: readonly number[]): Promise<void>
  /** Resolves when everything added so far is where it stays. */
  flush(): Promise<void>
  close(): Promise<void>
}
