/** What is drawn over time, step by step. Pure. */

/** One step: from its start to its end (wall ms), and one value per series, in the order of the series; null = not known. */
export interface Step {
  at: number
  end: number
  values: (number | null)[]
}

/** The step with the most of all series together; null = nothing at all. */
export function busiest(steps: readonly Step[]): { step: Step; sum: number } | null {
  const sums = steps.map((step) => ({ step, sum: step.values.reduce<number>((sum, value) => sum + (value ?? 0), 0) }))
  const most = sums.toSorted((a, b) => b.sum - a.sum)[0]
  return most && most.sum > 0 ? most : null
}
