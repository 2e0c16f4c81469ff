/** Takes a call's estimate out of every limit that it falls under, and puts right afterwards what it really used. */
import type { Slot } from './leases.ts'
import type { Meter } from './meter.ts'
import { amountOf } from './readiness.ts'
import type { Cell } from './state.ts'
import type { Cost, OutcomeClass } from './types.ts'

/** Refused by the upstream, or never got there: it costs no tokens and no money. A request it still was. */
const notTaken: ReadonlySet<OutcomeClass> = new Set([
  'rate-short',
  'rate-daily',
  'no-credit',
  'key-invalid',
  'model-unavailable',
  'overloaded',
  'network',
])

/** The call is under way in this cell; `reserve` as its lane was asked for. */
export function enter(slot: Slot, cell: Cell, reserve: number, now: number): void {
  cell.inFlight++
  slot.cells.push(cell)
  for (const meter of cell.meters) {
    meter.open(amountOf(meter.unit, slot), reserve, now)
    slot.meters.push(meter)
  }
}

/** A call that is under way already counts in this cell from now on. */
export function join(slot: Slot, cell: Cell | null, now: number): void {
  if (cell === null) return
  if (!slot.cells.includes(cell)) {
    cell.inFlight++
    slot.cells.push(cell)
  }
  enterLate(slot, cell, now)
}

/** The cell has meters that the call, under way since before, does not know yet. */
export function enterLate(slot: Slot, cell: Cell, now: number): void {
  for (const meter of cell.meters) {
    if (slot.meters.includes(meter)) continue
    const left = slot.arrivedAt < 0 ? amountOf(meter.unit, slot) : leftAfterArrival(meter, slot)
    // What had arrived before the limit was known is none of its business.
    if (left === null) continue
    meter.open(left, 0, now)
    slot.meters.push(meter)
  }
}

/** The call, still under way, counts in this cell no more. */
export function leave(slot: Slot, cell: Cell, now: number): void {
  for (const meter of cell.meters) {
    const at = slot.meters.indexOf(meter)
    if (at < 0) continue
    slot.meters.splice(at, 1)
    const left = slot.arrivedAt < 0 ? amountOf(meter.unit, slot) : leftAfterArrival(meter, slot)
    if (left !== null) meter.settle(left, 0, now)
  }
}

/** The call counts as arrived now: providers count requests and what they hold at that moment. */
export function arrive(slot: Slot, now: number): void {
  slot.arrivedAt = now
  for (const meter of slot.meters) {
    const arrived = meter.unit === 'requests' ? 1 : meter.unit === 'input' || meter.unit === 'total' ? slot.input : 0
    if (arrived > 0) meter.settle(arrived, arrived, now)
  }
}

/** The call was never sent: nothing of it stays. */
export function undo(slot: Slot, now: number): void {
  for (const meter of slot.meters) meter.settle(amountOf(meter.unit, slot), 0, now)
}

/** The call has ended; `used` absent = the estimate stands, or nothing when the upstream did not take it. */
export function finish(slot: Slot, outcome: OutcomeClass, used: Partial<Cost> | undefined, now: number): void {
  const estimate: Cost = notTaken.has(outcome) ? { input: 0, output: 0, nanos: 0 } : slot
  const input = used?.input ?? estimate.input
  const output = used?.output ?? estimate.output
  const nanos = used?.nanos ?? estimate.nanos
  const arrived = slot.arrivedAt >= 0
  for (const meter of slot.meters) {
    switch (meter.unit) {
      case 'requests': {
        // A limit that is found out from refusals is what was taken without one.
        const counts = outcome === 'rate-short' && meter.source === 'inferred' ? 0 : 1
        if (!arrived) meter.settle(1, counts, now)
        else adjust(meter, counts - 1, now)
        break
      }
      case 'input':
        if (arrived) adjust(meter, input - slot.input, now)
        else meter.settle(slot.input, input, now)
        break
      case 'output':
        meter.settle(slot.output, output, now)
        break
      case 'total':
        if (arrived) {
          meter.settle(slot.output, output, now)
          adjust(meter, input - slot.input, now)
        } else meter.settle(slot.input + slot.output, input + output, now)
        break
      case 'nanos':
        meter.settle(slot.nanos, nanos, now)
        break
    }
  }
}

function adjust(meter: Meter, units: number, now: number): void {
  if (units !== 0) meter.adjust(units, now)
}

function leftAfterArrival(meter: Meter, slot: Slot): number | null {
  switch (meter.unit) {
    case 'requests':
    case 'input':
      return null
    case 'output':
    case 'total':
      return slot.output
    case 'nanos':
      return slot.nanos
  }
}
