/** What must outlive a restart: counters and learned limits for the store, and back again. */
import type { CellBook } from './cells.ts'
import { placeOf } from './limit-lookup.ts'
import type { Meter } from './meter.ts'
import type { Cell, Owner } from './state.ts'
import type { Clock, MeterName, StoredMeter } from './types.ts'
import { nameOf, windowNamed } from './window-name.ts'

/** Stores hold no Infinity. */
const UNKNOWN = -1

/** A learned limit outranks a set one: only it says more than what was used. */
const weight = { set: 0, inferred: 1, announced: 2 } as const

export class MeterMemory {
  readonly #clock: Clock
  /** Names of the meters that the store holds. */
  readonly #kept = new Map<string, MeterName>()
  readonly #gone = new Map<string, MeterName>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A meter is there no more. */
  forgotten(cell: Cell, meter: Meter): void {
    const name = nameFor(cell, meter)
    const text = textOf(name)
    if (this.#kept.delete(text)) this.#gone.set(text, name)
  }

  /** What changed since the last call. */
  take(cells: CellBook): { meters: StoredMeter[]; goneMeters: MeterName[] } {
    const now = this.#clock.mono()
    const wall = this.#clock.now() - now
    const meters: StoredMeter[] = []
    for (const cell of cells.takeDirty()) {
      // A cell that was discarded meanwhile has none.
      for (const [text, { name, stored }] of this.#rowsOf(cell, now, wall)) {
        if (stored) {
          meters.push({ ...name, ...stored, limit: Number.isFinite(stored.limit) ? stored.limit : UNKNOWN })
          this.#kept.set(text, name)
          this.#gone.delete(text)
        } else if (this.#kept.delete(text)) this.#gone.set(text, name)
      }
    }
    const goneMeters = [...this.#gone.values()]
    this.#gone.clear()
    return { meters, goneMeters }
  }

  /** Brings a counter back into every meter of its unit and window; a learned limit is made anew. */
  restore(cells: CellBook, owner: Owner, row: StoredMeter): void {
    const stored = row.limit === UNKNOWN ? { ...row, limit: Number.POSITIVE_INFINITY } : row
    const window = windowNamed(stored.window)
    if (!window) return
    const now = this.#clock.mono()
    const wall = this.#clock.now() - now
    const cell = cells.of(owner, stored.model)
    const { unit, source } = stored
    const place = placeOf({ unit, window })
    const alike = cell.meters.filter((meter) => placeOf(meter) === place)
    if (source !== 'set' && !alike.some((meter) => meter.source === source)) {
      alike.push(cells.add(cell, { unit, window, amount: stored.limit }, source))
    }
    for (const meter of alike) {
      if (meter.source === source) meter.restore(stored, now, wall)
      else meter.restore({ ...stored, source: meter.source, limit: meter.limit, remaining: null, resetsAt: null }, now, wall)
    }
    cells.changed(cell)
    const name = nameFor(cell, { unit, window })
    if (alike.length > 0) this.#kept.set(textOf(name), name)
    // Of no use any more: its limit was taken away while nothing ran.
    else this.#gone.set(textOf(name), name)
  }

  /** One row for the meters of one unit and window: they count the same calls. */
  #rowsOf(cell: Cell, now: number, wall: number) {
    const rows = new Map<string, { name: MeterName; stored: ReturnType<Meter['stored']> }>()
    for (const meter of cell.meters) {
      const name = nameFor(cell, meter)
      const text = textOf(name)
      const stored = meter.stored(now, wall)
      const other = rows.get(text)?.stored ?? null
      rows.set(text, { name, stored: stored && other ? merged(stored, other) : (stored ?? other) })
    }
    return rows
  }
}

type Stored = NonNullable<ReturnType<Meter['stored']>>

function merged(a: Stored, b: Stored): Stored {
  const [first, second] = weight[a.source] >= weight[b.source] ? [a, b] : [b, a]
  return { ...first, used: Math.max(first.used, second.used) }
}

function nameFor({ owner, model }: Cell, { unit, window }: Pick<Meter, 'unit' | 'window'>): MeterName {
  return { scope: owner.scope, owner: owner.id, model, unit, window: nameOf(window) }
}

function textOf({ scope, owner, model, unit, window }: MeterName): string {
  return JSON.stringify([scope, owner, model, unit, window])
}
