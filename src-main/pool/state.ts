/**
 * What is true of keys, buckets, cells, marks, members and pools, as plain data. Everything that decides stands above
 * it and is reached from here only through the two small interfaces `Ranking` and `PoolState`.
 */
import type { AgendaItem } from './agenda.ts'
import type { Linked } from './linked-list.ts'
import type { Meter } from './meter.ts'
import type { KeyHealth, Limits, OutcomeClass, PoolRules } from './types.ts'
import type { CallWindow } from './window.ts'

/** How much a key or bucket was given to do: what strategies look at. */
interface Load {
  /** Calls handed out so far. */
  uses: number
  /** Number of its last lease among all leases of the engine; 0 = never. */
  turn: number
  /** Decaying average of ms from lease to first byte; -1 = never measured. */
  latency: number
}

/** Whose limits and marks they are: a key's own, or those of the bucket (account) that it draws on. */
export type Owner = KeyState | BucketState

interface OwnerFacts extends Load {
  readonly id: string
  /** False = removed, and only kept for the calls that are still out. */
  present: boolean
  limits: Limits
  /** What is known of it as a whole; null = nothing. */
  whole: Cell | null
  /** What is known of it for single models. */
  models: Map<string, Cell> | null
  /** Parked entries that one of its calls may free by ending; null = there never was one. */
  held: Entry[] | null
  /** Its own part of the health, as people were last told; `health.ts` decides afresh. */
  health: KeyHealth
  /** Looks at its health again when a full quota starts anew. */
  review: AgendaItem | null
}

export interface KeyState extends OwnerFacts {
  readonly scope: 'key'
  bucket: BucketState
  /** Place in `bucket.keys`. */
  bucketAt: number
  inFlight: number
  enabled: boolean
  /** Wall ms; null = never. */
  expiresAt: number | null
  expiry: AgendaItem | null
  /** Mono ms of its last lease; NaN = never. Never null: V8 would box every write anew. */
  usedAt: number
  proven: boolean
  /** The calls under its pools' `rateLimit`. */
  window: CallWindow | null
  /** Set aside for one caller alone. */
  reserved: Hold | null
  /** Its places in pools. An array, not a map: with 100,000 keys each byte counts, and hardly any is in more than a few. */
  members: Member[]
}

export interface BucketState extends OwnerFacts {
  readonly scope: 'bucket'
  keys: KeyState[]
  shares: Share[]
}

/** A list that mostly holds one item: V8 gives an empty one that is pushed to room for seventeen. */
export function withOne<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}

/** The part of one pool's members that draws on one bucket. */
interface Share {
  readonly pool: PoolState
  keys: number
  /** Those that are ready as far as the key itself goes. */
  ready: number
}

/** What is known of an owner for one model, or ('') as a whole. It is made when first needed and goes when it says nothing any more. */
export interface Cell extends Linked<Cell> {
  readonly owner: Owner
  readonly model: string
  mark: Mark | null
  meters: readonly Meter[]
  inFlight: number
  /** Number of the lease that tries out whether a limit is really over; -1 = none. */
  probe: number
  /** It changed since the store was last told. */
  dirty: boolean
  /** It is counted among what makes its model distinct. */
  distinct: boolean
  /** It has limits of calendar days, months or for ever, which show in the health. */
  quota: boolean
}

/** A cool-down or another reason to stay away. After its end it stays until a success, for the count of strikes. */
export interface Mark extends AgendaItem {
  readonly cell: Cell
  outcome: OutcomeClass
  /** Mono ms; Infinity = until a person or a check ends it. */
  until: number
  reason: string | null
  /** Failures of this kind in a row, from 1. */
  strikes: number
  /** Mono ms. */
  givenAt: number
  /** Its time is over, and it is on the agenda to see whether the call that tries it out lasts. */
  proving: boolean
}

/** A key set aside. */
export interface Hold {
  readonly id: number
  readonly key: KeyState
  readonly exclusive: boolean
  /** Mono ms. */
  readonly until: number
  /** Calls under way under it. */
  calls: number
  readonly end: AgendaItem
}

export interface Member {
  readonly key: KeyState
  readonly pool: PoolState
  /** Order of joining. */
  readonly seq: number
  readonly priority: number
  readonly weight: number
}

/** What keeps entries in an order and notices by itself only that one has become worse. */
export interface Ranking {
  readonly pool: PoolState
  /** Something about this entry has become better: it is looked at again. */
  unpark(entry: Entry): void
}

/** A pool as its keys, ranks and leases know it; `pool.ts` is the whole of it. */
export interface PoolState {
  readonly slug: string
  readonly rules: PoolRules
  readonly members: ReadonlyMap<KeyState, Member>
  inFlight: number
  /** Members whose health is `ready`. */
  ready: number
  /** Buckets among its members. */
  buckets: number
  /** Something about the key has become better: its entries are looked at again. */
  revive(key: KeyState): void
  /** Something about the bucket has. */
  reviveBucket(bucket: BucketState): void
  /** The key is a member no longer. */
  part(key: KeyState): void
  /** Serves those who wait, as far as that goes at `now` (mono ms). */
  drain(now: number): void
}

/** A place in an order: one key, or (`key` null) a group of keys of one bucket. `at` and the links belong to the structure that holds it now. */
export interface Entry extends Linked<Entry> {
  readonly key: KeyState | null
  readonly bucket: BucketState
  /** The key's, or the bucket's. */
  readonly load: Load
  readonly seq: number
  readonly priority: number
  weight: number
  readonly rank: Ranking
  /** The group that the key is in; null = it is its bucket's only key, or a group itself. */
  readonly group: Entry | null
  /** `parked` = not looked at before its time, or before something about it becomes better. */
  place: 'ready' | 'parked'
  at: number
  /** Place in `held` of its holder; -1 = none. */
  heldAt: number
  holder: Owner | null
  /** Parked only because a call was too big; smaller ones may fit. */
  sized: boolean
  /** Parked, and the end of a call may free it. */
  busy: boolean
  /** The strategy's own number; NaN = it has not seen this entry yet. */
  score: number
}
