/** Folds what the log answers into rows that a chart can draw: every step present, only series that have a value. Pure. */
import { type ModelUsage, outcomes, type RequestOutcome, type UsageSeries } from '../../../../src-preload/contract/index.ts'
import { endOf, type Grid, stepOf } from '../../../parts/charts/grid.ts'
import type { Step } from '../../../parts/charts/steps.ts'

export interface Folded<Name extends string> {
  series: { name: Name; sum: number }[]
  steps: Step[]
}

/** Models that get a series of their own; the others are one together. */
export const namedModels = 6
/** The series of all other models. No model is called so: names come from providers and are never empty after a blank. */
export const otherModels = ' others'

/** Adds up cells into the steps of the grid; what lies outside is left out. */
function fold<Name extends string>(
  names: readonly Name[],
  grid: Grid,
  cells: Iterable<{ at: number; name: Name; value: number }>,
): Folded<Name> {
  const sums = grid.starts.map(() => names.map(() => 0))
  const series = names.map((name) => ({ name, sum: 0 }))
  for (const { at, name, value } of cells) {
    const index = names.indexOf(name)
    const values = sums[stepOf(grid, at)]
    const total = series[index]
    if (!values || !total) continue
    values[index] = (values[index] ?? 0) + value
    total.sum += value
  }
  return { series, steps: grid.starts.map((at, index) => ({ at, end: endOf(grid, index), values: sums[index] ?? [] })) }
}

/** Requests by outcome: one series per outcome that occurs, `ok` first so that it lies at the bottom of a stack. */
export function foldOutcomes({ points }: Pick<UsageSeries, 'points'>, grid: Grid): Folded<RequestOutcome> {
  const names = outcomes.filter((name) => points.some((point) => (point.byOutcome[name] ?? 0) > 0))
  const cells = points.flatMap((point) => names.map((name) => ({ at: point.at, name, value: point.byOutcome[name] ?? 0 })))
  return fold(names, grid, cells)
}

/** Median and 95th percentile of the time a call took, in ms; null where nothing was called. */
export function latencySteps({ points }: Pick<UsageSeries, 'points'>, grid: Grid): Step[] {
  const found = new Map(points.map((point) => [stepOf(grid, point.at), point]))
  return grid.starts.map((at, index) => {
    const point = found.get(index)
    return { at, end: endOf(grid, index), values: [point?.p50Ms ?? null, point?.p95Ms ?? null] }
  })
}

/** A measure by model: the biggest by name, biggest first, and the rest together. '' = the model is unknown. */
function foldModels(usage: readonly ModelUsage[], grid: Grid, measure: (usage: ModelUsage) => number): Folded<string> {
  const totals = new Map<string, number>()
  for (const one of usage) totals.set(one.model, (totals.get(one.model) ?? 0) + measure(one))
  const ranked = [...totals].filter(([, sum]) => sum > 0).toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  const big = ranked.slice(0, namedModels).map(([model]) => model)
  const cells = usage.map((one) => ({
    at: one.at,
    name: big.includes(one.model) ? one.model : otherModels,
    value: measure(one),
  }))
  return fold(ranked.length > namedModels ? [...big, otherModels] : big, grid, cells)
}

/** Input and output tokens by model. */
export function foldTokens(usage: readonly ModelUsage[], grid: Grid): Folded<string> {
  return foldModels(usage, grid, ({ inputTokens, outputTokens }) => inputTokens + outputTokens)
}

export interface Costs extends Folded<string> {
  /** Answered calls of unknown cost in each step. */
  unknown: number[]
  /** Models with such calls, most calls first. */
  unknownModels: { model: string; calls: number }[]
}

/** Cost by model in billionths of a US dollar, as far as it is known; what is not known is counted beside it. */
export function foldCosts(usage: readonly ModelUsage[], grid: Grid): Costs {
  const unknown = grid.starts.map(() => 0)
  const byModel = new Map<string, number>()
  for (const { at, model, costUnknown } of usage) {
    const step = stepOf(grid, at)
    if (costUnknown === 0 || unknown[step] === undefined) continue
    unknown[step] += costUnknown
    byModel.set(model, (byModel.get(model) ?? 0) + costUnknown)
  }
  const unknownModels = [...byModel].map(([model, calls]) => ({ model, calls })).toSorted((a, b) => b.calls - a.calls)
  return { ...foldModels(usage, grid, ({ costNanos }) => costNanos ?? 0), unknown, unknownModels }
}
