/** Folds what the log answers into rows that a chart can draw: every step present, only series that have a value. Pure. */
import { type ModelUsage, outcomes, type RequestOutcome, type UsageSeries } from '../../../src-preload/contract/index.ts'

export const bucketMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** A stretch of time cut into equal steps. All in ms; `to` is exclusive. */
export interface Grid {
  from: number
  to: number
  step: number
}

/** One step: its start, and one value per series, in the order of the series. */
export interface Step {
  at: number
  values: number[]
}

export interface Folded<Name extends string> {
  series: { name: Name; sum: number }[]
  steps: Step[]
}

/** Models that get a series of their own; the others are one together. */
export const namedModels = 6
/** The series of all other models. No model is called so: names come from providers and are never empty after a blank. */
export const otherModels = ' others'

const niceSteps = [1, 5, 15, 60, 360, 1440].map((minutes) => minutes * bucketMs.minute)

/** The finest step that gives at most 31 bars and is not finer than the log's buckets. In ms. */
export function barStep(from: number, to: number, bucket: keyof typeof bucketMs): number {
  const fits = (step: number) => step >= bucketMs[bucket] && (to - from) / step <= 31
  return niceSteps.find(fits) ?? Math.ceil((to - from) / 31 / bucketMs.day) * bucketMs.day
}

/** Adds up cells into the steps that touch the grid, aligned to multiples of the step since 1970 (as the log's buckets are). */
function fold<Name extends string>(
  names: readonly Name[],
  { from, to, step }: Grid,
  cells: Iterable<{ at: number; name: Name; value: number }>,
): Folded<Name> {
  const first = Math.floor(from / step)
  const steps = Array.from({ length: Math.max(0, Math.ceil(to / step) - first) }, (_, index) => ({
    at: (first + index) * step,
    values: names.map(() => 0),
  }))
  const series = names.map((name) => ({ name, sum: 0 }))
  for (const { at, name, value } of cells) {
    const index = names.indexOf(name)
    const values = steps[Math.floor(at / step) - first]?.values
    const total = series[index]
    if (!values || !total) continue
    values[index] = (values[index] ?? 0) + value
    total.sum += value
  }
  return { series, steps }
}

/** Requests by outcome: one series per outcome that occurs, `ok` first so that it lies at the bottom of a stack. */
export function foldOutcomes({ from, to, bucket, points }: UsageSeries): Folded<RequestOutcome> {
  const names = outcomes.filter((name) => points.some((point) => (point.byOutcome[name] ?? 0) > 0))
  const cells = points.flatMap((point) => names.map((name) => ({ at: point.at, name, value: point.byOutcome[name] ?? 0 })))
  return fold(names, { from, to, step: bucketMs[bucket] }, cells)
}

/** Input and output tokens by model: the biggest by name, biggest first, and the rest together. '' = the model is unknown. */
export function foldModels(usage: readonly ModelUsage[], grid: Grid): Folded<string> {
  const totals = new Map<string, number>()
  for (const { model, inputTokens, outputTokens } of usage) {
    totals.set(model, (totals.get(model) ?? 0) + inputTokens + outputTokens)
  }
  const ranked = [...totals].filter(([, tokens]) => tokens > 0).toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
  const big = ranked.slice(0, namedModels).map(([model]) => model)
  const cells = usage.map(({ at, model, inputTokens, outputTokens }) => ({
    at,
    name: big.includes(model) ? model : otherModels,
    value: inputTokens + outputTokens,
  }))
  return fold(ranked.length > namedModels ? [...big, otherModels] : big, grid, cells)
}
