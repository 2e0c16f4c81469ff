/**
 * The members of one pool in the order of its strategy, for one model (or none) and one lane: buckets first, and
 * inside a bucket of several members its keys, by the same strategy. A bucket's only key stands for it by itself.
 *
 * What is marked, full or switched off is not looked for here: it is noticed when it comes to the top and parked
 * once, so each change of a key or bucket costs each rank at most one parking and one return.
 */
import { type Ask, type Gate, OUT } from './readiness.ts'
import { type Refusal, Shelf } from './shelf.ts'
import type { BucketState, Entry, KeyState, Member, PoolState, Ranking } from './state.ts'
import { createOrder } from './strategies/index.ts'
import type { OrderTools } from './strategies/order.ts'
import type { StrategyName } from './types.ts'

export interface RankTools extends OrderTools {
  gate: Gate
}

/** What a rank can say when it has no key to give. Times are mono ms. */
export interface Outlook {
  /** Members that were already tried for this call. */
  tried: number
  /** Some untried member may be ready. */
  ready: boolean
  /** Some tried member is ready, as far as is known. */
  readyTried: boolean
  /** Some untried member may be freed by the end of a call… */
  busy: boolean
  /** …and waits for nothing else. */
  onlyBusy: boolean
  /** When the first untried member comes back by time. */
  wakeAt: number | null
  /** When the first member at all is back. */
  backAt: number | null
  /** Members whose whole limit is smaller than this call… */
  tooSmall: boolean
  /** …and as far as was looked, there are no others. */
  allTooSmall: boolean
  /** Some would take a smaller call. */
  sized: boolean
}

interface Group extends Entry {
  readonly shelf: Shelf
}

// Parked entries whose time has been put off are put right when they are asked for, this many at a time.
const REPAIRS = 16
/** Entries that turned down a bigger call and are asked again when nobody else is ready. */
const SECOND_LOOKS = 16
/** Entries set aside in one go because their whole limit is smaller than the call. */
const TOO_SMALL = 64

export class Rank implements Ranking {
  readonly pool: PoolState
  readonly #strategy: StrategyName
  readonly #tools: RankTools
  readonly #entries = new Map<string, Entry>()
  readonly #groups = new Map<string, Group>()
  readonly #shelf: Shelf
  /** Set aside by the last `pick` because their whole limit is smaller than the call. */
  #tooSmall = 0
  /** Parked ones that were looked at for the last call, and refused only for now. */
  #mayGrow = 0

  constructor(pool: PoolState, strategy: StrategyName, tools: RankTools) {
    this.pool = pool
    this.#strategy = strategy
    this.#tools = tools
    this.#shelf = this.#newShelf()
  }

  /** The member must not be in this rank yet. */
  admit(member: Member): void {
    const { key } = member
    const group = key.bucket.keys.length > 1 ? this.#groupOf(member) : null
    const entry = createEntry(member, key.bucket, this, group)
    this.#entries.set(key.id, entry)
    if (group === null) {
      this.#shelf.add(entry)
      return
    }
    group.shelf.add(entry)
    group.weight += member.weight
    if (group.shelf.size === 1) this.#shelf.add(group)
    else this.#shelf.unpark(group)
  }

  expel(key: KeyState): void {
    const entry = this.#entries.get(key.id)
    if (!entry) return
    this.#entries.delete(key.id)
    const group = entry.group as Group | null
    if (group === null) {
      this.#shelf.remove(entry)
      return
    }
    group.shelf.remove(entry)
    group.weight -= entry.weight
    if (group.shelf.size > 0) {
      // It may have been parked for what this key was waiting for.
      this.#shelf.unpark(group)
      return
    }
    this.#shelf.remove(group)
    this.#groups.delete(this.#groupName(entry.bucket, entry.priority))
  }

  revive(key: KeyState): void {
    const entry = this.#entries.get(key.id)
    if (entry) this.unpark(entry)
  }

  reviveBucket(bucket: BucketState): void {
    if (bucket.keys.length === 1) this.revive(bucket.keys[0] as KeyState)
    else if (this.#strategy !== 'priority') this.#unparkGroup(this.#groups.get(bucket.id))
    else for (const group of this.#groups.values()) if (group.bucket === bucket) this.#unparkGroup(group)
  }

  unpark(entry: Entry): void {
    const group = entry.group as Group | null
    if (group === null) {
      this.#shelf.unpark(entry)
      return
    }
    group.shelf.unpark(entry)
    this.#shelf.unpark(group)
  }

  /** Lets go of every key; the rank is of no use afterwards. */
  dissolve(): void {
    for (const entry of this.#entries.values()) {
      const group = entry.group as Group | null
      if (entry.holder !== null) (group ? group.shelf : this.#shelf).unpark(entry)
    }
    for (const group of this.#groups.values()) this.#shelf.unpark(group)
  }

  /** The strategy's first choice among the keys that are ready and not in `exclude`; say `taken` when it is handed out. */
  pick(ask: Ask, exclude: ReadonlySet<string> | null): Entry | undefined {
    this.#tooSmall = 0
    this.#mayGrow = 0
    this.#shelf.wake(ask.now)
    return this.#search(this.#shelf, ask, exclude)
  }

  /** This key and no other; undefined = it is not ready, and `gate` says why. */
  claim(key: KeyState, ask: Ask): Entry | undefined {
    const entry = this.#entries.get(key.id)
    if (!entry || !this.#tools.gate.admitsAlone(key, this.pool.rules, ask)) return undefined
    this.unpark(entry)
    return entry
  }

  has(key: KeyState): boolean {
    return this.#entries.has(key.id)
  }

  /** The entry was handed out, and its key's and bucket's counters say so. */
  taken(entry: Entry): void {
    const group = entry.group as Group | null
    if (group !== null) group.shelf.order.taken(entry)
    this.#shelf.order.taken(group ?? entry)
  }

  /** Why there is nobody, and for how long. */
  outlook(ask: Ask, exclude: ReadonlySet<string> | null): Outlook {
    // First: looking for the soonest may move entries, which are counted after.
    let wakeAt = this.#soonest(this.#shelf, ask, exclude)
    const allTooSmall = this.#tooSmall > 0 && this.#mayGrow === 0 && this.#shelf.onlyBusy === 0
    const soonest = exclude ? this.#soonest(this.#shelf, ask, null) : wakeAt
    const shelf = this.#shelf
    let [tried, ready, busy, onlyBusy] = [0, shelf.order.size, shelf.busy, shelf.onlyBusy]
    let readyTried = false
    const groups = new Set<Group>()
    for (const id of exclude ?? []) {
      const entry = this.#entries.get(id)
      if (!entry) continue
      tried++
      if (entry.group !== null) {
        groups.add(entry.group as Group)
        continue
      }
      if (entry.place === 'ready') ready--
      readyTried ||= entry.place === 'ready'
      if (entry.busy) busy--
      if (entry.busy && entry.at < 0) onlyBusy--
    }
    for (const group of groups) {
      const inner = this.#insideOf(group, ask, exclude)
      if (group.place === 'ready') {
        readyTried ||= inner.readyTried
        if (!inner.ready) ready--
        // It is in the order, so what its other keys wait for has not been counted yet.
        if (inner.busy) busy++
        if (inner.onlyBusy) onlyBusy++
        wakeAt = earlier(wakeAt, inner.wakeAt)
      } else if (inner.allTried) {
        if (group.busy) busy--
        if (group.busy && group.at < 0) onlyBusy--
      }
    }
    return {
      tried,
      ready: ready > 0,
      readyTried,
      busy: busy > 0,
      onlyBusy: onlyBusy > 0,
      wakeAt,
      // A key that is only busy may be back at any moment.
      backAt: shelf.order.size > 0 ? ask.now : (soonest ?? (shelf.busy > 0 ? ask.now : null)),
      tooSmall: this.#tooSmall > 0,
      allTooSmall,
      sized: shelf.sized.size > 0,
    }
  }

  #insideOf({ shelf }: Group, ask: Ask, exclude: ReadonlySet<string> | null) {
    // First, as above: whoever was parked for a time may be found busy.
    const wakeAt = this.#soonest(shelf, ask, exclude)
    let [tried, ready, busy, onlyBusy] = [0, shelf.order.size, shelf.busy, shelf.onlyBusy]
    let readyTried = false
    for (const id of exclude ?? []) {
      const entry = this.#entries.get(id)
      if ((entry?.group as Group | null | undefined)?.shelf !== shelf) continue
      tried++
      if (entry?.place === 'ready') ready--
      readyTried ||= entry?.place === 'ready'
      if (entry?.busy) busy--
      if (entry?.busy && entry.at < 0) onlyBusy--
    }
    return {
      allTried: tried === shelf.size,
      ready: ready > 0,
      readyTried,
      busy: busy > 0,
      onlyBusy: onlyBusy > 0,
      wakeAt,
    }
  }

  /** Takes entries from the top until one may have the call; parks those that may not. */
  #search(shelf: Shelf, ask: Ask, exclude: ReadonlySet<string> | null): Entry | undefined {
    let aside: Entry[] | null = null
    let found: Entry | undefined
    const before = this.#tooSmall
    for (let entry = shelf.first(ask.now); entry !== undefined; entry = shelf.first(ask.now)) {
      this.#tools.work.steps++
      found = this.#tryEntry(entry, shelf, ask, exclude)
      if (found !== undefined) break
      if (entry.place === 'parked') continue
      shelf.order.remove(entry)
      aside ??= []
      aside.push(entry)
      if (this.#tooSmall - before >= TOO_SMALL) break
    }
    found ??= this.#lookAgain(shelf, ask, exclude)
    for (let one = aside?.pop(); one; one = aside?.pop()) shelf.order.putBack(one)
    return found
  }

  /** The key's entry that gets the call. Undefined = parked, or still `ready` but not for this call. */
  #tryEntry(entry: Entry, shelf: Shelf, ask: Ask, exclude: ReadonlySet<string> | null): Entry | undefined {
    if (!this.#admits(entry, ask)) {
      const { gate } = this.#tools
      // What is larger than a whole limit is no reason to keep smaller calls away.
      if (gate.sized && gate.until === OUT) this.#tooSmall++
      else shelf.park(entry, gate)
      return undefined
    }
    if (entry.key !== null) return exclude?.has(entry.key.id) ? undefined : entry
    const inner = (entry as Group).shelf
    inner.wake(ask.now)
    const found = this.#search(inner, ask, exclude)
    if (found === undefined && inner.order.size === 0) shelf.park(entry, refusalOf(inner))
    return found
  }

  /** Asks those again that turned down a bigger call. */
  #lookAgain(shelf: Shelf, ask: Ask, exclude: ReadonlySet<string> | null): Entry | undefined {
    for (let left = Math.min(SECOND_LOOKS, shelf.sized.size); left > 0; left--) {
      const entry = shelf.sized.head as Entry
      this.#tools.work.steps++
      if (this.#admits(entry, ask)) {
        shelf.unpark(entry)
        const found = this.#tryEntry(entry, shelf, ask, exclude)
        if (found !== undefined) return found
      } else {
        const { gate } = this.#tools
        if (gate.sized && gate.until === OUT) this.#tooSmall++
        else this.#mayGrow++
        shelf.sized.remove(entry)
        shelf.sized.push(entry)
      }
    }
    return undefined
  }

  /** A key alone: it and its bucket; a key in a group: the key; a group: the bucket. */
  #admits(entry: Entry, ask: Ask): boolean {
    const { gate } = this.#tools
    if (entry.key === null) return gate.admitsBucket(entry.bucket, ask)
    if (entry.group === null) return gate.admitsAlone(entry.key, this.pool.rules, ask)
    return gate.admitsKey(entry.key, this.pool.rules, ask)
  }

  #soonest(shelf: Shelf, ask: Ask, exclude: ReadonlySet<string> | null): number | null {
    const next = () => (exclude ? shelf.timed.first((entry) => !this.#isTried(entry, exclude)) : shelf.timed.top())
    for (let repairs = 0; repairs < REPAIRS; repairs++) {
      const entry = next()
      if (!entry) return null
      const why = this.#refusal(entry, ask)
      if (why === null) {
        shelf.unpark(entry)
        return ask.now
      }
      if (why.sized && why.until === OUT) {
        this.#tooSmall++
        return shelf.timeOf(entry)
      }
      this.#mayGrow++
      if (why.until === shelf.timeOf(entry)) return why.until
      shelf.park(entry, why)
    }
    const entry = next()
    return entry ? shelf.timeOf(entry) : null
  }

  #refusal(entry: Entry, ask: Ask): Refusal | null {
    if (!this.#admits(entry, ask)) return this.#tools.gate
    if (entry.key !== null) return null
    const { shelf } = entry as Group
    // Its keys' times may have been put off as well.
    const soonest = this.#soonest(shelf, ask, null)
    return shelf.order.size > 0 || soonest === ask.now ? null : refusalOf(shelf)
  }

  #isTried(entry: Entry, exclude: ReadonlySet<string>): boolean {
    if (entry.key !== null) return exclude.has(entry.key.id)
    let tried = 0
    for (const id of exclude) if (this.#entries.get(id)?.group === entry) tried++
    return tried === (entry as Group).shelf.size
  }

  #unparkGroup(group: Group | undefined): void {
    if (group) this.#shelf.unpark(group)
  }

  #groupOf({ key, priority, seq }: Member): Group {
    const name = this.#groupName(key.bucket, priority)
    const known = this.#groups.get(name)
    if (known) return known
    const made = createEntry({ key: null, seq, priority, weight: 0 }, key.bucket, this, null)
    const group = Object.assign(made, { shelf: this.#newShelf() })
    this.#groups.set(name, group)
    return group
  }

  /** Under `priority` the keys of one bucket need not stand together. */
  #groupName(bucket: BucketState, priority: number): string {
    return this.#strategy === 'priority' ? `${priority} ${bucket.id}` : bucket.id
  }

  #newShelf(): Shelf {
    return new Shelf(createOrder(this.#strategy, this.#tools), this.#tools.work)
  }
}

/** What keeps a whole group out when none of its keys may be ready. */
function refusalOf(shelf: Shelf): Refusal {
  const until = shelf.timed.size > 0 ? shelf.timed.topScore() : shelf.busy > 0 ? 0 : OUT
  // Its keys know by whom they may be freed, and take their group along.
  return { until, busy: shelf.busy > 0, holder: null, sized: shelf.sized.size > 0 }
}

function createEntry(
  place: { key: KeyState | null; seq: number; priority: number; weight: number },
  bucket: BucketState,
  rank: Ranking,
  group: Entry | null,
): Entry {
  const { key, seq, priority, weight } = place
  return {
    key,
    bucket,
    load: key ?? bucket,
    seq,
    priority,
    weight,
    rank,
    group,
    place: 'ready',
    at: -1,
    heldAt: -1,
    holder: null,
    sized: false,
    busy: false,
    score: Number.NaN,
    prev: null,
    next: null,
  }
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
