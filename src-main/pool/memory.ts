/** What must outlive a restart: counters and learned limits for the store, and back again. */
import type { CellBook } from './cells.ts'
import { placeOf } from './limit-lookup.ts'
import type { Meter } from './meter.ts'
import type { Cell, Owner } from './state.ts'
import type { Clock, MeterName, StoredMeter } from './types.ts'
import { nameOf, windowNamed } from './window-name.ts'

/** Stores hold no Infinity. */
const UNKNOWN = -1

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
      // One that was discarded meanwhile has none.
      for (const meter of cell.meters) {
        const name = nameFor(cell, meter)
        const text = textOf(name)
        const stored = meter.stored(now, wall)
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

  /** Brings a counter back; a learned limit is made anew, one that was set must be set. */
  restore(cells: CellBook, owner: Owner, row: StoredMeter): void {
    const { unit, source } = row
    const window = windowNamed(row.window.slice(row.window.indexOf(' ') + 1))
    if (!window) return
    const stored = row.limit === UNKNOWN ? { ...row, limit: Number.POSITIVE_INFINITY } : row
    const now = this.#clock.mono()
    const cell = cells.of(owner, stored.model)
    const place = placeOf({ unit, window })
    const known = cell.meters.find((meter) => meter.source === source && placeOf(meter) === place)
    const meter = known ?? (source === 'set' ? null : cells.add(cell, { unit, window, amount: stored.limit }, source))
    meter?.restore(stored, now, this.#clock.now() - now)
    cells.changed(cell)
    const name = nameFor(cell, { unit, window, source })
    const isSame = meter !== null && name.window === row.window
    if (isSame) this.#kept.set(textOf(name), name)
    // Of no use any more: its limit was taken away while nothing ran.
    else this.#gone.set(textOf(row), nameOfRow(row))
  }
}

/** Meters of one unit and window but different sources are rows of their own. */
function nameFor({ owner, model }: Cell, { unit, window, source }: Pick<Meter, 'unit' | 'window' | 'source'>): MeterName {
  const text = source === 'set' ? nameOf(window) : `${source} ${nameOf(window)}`
  return { scope: owner.scope, owner: owner.id, model, unit, window: text }
}

function nameOfRow({ scope, owner, model, unit, window }: MeterName): MeterName {
  return { scope, owner, model, unit, window }
}

function textOf({ scope, owner, model, unit, window }: MeterName): string {
  return JSON.stringify([scope, owner, model, unit, window])
}
