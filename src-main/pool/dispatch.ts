/** Hands out keys and takes them back: check and reserve in one step. */
import type { Agenda } from './agenda.ts'
import type { CellBook } from './cells.ts'
import { arrive, enter, enterLate, finish, join, leave, undo } from './charge.ts'
import { chainOf, type RulesOf } from './fallback.ts'
import type { HealthBoard } from './health.ts'
import { learnReadings } from './learn.ts'
import { LeaseBook, type Slot } from './leases.ts'
import type { MarkBook } from './marks.ts'
import type { Pool } from './pool.ts'
import type { Settled, Wait } from './queue.ts'
import type { Rank } from './rank.ts'
import type { Ask, Gate } from './readiness.ts'
import { combine, exhausted, refuse, refuseClaim, refuseFull, upstreamDown } from './refusals.ts'
import type { Reservations } from './reservations.ts'
import type { Cell, Entry, Hold, KeyState, Owner, PoolState } from './state.ts'
import type { Cost, Lease, LeaseQuery, LimitReading, Outcome } from './types.ts'
import { nameOf, type Upstreams } from './upstreams.ts'
import { CallWindow } from './window.ts'

interface DispatchTools {
  agenda: Agenda
  cells: CellBook
  gate: Gate
  marks: MarkBook
  health: HealthBoard
  upstreams: Upstreams
  reservations: Reservations
  key(id: string): KeyState | undefined
  pool(slug: string): Pool | undefined
  pools(): Iterable<Pool>
  rulesOf: RulesOf
  /** Called when a pool has one call less under way. */
  released(pool: PoolState): void
}

/** Part of a new first-byte time in the decaying average. */
const LATENCY_STEP = 0.2

export class Dispatcher {
  readonly #tools: DispatchTools
  readonly #leases: LeaseBook
  /** One for all calls: it is read before the next is asked for. */
  readonly #ask: Ask = { model: '', input: 0, output: 0, nanos: 0, reserve: 0, hold: null, now: 0 }
  /** Leases handed out so far. */
  #turn = 0

  constructor(tools: DispatchTools) {
    this.#tools = tools
    this.#leases = new LeaseBook(tools.agenda, (slot, now) => this.#close(slot, { class: 'aborted' }, undefined, now))
  }

  /** Picks a key and reserves it, or says why not. The only place where leases begin; `now` in mono ms, as everywhere here, `since` when the caller came. */
  attempt(pool: Pool, query: LeaseQuery, now: number, since: number): Settled | Wait {
    const exclude = query.exclude && query.exclude.size > 0 ? query.exclude : null
    const asked = this.#try(pool, query.model, 0, query, exclude, now)
    if (asked.kind === 'lease') return asked
    const best = mayFallBack(pool, query, asked, since) ? this.#fallBack(pool, query, asked, now) : asked
    // What keeps a call from keys that are not for it says nothing about those behind it.
    return best.kind === 'wait' && best.scope === 'model' && isParticular(pool, query) ? { ...best, scope: 'call' } : best
  }

  /** Picks a key to set aside: the least recently used of those that are ready. */
  chooseForReservation(
    pool: Pool,
    query: Pick<LeaseQuery, 'model' | 'exclude'>,
    now: number,
  ): { kind: 'key'; key: KeyState } | Exclude<Settled, { kind: 'lease' }> | Wait {
    if (pool.members.size === 0) return exhausted('no-keys', null)
    const exclude = query.exclude && query.exclude.size > 0 ? query.exclude : null
    const ask = this.#askFor(pool, query.model ?? '', {}, null, now)
    const rank = pool.ranks.of('reservations', ask.model)
    const entry = rank.pick(ask, exclude)
    if (!entry) return refuse(rank.outlook(ask, exclude), now)
    const key = entry.key as KeyState
    this.#count(key, now)
    rank.taken(entry)
    return { kind: 'key', key }
  }

  /** The first byte of the answer has come: the call counts as arrived, and the lease lives as long as the stream. */
  touch(lease: Lease, now: number): void {
    const slot = this.#leases.find(lease)
    if (!slot) return
    this.#leases.extend(slot, now)
    if (slot.arrivedAt >= 0) return
    if (slot.windowed) slot.key.window?.settle(now)
    arrive(slot, now)
    for (const cell of slot.cells) if (cell.probe === slot.id) this.#tools.marks.answered(cell, now)
    this.#drain(slot.pool, this.#wakeOthers(slot), now)
  }

  /** What the answer's head said about limits. */
  learn(lease: Lease, readings: readonly LimitReading[], now: number): void {
    const slot = this.#leases.find(lease)
    if (!slot?.bucket.present) return
    const { cells, marks } = this.#tools
    const { key, bucket, pool, model } = slot
    const { news, unavailable } = learnReadings(cells, slot, readings, now)
    this.enrol(news, now)
    if (unavailable) {
      const outcome: Outcome = { class: 'model-unavailable', message: 'its limit for this model is 0' }
      marks.apply(key, bucket, model, outcome, { since: now, now, rules: pool.rules })
    }
  }

  /** Ends a lease that is still out; a late or second report finds none. */
  report(lease: Lease, outcome: Outcome, used: Partial<Cost> | undefined, now: number): void {
    const slot = this.#leases.known(lease)
    if (slot) this.#close(slot, outcome, used, now)
  }

  /** Ends a lease whose call was never sent: it counts nowhere, and says nothing of anybody. */
  cancel(lease: Lease, now: number): void {
    const slot = this.#leases.known(lease)
    if (!slot) return
    if (slot.arrivedAt >= 0) return this.#close(slot, { class: 'aborted' }, undefined, now)
    const { key, bucket, pool, model, since } = slot
    if (slot.windowed) key.window?.cancel()
    undo(slot, now)
    this.#leaveCells(slot)
    const verdict = { leaseId: slot.id, model, key, bucket, proven: key.proven, mark: null, since, now }
    this.#free(slot, this.#tools.upstreams.ended(pool, { ...verdict, outcome: 'aborted' }), now)
  }

  /** The key or bucket has become better in some way: every rank looks at it again, and those who wait. */
  revive(owner: Owner, now: number): void {
    const pools = new Set<PoolState>()
    if (owner.scope === 'key') {
      for (const { pool } of owner.members) pools.add(pool)
      for (const pool of pools) pool.revive(owner)
    } else {
      for (const { pool } of owner.shares) pools.add(pool)
      for (const pool of pools) pool.reviveBucket(owner)
    }
    this.#wakeHeld(owner, pools)
    for (const pool of pools) pool.drain(now)
  }

  /** Limits are new in these cells: the calls under way in them count, too. */
  enrol(cells: readonly Cell[], now: number): void {
    const busy = cells.filter(({ inFlight }) => inFlight > 0)
    if (busy.length === 0) return
    for (const slot of this.#leases.out()) {
      for (const cell of busy) if (slot.cells.includes(cell)) enterLate(slot, cell, now)
    }
  }

  /** Limits of this key or bucket are new: its calls under way count, too. */
  enrolCalls(owner: Owner, now: number): void {
    const { cells } = this.#tools
    for (const slot of this.#callsOf(owner)) {
      for (const model of slot.model === '' ? [''] : ['', slot.model]) join(slot, cells.limited(owner, model), now)
    }
  }

  /** The key has another bucket after `move`: its calls under way count there; their reports also go to the cells they began in. */
  moveCalls(key: KeyState, now: number, move: () => void): void {
    const { cells } = this.#tools
    const slots = [...this.#callsOf(key)]
    for (const slot of slots) for (const cell of slot.cells) if (cell.owner === key.bucket) leave(slot, cell, now)
    move()
    for (const slot of slots) {
      if (slot.model !== '') join(slot, cells.limited(key.bucket, ''), now)
      join(slot, cells.counted(key.bucket, slot.model), now)
    }
  }

  *#callsOf(owner: Owner): Iterable<Slot> {
    const keys = owner.scope === 'key' ? [owner] : owner.keys
    if (keys.every(({ inFlight }) => inFlight === 0)) return
    for (const slot of this.#leases.out()) if ((owner.scope === 'key' ? slot.key : slot.key.bucket) === owner) yield slot
  }

  #try(
    pool: Pool,
    model: string | undefined,
    step: number,
    query: LeaseQuery,
    exclude: ReadonlySet<string> | null,
    now: number,
  ): Settled | Wait {
    if (pool.members.size === 0) return exhausted('no-keys', null)
    const { gate, reservations, upstreams } = this.#tools
    const closed = upstreams.closedUntil(pool, model ?? '', now)
    if (closed !== 0) return upstreamDown(closed)
    const hold = query.reservation === undefined ? null : (reservations.get(query.reservation) ?? null)
    const ask = this.#askFor(pool, model ?? '', query, hold, now)
    const rank = pool.ranks.of(query.lane ?? 'interactive', ask.model)
    const { concurrency } = pool.rules
    if (concurrency > 0 && pool.inFlight >= concurrency) return refuseFull(rank.outlook(ask, exclude), now)
    let chosenBy: Lease['chosenBy'] = pool.rules.strategy
    let entry: Entry | undefined
    if (query.reservation !== undefined) {
      if (!hold || !rank.has(hold.key)) return exhausted('none-usable', null)
      if (exclude?.has(hold.key.id)) return exhausted('all-tried', null)
      entry = rank.claim(hold.key, ask)
      if (!entry) return refuseClaim(gate, now)
      chosenBy = 'reservation'
    } else {
      entry = sessionEntry(pool, rank, query, ask, exclude)
      if (entry) chosenBy = 'session'
      entry ??= rank.pick(ask, exclude)
      if (!entry) return refuse(rank.outlook(ask, exclude), now)
    }
    const id = this.#grant(pool, rank, entry, ask)
    const key = entry.key as KeyState
    if (query.session !== undefined && pool.rules.strategy === 'sticky') pool.sessions.stay(query.session, key)
    return { kind: 'lease', lease: { id, keyId: key.id, pool: pool.slug, model, chosenBy, step } }
  }

  /** The first step of the chain with a ready key; else the best that can be said of all of them. */
  #fallBack(pool: Pool, query: LeaseQuery, asked: Exclude<Settled, { kind: 'lease' }> | Wait, now: number): Settled | Wait {
    let best = asked
    const chain = chainOf({ pool: pool.slug, model: query.model ?? '' }, this.#tools.rulesOf)
    for (const [at, step] of chain.entries()) {
      if (at === 0 || (step.pool !== pool.slug && query.fallbackPools && !query.fallbackPools.has(step.pool))) continue
      const other = this.#tools.pool(step.pool)
      if (!other) continue
      const result = this.#try(other, step.model, at, query, this.#triedAt(step.model, query, now), now)
      if (result.kind === 'lease') return result
      best = combine(best, result)
    }
    return best
  }

  /** A key that was tried for the model that was asked for, and is out for that model alone, has not been tried for this one. */
  #triedAt(model: string, query: LeaseQuery, now: number): ReadonlySet<string> | null {
    if (!query.exclude || query.exclude.size === 0) return null
    const { cells } = this.#tools
    const asked = query.model ?? ''
    const tried = new Set(query.exclude)
    for (const id of query.exclude) {
      const key = this.#tools.key(id)
      if (!key || model === asked) continue
      const isOut = [cells.find(key.bucket, asked), cells.find(key, asked)].some((cell) => cell?.mark && cell.mark.until > now)
      if (isOut) tried.delete(id)
    }
    return tried
  }

  #askFor(pool: Pool, model: string, query: Pick<LeaseQuery, 'cost' | 'lane'>, hold: Hold | null, now: number): Ask {
    const ask = this.#ask
    const { cost } = query
    ask.model = model
    ask.input = cost?.input ?? 0
    ask.output = cost?.output ?? 0
    ask.nanos = cost?.nanos ?? 0
    ask.reserve = query.lane === 'background' ? pool.rules.interactiveReserve : 0
    ask.hold = hold
    ask.now = now
    return ask
  }

  #grant(pool: Pool, rank: Rank, entry: Entry, ask: Ask): number {
    const { cells, reservations, upstreams } = this.#tools
    const { now, model } = ask
    const key = entry.key as KeyState
    if (pool.rules.rateLimit > 0) key.window ??= new CallWindow()
    key.window?.open()
    if (ask.hold) reservations.began(ask.hold)
    key.inFlight++
    pool.inFlight++
    this.#count(key, now)
    const slot = this.#leases.open(pool, key, model, now)
    slot.input = ask.input
    slot.output = ask.output
    slot.nanos = ask.nanos
    slot.hold = ask.hold?.id ?? 0
    const { bucket } = key
    if (model !== '' && bucket.whole !== null) enter(slot, bucket.whole, ask.reserve, now)
    enter(slot, cells.counted(bucket, model), ask.reserve, now)
    if (key.whole !== null) enter(slot, key.whole, ask.reserve, now)
    const own = model === '' ? undefined : key.models?.get(model)
    if (own) enter(slot, own, ask.reserve, now)
    for (const cell of slot.cells) {
      cells.soil(cell)
      if (cell.mark !== null && cell.mark.until <= now) cell.probe = slot.id
    }
    upstreams.opened(pool, model, slot.id)
    rank.taken(entry)
    return slot.id
  }

  /** It was handed out: strategies look at this. */
  #count(key: KeyState, now: number): void {
    key.uses++
    key.turn = ++this.#turn
    key.usedAt = now
    key.bucket.uses++
    key.bucket.turn = this.#turn
  }

  #close(slot: Slot, outcome: Outcome, used: Partial<Cost> | undefined, now: number): void {
    if (slot.windowed && slot.arrivedAt < 0) slot.key.window?.settle(now)
    finish(slot, outcome.class, used, now)
    this.#leaveCells(slot)
    const news = this.#judge(slot, outcome, now)
    // An upstream that says how long to wait need not be measured.
    if (outcome.class === 'rate-short' && !(outcome.holdMs && outcome.holdMs > 0)) this.#infer(slot, now)
    this.#free(slot, news, now)
  }

  #leaveCells(slot: Slot): void {
    for (const cell of slot.cells) {
      cell.inFlight--
      this.#tools.cells.soil(cell)
      if (cell.probe !== slot.id) continue
      cell.probe = -1
      this.#tools.marks.unanswered(cell)
    }
  }

  /** Gives back the place that the call had; `news` = there is some of its upstream. */
  #free(slot: Slot, news: boolean, now: number): void {
    const { key, bucket, pool, hold } = slot
    this.#tools.health.spent(key, now)
    this.#tools.health.spent(bucket, now)
    const others = this.#wakeOthers(slot)
    this.#leases.close(slot)
    key.inFlight--
    pool.inFlight--
    if (hold > 0) this.#tools.reservations.ended(hold)
    this.#tools.released(pool)
    this.#drain(pool, others, now)
    if (news) this.upstreamChanged(pool, now)
  }

  /** Those who wait for the upstream of this pool look again. */
  upstreamChanged(pool: PoolState, now: number): void {
    const name = nameOf(pool)
    for (const other of this.#tools.pools()) if (nameOf(other) === name) other.drain(now)
  }

  /** What the outcome says about key, bucket and upstream. True = there is news of the upstream. */
  #judge(slot: Slot, outcome: Outcome, now: number): boolean {
    const { key, bucket, pool, model, since, cells } = slot
    const { marks, health, upstreams } = this.#tools
    const { proven } = key
    let mark = null
    if (outcome.class === 'ok') {
      marks.succeeded(cells, since, now)
      // One may have been made, with a mark from another bucket, while the call was under way.
      for (const { owner } of cells) if (owner.whole?.mark) marks.succeeded([owner.whole], since, now)
      measure(key, slot, now)
      measure(bucket, slot, now)
      if (!proven && key.present) {
        key.proven = true
        health.changed(key)
      }
    } else mark = marks.apply(key, bucket, model, outcome, { since, now, rules: pool.rules })
    return upstreams.ended(pool, { leaseId: slot.id, model, outcome: outcome.class, bucket, proven, mark, since, now })
  }

  /** A short rate limit where none is known: what was counted until now is what there is. */
  #infer(slot: Slot, now: number): void {
    const { bucket, model, pool } = slot
    const { inferAfter, rateLimit } = pool.rules
    if (inferAfter === 0 || rateLimit > 0) return
    const cell = this.#tools.cells.find(bucket, model)
    if (!cell || !slot.cells.includes(cell)) return
    const meter = cell.meters.find(({ unit, source }) => unit === 'requests' && source === 'inferred')
    const isKnown = cell.meters.some(
      ({ unit, window, source }) => unit === 'requests' && source !== 'inferred' && window !== 'forever' && 'slideMs' in window,
    )
    if (!meter || isKnown) return
    if ((cell.mark?.strikes ?? 0) < inferAfter) return
    meter.infer(now)
    this.#tools.cells.changed(cell)
  }

  /** Whoever waited for the call's key, or for a bucket that it was in (its key may have moved, and more than once), is looked at again. */
  #wakeOthers(slot: Slot): Set<PoolState> | null {
    let pools = this.#wakeHeld(slot.key, null)
    for (const { owner } of slot.cells) pools = this.#wakeHeld(owner, pools)
    return pools
  }

  #drain(pool: PoolState, others: Set<PoolState> | null, now: number): void {
    pool.drain(now)
    for (const other of others ?? []) if (other !== pool) other.drain(now)
  }

  /** Puts the entries that waited for one of its calls back in order, and adds their pools. */
  #wakeHeld(owner: Owner, pools: Set<PoolState> | null): Set<PoolState> | null {
    let all = pools
    for (let entry = owner.held?.at(-1); entry; entry = owner.held?.at(-1)) {
      all ??= new Set()
      all.add(entry.rank.pool)
      entry.rank.unpark(entry)
    }
    return all
  }
}

function sessionEntry(
  pool: Pool,
  rank: Rank,
  query: LeaseQuery,
  ask: Ask,
  exclude: ReadonlySet<string> | null,
): Entry | undefined {
  if (query.session === undefined || pool.rules.strategy !== 'sticky') return undefined
  const key = pool.sessions.of(query.session)
  return key && !exclude?.has(key.id) ? rank.claim(key, ask) : undefined
}

/** Waiting only for a call under way to end is no reason to. */
function mayFallBack(pool: Pool, query: LeaseQuery, asked: Settled | Wait, since: number): boolean {
  const { fallback, fallbackAfterMs } = pool.rules
  if (fallback.length === 0 || query.fallback === false || query.model === undefined || query.reservation !== undefined)
    return false
  if (asked.kind !== 'wait') return true
  return asked.wakeAt !== null && !asked.onlyBusy && asked.wakeAt - since > fallbackAfterMs
}

/** It cannot have every key or every way out that others of its model may have. */
function isParticular({ rules }: Pool, query: LeaseQuery): boolean {
  if ((query.exclude?.size ?? 0) > 0 || query.reservation !== undefined) return true
  return rules.fallback.length > 0 && (query.fallback === false || query.fallbackPools !== undefined)
}

function measure(owner: Owner, slot: Slot, now: number): void {
  const ms = (slot.arrivedAt < 0 ? now : slot.arrivedAt) - slot.since
  owner.latency = owner.latency < 0 ? ms : owner.latency + (ms - owner.latency) * LATENCY_STEP
}
