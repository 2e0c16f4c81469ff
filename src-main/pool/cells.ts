/** Cells: made when something is first to be known of a key or bucket × model, and given back when they say nothing any more. */
import { type Agenda, agendaItem } from './agenda.ts'
import { fits, limitsFor, NO_LIMITS, placeOf } from './limit-lookup.ts'
import { LinkedList } from './linked-list.ts'
import type { Meter } from './meter.ts'
import type { Cell, Owner } from './state.ts'
import type { Clock, Limit, Limits, MeterView } from './types.ts'

/** A client may invent model names; more cells than this an owner do not pile up, as far as no call is under way in them. */
const MODELS_PER_OWNER = 256
/** Cells are looked through for idle ones so often, so many at a time. */
const SWEEP_MS = 60_000
const SWEEP_CELLS = 1000
/** What a refusal without a known limit is measured by. */
const COUNTED: Limit = { unit: 'requests', window: { slideMs: 60_000 }, amount: Number.POSITIVE_INFINITY }

const NO_METERS: readonly Meter[] = []

interface CellTools {
  clock: Clock
  agenda: Agenda
  meter(limit: Limit, source: MeterView['source']): Meter
  /** A meter that the store may know is there no more. */
  forgotten(cell: Cell, meter: Meter): void
  /** Ends the mark of a cell that has to go. */
  unmark(cell: Cell): void
}

export class CellBook {
  readonly #tools: CellTools
  readonly #all = new LinkedList<Cell>()
  readonly #sweep = agendaItem((now) => this.#drop(now))
  /** How many cells make a model distinct, and how many owners have limits by a name or `prefix*`. */
  readonly #distinct = new Map<string, number>()
  readonly #patterns = new Map<string, number>()
  #dirty: Cell[] = []

  constructor(tools: CellTools) {
    this.#tools = tools
  }

  /** Whether any key or bucket has a mark or limit for this model alone, so that it needs an order of its own. */
  isDistinct(model: string): boolean {
    if (model === '') return false
    if (this.#distinct.has(model)) return true
    if (this.#patterns.size === 0) return false
    if (this.#patterns.has(model)) return true
    for (const pattern of this.#patterns.keys()) if (fits(pattern, model)) return true
    return false
  }

  find(owner: Owner, model: string): Cell | null {
    return model === '' ? owner.whole : (owner.models?.get(model) ?? null)
  }

  of(owner: Owner, model: string): Cell {
    return this.find(owner, model) ?? this.#create(owner, model)
  }

  /** The cell if there is one, or if limits were set for it; null = nothing is known or set. */
  limited(owner: Owner, model: string): Cell | null {
    const cell = this.find(owner, model)
    if (cell !== null || owner.limits === NO_LIMITS) return cell
    return limitsFor(owner.limits, model).length > 0 ? this.#create(owner, model) : null
  }

  /** A cell in which calls are counted even when no limit is known, so that a refusal can be measured. */
  counted(owner: Owner, model: string): Cell {
    const cell = this.find(owner, model) ?? this.#create(owner, model)
    if (cell.meters.length === 0) this.add(cell, COUNTED, 'inferred')
    return cell
  }

  /** Adds a meter for a limit that was not set but learned. */
  add(cell: Cell, limit: Limit, source: MeterView['source']): Meter {
    const meter = this.#tools.meter(limit, source)
    this.#equip(cell, [...cell.meters, meter])
    return meter
  }

  remove(cell: Cell, meter: Meter): void {
    this.#tools.forgotten(cell, meter)
    this.#equip(
      cell,
      cell.meters.filter((one) => one !== meter),
    )
  }

  /** Forgets what upstreams said or showed about its limits; those that were set, and what they counted, stay. */
  unlearn(owner: Owner): void {
    for (const cell of cellsOf(owner)) {
      for (const meter of cell.meters) if (meter.source !== 'set') this.remove(cell, meter)
    }
  }

  /** Other limits: what was counted under one that stays, goes on. */
  relimit(owner: Owner, limits: Limits): void {
    this.#count(owner.limits, -1)
    owner.limits = Object.keys(limits).length > 0 ? limits : NO_LIMITS
    this.#count(owner.limits, 1)
    for (const cell of cellsOf(owner)) this.#setLimits(cell)
  }

  /** To be called whenever a mark was given or ended, or a limit learned. */
  changed(cell: Cell): void {
    // An announcement may name what is left, and no limit.
    const isLimited = cell.meters.some(({ limit, source }) => source === 'announced' || Number.isFinite(limit))
    const distinct = cell.model !== '' && (cell.mark !== null || isLimited)
    if (distinct === cell.distinct) return
    cell.distinct = distinct
    step(this.#distinct, cell.model, distinct ? 1 : -1)
  }

  /** What it counts has changed since the store was told. */
  soil(cell: Cell): void {
    if (cell.dirty) return
    cell.dirty = true
    this.#dirty.push(cell)
  }

  takeDirty(): readonly Cell[] {
    const taken = this.#dirty
    this.#dirty = []
    for (const cell of taken) cell.dirty = false
    return taken
  }

  /** The owner is gone. */
  discard(owner: Owner): void {
    this.#count(owner.limits, -1)
    owner.limits = NO_LIMITS
    for (const cell of cellsOf(owner)) this.#forget(cell)
  }

  #create(owner: Owner, model: string): Cell {
    const cell: Cell = {
      owner,
      model,
      mark: null,
      meters: NO_METERS,
      inFlight: 0,
      probe: -1,
      dirty: false,
      distinct: false,
      quota: false,
      prev: null,
      next: null,
    }
    if (model === '') owner.whole = cell
    else {
      owner.models ??= new Map()
      if (owner.models.size >= MODELS_PER_OWNER) this.#makeRoom(owner)
      owner.models.set(model, cell)
    }
    this.#all.push(cell)
    if (this.#sweep.at < 0) this.#tools.agenda.schedule(this.#sweep, this.#tools.clock.mono() + SWEEP_MS)
    this.#setLimits(cell)
    return cell
  }

  /** Brings the set meters in line with the owner's limits. */
  #setLimits(cell: Cell): void {
    const old = new Map(cell.meters.filter(({ source }) => source === 'set').map((meter) => [placeOf(meter), meter]))
    const wanted = smallestOfEach(limitsFor(cell.owner.limits, cell.model))
    if (old.size === 0 && wanted.length === 0) return
    const set = wanted.map((limit) => {
      const meter = old.get(placeOf(limit)) ?? this.#tools.meter(limit, 'set')
      meter.limit = limit.amount
      old.delete(placeOf(limit))
      return meter
    })
    for (const gone of old.values()) this.#tools.forgotten(cell, gone)
    this.#equip(cell, [...set, ...cell.meters.filter(({ source }) => source !== 'set')])
    this.soil(cell)
  }

  #equip(cell: Cell, meters: readonly Meter[]): void {
    cell.meters = meters
    cell.quota = cell.model === '' && meters.some(({ window }) => window === 'forever' || 'calendar' in window)
    this.changed(cell)
  }

  /** Those without marks and limits of their own go first. */
  #makeRoom(owner: Owner): void {
    const cells = [...(owner.models?.values() ?? [])].filter((cell) => cell.inFlight === 0)
    const plain = cells.find((cell) => cell.mark === null && !Object.hasOwn(owner.limits, cell.model))
    const gone = plain ?? cells.find((cell) => cell.mark === null) ?? cells[0]
    if (gone) this.#forget(gone)
  }

  #forget(cell: Cell): void {
    if (cell.mark !== null) this.#tools.unmark(cell)
    for (const meter of cell.meters) this.#tools.forgotten(cell, meter)
    this.#equip(cell, NO_METERS)
    this.#all.remove(cell)
    const { owner } = cell
    if (cell.model === '') owner.whole = null
    else owner.models?.delete(cell.model)
    if (owner.models?.size === 0) owner.models = null
  }

  /** Some at a time, in turn, so that no call waits for it. */
  #drop(now: number): void {
    for (let left = Math.min(SWEEP_CELLS, this.#all.size); left > 0; left--) {
      const cell = this.#all.head as Cell
      if (isIdle(cell, now)) this.#forget(cell)
      else {
        this.#all.remove(cell)
        this.#all.push(cell)
      }
    }
    if (this.#all.size > 0) this.#tools.agenda.schedule(this.#sweep, now + SWEEP_MS)
  }

  #count(limits: Limits, by: 1 | -1): void {
    if (limits === NO_LIMITS) return
    for (const pattern of Object.keys(limits)) if (pattern !== '') step(this.#patterns, pattern, by)
  }
}

export function cellsOf(owner: Owner): Cell[] {
  const models = owner.models === null ? [] : [...owner.models.values()]
  return owner.whole === null ? models : [owner.whole, ...models]
}

function isIdle(cell: Cell, now: number): boolean {
  return cell.mark === null && cell.inFlight === 0 && !cell.dirty && cell.meters.every((meter) => meter.idle(now))
}

function smallestOfEach(limits: readonly Limit[]): Limit[] {
  if (limits.length < 2) return [...limits]
  const byPlace = new Map<string, Limit>()
  for (const limit of limits) {
    const other = byPlace.get(placeOf(limit))
    if (!other || limit.amount < other.amount) byPlace.set(placeOf(limit), limit)
  }
  return [...byPlace.values()]
}

function step(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by
  if (count > 0) counts.set(name, count)
  else counts.delete(name)
}
