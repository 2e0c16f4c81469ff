/** What the engine keeps of keys, members and pools. */
import type { AgendaItem } from './agenda.ts'
import type { Linked } from './linked-list.ts'
import type { Mark } from './marks.ts'
import type { WaitQueue } from './queue.ts'
import type { Rank } from './rank.ts'
import type { RankSet } from './rank-set.ts'
import type { KeyHealth, PoolRules } from './types.ts'
import type { CallWindow } from './window.ts'

export interface KeyState {
  readonly id: string
  enabled: boolean
  /** Wall ms. */
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
  whole: Mark | null
  models: Map<string, Mark> | null
  window: CallWindow | null
  /** Its entries that wait for one of its calls to end; null = there never was one. */
  held: Entry[] | null
  readonly members: Map<Pool, Member>
  /** It is in more than one pool. Kept beside `members`: on the path of each call a look into a map costs too much. */
  shared: boolean
  health: KeyHealth
}

export interface Member {
  readonly key: KeyState
  /** Order of joining. */
  readonly seq: number
  readonly priority: number
  readonly weight: number
}

export interface Pool {
  readonly slug: string
  rules: PoolRules
  readonly members: Map<KeyState, Member>
  readonly ranks: RankSet
  readonly queue: WaitQueue
  inFlight: number
  /** Members whose health is `ready`. */
  ready: number
  /** Members with a weight above 0. */
  weighty: number
}

/** A member's place in one rank. `at` and the links belong to the structure that holds it now. */
export interface Entry extends Linked<Entry> {
  readonly key: KeyState
  readonly seq: number
  readonly priority: number
  readonly weight: number
  readonly rank: Rank
  place: 'ready' | 'timed' | 'held' | 'out'
  at: number
  /** The strategy's own number; NaN = it has not seen this entry yet. */
  score: number
}
