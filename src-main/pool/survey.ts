/** Which models a pool could serve at this moment: a look that takes no key and changes no order. */
import type { CellBook } from './cells.ts'
import { limitsFor } from './limit-lookup.ts'
import type { Ask, Gate } from './readiness.ts'
import type { Owner, PoolState } from './state.ts'
import type { Upstreams } from './upstreams.ts'

interface SurveyTools {
  cells: CellBook
  gate: Gate
  upstreams: Upstreams
}

/** For each model whether one of the pool's keys would take a small interactive call for it at `now` (mono ms). */
export function servable(pool: PoolState, models: readonly string[], tools: SurveyTools, now: number): boolean[] {
  const { cells, gate, upstreams } = tools
  const ask: Ask = { model: '', input: 0, output: 0, nanos: 0, reserve: 0, hold: null, now }
  // What people see of a key's health is not enough: one that cools down for one model serves the others.
  const keys = [...pool.members.keys()].filter((key) => gate.admitsAlone(key, pool.rules, ask))
  return models.map((model) => {
    if (keys.length === 0 || upstreams.closedUntil(pool, model, now) !== 0) return false
    return !cells.isDistinct(model) || keys.some((key) => isOpen(key, model, cells, now) && isOpen(key.bucket, model, cells, now))
  })
}

/** As far as this model alone goes. No cell is made for it: many names are asked for here, and most never called. */
function isOpen(owner: Owner, model: string, cells: CellBook, now: number): boolean {
  const cell = cells.find(owner, model)
  if (cell === null) return limitsFor(owner.limits, model).every(({ amount }) => amount >= 1)
  const { mark, meters, probe } = cell
  if (mark !== null && (mark.until > now || probe >= 0)) return false
  return meters.every((meter) => meter.freeAt(1, 0, now) === 0)
}
