/**
 * The members of one pool in the order of its strategy, for one model or for the keys as a whole.
 *
 * A key that is marked, full or switched off is not looked for here: it is noticed when it comes to the top and
 * parked once, so each change of a key costs each rank at most one parking and one return.
 */
import { Heap } from './heap.ts'
import { blockedUntil, HELD, OUT, READY } from './readiness.ts'
import type { Entry, KeyState, Member, PoolState, Ranking } from './state.ts'
import { createOrder } from './strategies/index.ts'
import type { Order, OrderTools } from './strategies/order.ts'
import type { Clock } from './types.ts'

export interface RankTools extends OrderTools {
  clock: Clock
}

/** What a rank can say when it has no key to give. Times are mono ms. */
interface Outlook {
  /** Members that were already tried for this call. */
  tried: number
  /** Untried members that are ready, as far as is known. */
  ready: number
  /** Tried members that are ready, as far as is known. */
  readyTried: number
  /** Untried members that wait for a call to end. */
  held: number
  /** When the first untried member comes back by time. */
  wakeAt: number | null
  /** When the first member at all is back. */
  backAt: number | null
}

// Parked entries whose time has been put off are put right when they are asked for, this many at a time.
const REPAIRS = 16
const WAKE_UPS = 64

export class Rank implements Ranking {
  readonly #pool: PoolState
  readonly #model: string
  readonly #tools: RankTools
  readonly #entries = new Map<string, Entry>()
  readonly #order: Order
  readonly #timed: Heap<Entry>
  #held = 0

  /** `model` '' = the keys as a whole. */
  constructor(pool: PoolState, model: string, tools: RankTools) {
    this.#pool = pool
    this.#model = model
    this.#tools = tools
    this.#order = createOrder(pool.rules.strategy, tools)
    this.#timed = new Heap(tools.work)
  }

  /** The member must not be in this rank yet. */
  admit(member: Member): void {
    const entry: Entry = {
      key: member.key,
      seq: member.seq,
      priority: member.priority,
      weight: member.weight,
      rank: this,
      place: 'ready',
      at: -1,
      prev: null,
      next: null,
      score: Number.NaN,
    }
    this.#entries.set(member.key.id, entry)
    this.#order.add(entry)
  }

  expel(key: KeyState): void {
    const entry = this.#entries.get(key.id)
    if (!entry) return
    this.#unplace(entry)
    this.#entries.delete(key.id)
  }

  revive(key: KeyState): void {
    const entry = this.#entries.get(key.id)
    if (entry && entry.place !== 'ready') this.#makeReady(entry)
  }

  /** Lets go of every key; the rank is of no use afterwards. */
  dissolve(): void {
    for (const entry of this.#entries.values()) if (entry.place === 'held') this.#unplace(entry)
  }

  /** The strategy's first choice among the keys that are ready and not in `exclude`; say `taken` when it is handed out. */
  pick(now: number, exclude: ReadonlySet<string> | null): Entry | undefined {
    this.#wakeSome(now)
    const aside: Entry[] = []
    let entry = this.#first(now)
    for (; entry !== undefined; entry = this.#first(now)) {
      this.#tools.work.steps++
      const until = blockedUntil(entry.key, this.#model, this.#pool.rules, now, this.#tools.clock)
      if (until !== READY) {
        this.#unplace(entry)
        this.#park(entry, until)
        continue
      }
      if (!exclude?.has(entry.key.id)) break
      this.#order.remove(entry)
      aside.push(entry)
    }
    for (let one = aside.pop(); one; one = aside.pop()) this.#order.putBack(one)
    return entry
  }

  /** The entry that `pick` gave was handed out, and its key's counters say so. */
  taken(entry: Entry): void {
    this.#order.taken(entry)
  }

  /** Why there is nobody, and for how long; `now` in mono ms. */
  outlook(now: number, exclude: ReadonlySet<string> | null): Outlook {
    // First: looking for the soonest may move entries, which are counted after.
    const wakeAt = this.#soonest(now, exclude)
    const soonest = exclude ? this.#soonest(now, null) : wakeAt
    let [tried, readyTried, held] = [0, 0, this.#held]
    for (const id of exclude ?? []) {
      const entry = this.#entries.get(id)
      if (!entry) continue
      tried++
      if (entry.place === 'ready') readyTried++
      if (entry.place === 'held') held--
    }
    // A key that is only busy may be back at any moment.
    const busy = this.#held > 0 ? now : null
    return {
      tried,
      ready: this.#order.size - readyTried,
      readyTried,
      held,
      wakeAt,
      backAt: this.#order.size > 0 ? now : (soonest ?? busy),
    }
  }

  #soonest(now: number, exclude: ReadonlySet<string> | null): number | null {
    const next = () => (exclude ? this.#timed.first((entry) => !exclude.has(entry.key.id)) : this.#timed.top())
    for (let repairs = 0; repairs < REPAIRS; repairs++) {
      const entry = next()
      if (!entry) return null
      const until = blockedUntil(entry.key, this.#model, this.#pool.rules, now, this.#tools.clock)
      if (until === this.#timed.scoreOf(entry)) return until
      this.#unplace(entry)
      this.#park(entry, until)
      if (until === READY) return now
    }
    const entry = next()
    return entry ? this.#timed.scoreOf(entry) : null
  }

  #first(now: number): Entry | undefined {
    if (this.#order.size === 0) this.#wakeSome(now)
    return this.#order.first()
  }

  /** When thousands come back at the same moment, the next calls share the work. */
  #wakeSome(now: number): void {
    for (let woken = 0; woken < WAKE_UPS && this.#timed.topScore() <= now; woken++) {
      this.#tools.work.steps++
      this.#makeReady(this.#timed.top() as Entry)
    }
  }

  #makeReady(entry: Entry): void {
    this.#unplace(entry)
    entry.place = 'ready'
    this.#order.add(entry)
  }

  #park(entry: Entry, until: number): void {
    if (until === READY) {
      entry.place = 'ready'
      this.#order.add(entry)
    } else if (until === OUT) {
      entry.place = 'out'
    } else if (until === HELD) {
      entry.place = 'held'
      entry.key.held ??= []
      entry.at = entry.key.held.length
      entry.key.held.push(entry)
      this.#held++
    } else {
      entry.place = 'timed'
      this.#timed.add(entry, until, entry.seq)
    }
  }

  #unplace(entry: Entry): void {
    switch (entry.place) {
      case 'ready':
        this.#order.remove(entry)
        break
      case 'timed':
        this.#timed.remove(entry)
        break
      case 'held':
        this.#unhold(entry)
        break
      case 'out':
        break
    }
    entry.place = 'out'
  }

  #unhold(entry: Entry): void {
    const { held } = entry.key
    const last = held?.pop()
    if (held && last !== undefined && last !== entry) {
      held[entry.at] = last
      last.at = entry.at
    }
    this.#held--
  }
}
