/** Limits as answers announce them: each becomes a meter beside those that were set. */
import type { CellBook } from './cells.ts'
import { enterLate } from './charge.ts'
import type { Slot } from './leases.ts'
import { isSamePlace } from './limit-lookup.ts'
import { amountOf } from './readiness.ts'
import type { Cell } from './state.ts'
import type { LimitReading } from './types.ts'

/** Takes in what the answer to a call said. Gives back the cells that have a meter that is new, and whether the model is not to be had at all. */
export function learnReadings(
  cells: CellBook,
  slot: Slot,
  readings: readonly LimitReading[],
  now: number,
): { news: Cell[]; unavailable: boolean } {
  const news = new Set<Cell>()
  let unavailable = false
  for (const given of readings) {
    const reading = known(given, slot.pool.rules.hintMaxMs)
    if (reading === null) continue
    if (reading.limit === 0) {
      unavailable = true
      continue
    }
    const cell = cells.of(slot.bucket, reading.scope === 'model' ? slot.model : '')
    if (announce(cells, cell, slot, reading, now)) news.add(cell)
  }
  return { news: [...news], unavailable }
}

/** True = the cell has a new meter. */
function announce(cells: CellBook, cell: Cell, slot: Slot, reading: LimitReading, now: number): boolean {
  const old = cell.meters.find((meter) => meter.source === 'announced' && isSamePlace(meter, reading))
  if (!old && reading.limit === null && reading.remaining === null) return false
  const amount = reading.limit ?? Number.POSITIVE_INFINITY
  const meter = old ?? cells.add(cell, { unit: reading.unit, window: reading.window, amount }, 'announced')
  // It was counted there already, and is not to be counted once more when it ends.
  if (!old && slot.cells.includes(cell)) enterLate(slot, cell, now)
  meter.announce(reading, now, slot.since, slot.meters.includes(meter) ? amountOf(meter.unit, slot) : 0)
  // What was only found out by refusals gives way to what is known.
  const guess = cell.meters.find(({ unit, source }) => unit === 'requests' && source === 'inferred')
  if (guess && reading.unit === 'requests' && reading.limit !== null) cells.remove(cell, guess)
  cells.changed(cell)
  cells.soil(cell)
  return !old
}

/**
 * Negative and absurd figures mean that the answer does not say; null = nothing is left of it. One answer must not put an
 * account away for a year: what is said to last longer than `maxMs` is asked again then.
 */
function known(reading: LimitReading, maxMs: number): LimitReading | null {
  const [limit, remaining, resetMs] = [sane(reading.limit), sane(reading.remaining), sane(reading.resetMs)]
  if (limit === null && remaining === null) return null
  // Cut short, what flows back evenly would seem to flow faster.
  if (resetMs !== null && resetMs > maxMs) return { ...reading, limit, remaining, resetMs: maxMs, refills: false }
  return { ...reading, limit, remaining, resetMs }
}

function sane(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null
}
