/**
 * What is true of keys, marks, members and pools, as plain data. Everything that decides stands above it and is
 * reached from here only through the two small interfaces `Ranking` and `PoolState`.
 */
import type { AgendaItem } from './agenda.ts'
import type { Linked } from './linked-list.ts'
import type { KeyHealth, OutcomeClass, PoolRules } from './types.ts'
import type { CallWindow } from './window.ts'

export interface KeyState {
  readonly id: string
  enabled: boolean
  /** Wall ms; null = never. */
  expiresAt: number | null
  expiry: AgendaItem | null
  /** False = removed, and only kept for the calls that are still out. */
  present: boolean
  inFlight: number
  /** Calls handed out so far. */
  uses: number
  /** Number of its last lease among all leases of the engine; 0 = never. */
  turn: number
  /** Mono ms of its last lease; NaN = never. Never null: V8 would box every write anew. */
  usedAt: number
  proven: boolean
  /** The mark of the key as a whole. */
  whole: Mark | null
  /** The marks of single models. */
  models: Map<string, Mark> | null
  window: CallWindow | null
  /** Its entries that wait for one of its calls to end; null = there never was one. */
  held: Entry[] | null
  /** The pools it is a member of. */
  readonly pools: Map<PoolState, Member>
  /** It is in more than one pool. Kept beside `pools`: on the path of each call a look into a map costs too much. */
  shared: boolean
  /** As people were last told; `readiness.ts` decides afresh. */
  health: KeyHealth
}

/** A cool-down or another reason to stay away from a key. After its end it stays until a success, for the count of strikes. */
export interface Mark extends AgendaItem {
  readonly key: KeyState
  /** '' = the whole key. */
  readonly model: string
  outcome: OutcomeClass
  /** Mono ms; Infinity = until a person or a check ends it. */
  until: number
  reason: string | null
  /** Failures of this kind in a row, from 1. */
  strikes: number
  /** Mono ms. */
  givenAt: number
}

export interface Member {
  readonly key: KeyState
  /** Order of joining. */
  readonly seq: number
  readonly priority: number
  readonly weight: number
}

/** What keeps keys in an order and notices by itself only that one has become worse. */
export interface Ranking {
  /** Something about the key has become better: it is looked at again. */
  revive(key: KeyState): void
}

/** A pool as its keys, ranks and leases know it; `pool.ts` is the whole of it. */
export interface PoolState extends Ranking {
  readonly slug: string
  readonly rules: PoolRules
  readonly members: ReadonlyMap<KeyState, Member>
  inFlight: number
  /** Members whose health is `ready`. */
  ready: number
  /** The key is a member no longer. */
  part(key: KeyState): void
  /** Serves those who wait, as far as that goes at `now` (mono ms). */
  drain(now: number): void
}

/** A member's place in one rank. `at` and the links belong to the structure that holds it now. */
export interface Entry extends Linked<Entry> {
  readonly key: KeyState
  readonly seq: number
  readonly priority: number
  readonly weight: number
  readonly rank: Ranking
  place: 'ready' | 'timed' | 'held' | 'out'
  at: number
  /** The strategy's own number; NaN = it has not seen this entry yet. */
  score: number
}
