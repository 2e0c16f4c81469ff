/** Whether a key or bucket may take a call now, and if not, until when. It changes nothing but its own answer. */
import type { CellBook } from './cells.ts'
import type { Meter } from './meter.ts'
import type { Cell, Hold, KeyState, Owner } from './state.ts'
import type { Clock, Cost, PoolRules, Unit } from './types.ts'

/** No passing of time makes it ready. */
export const OUT = Number.POSITIVE_INFINITY

/** What a call asks of the key that it gets. */
export interface Ask extends Cost {
  model: string
  /** Part of every window that is not for it. */
  reserve: number
  /** The key was set aside for it. */
  hold: Hold | null
  /** Mono ms. */
  now: number
}

/** How much of a limit in `unit` the cost takes; every call is one request. */
export function amountOf(unit: Unit, cost: Cost): number {
  switch (unit) {
    case 'requests':
      return 1
    case 'input':
      return cost.input
    case 'output':
      return cost.output
    case 'total':
      return cost.input + cost.output
    case 'nanos':
      return cost.nanos
  }
}

export class Gate {
  /** After a refusal: mono ms after `now`; 0 = no time is known, OUT = never by itself. */
  until = 0
  /** After a refusal: the end of a call under way may change it. */
  busy = false
  /** After a refusal: whose calls may change it; also where that is not worth waiting for. */
  holder: Owner | null = null
  /** After a refusal: a smaller call would be taken. */
  sized = false

  readonly #cells: CellBook
  readonly #clock: Clock
  #sizedUntil = 0
  #sizedBusy = false
  /** A limit that is used up for ever may turn out not to be, by what a call under way gives back. */
  #regained: Owner | null = null

  constructor(cells: CellBook, clock: Clock) {
    this.#cells = cells
    this.#clock = clock
  }

  /** True = the bucket and its only key may take the call. */
  admitsAlone(key: KeyState, rules: PoolRules, ask: Ask): boolean {
    this.#open()
    this.#lookAtOwner(key.bucket, ask)
    this.#lookAtKey(key, rules, ask)
    return this.#conclude(ask.now)
  }

  /** True = the bucket may take the call, whichever of its keys makes it. */
  admitsBucket(bucket: Owner, ask: Ask): boolean {
    this.#open()
    this.#lookAtOwner(bucket, ask)
    return this.#conclude(ask.now)
  }

  /** True = the key may take the call, if its bucket may. */
  admitsKey(key: KeyState, rules: PoolRules, ask: Ask): boolean {
    this.#open()
    this.#lookAtKey(key, rules, ask)
    return this.#conclude(ask.now)
  }

  #open(): void {
    this.until = 0
    this.busy = false
    this.holder = null
    this.sized = false
    this.#sizedUntil = 0
    this.#sizedBusy = false
    this.#regained = null
  }

  /** What a smaller call would be refused for as well comes first. */
  #conclude(now: number): boolean {
    if (this.#sizedUntil === OUT && this.until !== OUT) {
      this.sized = true
      this.until = OUT
      return false
    }
    if (this.until > now || this.busy) {
      if (this.until <= now) this.until = 0
      // What never comes back by itself need not be asked after each call.
      if (this.until === OUT) {
        this.busy = false
        this.holder = this.#regained
      } else if (!this.busy) this.holder = null
      return false
    }
    if (this.#sizedUntil === 0 && !this.#sizedBusy) return true
    this.sized = true
    this.busy = this.#sizedBusy
    if (!this.busy) this.holder = null
    this.until = this.#sizedUntil
    return false
  }

  #lookAtKey(key: KeyState, rules: PoolRules, ask: Ask): void {
    if (!key.enabled || isExpired(key, this.#clock)) this.until = OUT
    if (key.reserved !== null && key.reserved !== ask.hold) this.until = Math.max(this.until, key.reserved.until)
    // A key set aside without being exclusive counts as one call, which is this one.
    const own = ask.hold !== null && !ask.hold.exclusive && ask.hold.calls === 0 ? 1 : 0
    if (rules.keyConcurrency > 0 && key.inFlight - own >= rules.keyConcurrency) this.#hold(key)
    if (rules.rateLimit > 0 && key.window !== null) {
      const freeAt = key.window.freeAt(rules.rateLimit, rules.rateIntervalMs, ask.now)
      if (freeAt < 0) this.#hold(key)
      else if (freeAt > this.until) this.until = freeAt
    }
    this.#lookAtOwner(key, ask)
  }

  #lookAtOwner(owner: Owner, ask: Ask): void {
    const whole = this.#cells.limited(owner, '')
    if (whole !== null) this.#lookAtCell(whole, ask)
    if (ask.model === '') return
    const cell = this.#cells.limited(owner, ask.model)
    if (cell !== null) this.#lookAtCell(cell, ask)
  }

  #lookAtCell(cell: Cell, ask: Ask): void {
    const { mark, meters, owner } = cell
    if (mark !== null) {
      if (mark.until > ask.now) this.until = Math.max(this.until, mark.until)
      else if (cell.probe >= 0) this.#hold(owner)
    }
    for (const meter of meters) this.#lookAtMeter(meter, cell, ask)
  }

  #lookAtMeter(meter: Meter, cell: Cell, ask: Ask): void {
    const { unit } = meter
    // A full window refuses also what brings no estimate.
    const cost = Math.max(1, amountOf(unit, ask))
    const freeAt = meter.freeAt(cost, ask.reserve, ask.now)
    if (freeAt === 0) return
    const forOne = cost > 1 ? meter.freeAt(1, ask.reserve, ask.now) : freeAt
    // A call under way may end with less than was reserved for it, or its answer announce more room.
    const early = cell.inFlight > 0 && (unit !== 'requests' || meter.source !== 'set')
    if (freeAt === OUT && forOne !== OUT) this.#sizedUntil = OUT
    if (forOne === 0) {
      if (freeAt < 0 || (early && freeAt !== OUT)) this.#sizedBusy = true
      if (freeAt > this.#sizedUntil) this.#sizedUntil = freeAt
      this.holder ??= cell.owner
    } else {
      if (forOne < 0 || early) this.#hold(cell.owner)
      if (forOne === OUT && early) this.#regained = cell.owner
      if (forOne > this.until) this.until = forOne
    }
  }

  #hold(owner: Owner): void {
    this.busy = true
    // A bucket's calls are those of all its keys: whoever waits for it hears of each.
    if (this.holder === null || owner.scope === 'bucket') this.holder = owner
  }
}

export function isExpired(key: KeyState, clock: Clock): boolean {
  return key.expiresAt !== null && key.expiresAt <= clock.now()
}
