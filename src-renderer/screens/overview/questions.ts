/** What the overview asks: each question once, whoever needs its answer. */
import { keepPreviousData } from '@tanstack/react-query'
import { type Grid, gridOf } from '../../parts/charts/grid.ts'
import type { Orpc } from '../../queries/orpc.ts'
import { queryOf, type Scope } from './scope.ts'

/** The pace of calls changes slowly, and every account is looked at for it. */
const runwayMs = 15_000
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()

/** The finest steps of a chart over the whole range. */
export function gridOfScope(scope: Scope): Grid {
  return gridOf(scope, scope.now, timeZone)
}

/** Sums over the whole range. */
export function summaryOf(orpc: Orpc, scope: Scope) {
  return orpc.usage.summary.queryOptions({ input: queryOf(scope), placeholderData: keepPreviousData })
}

/** How many keys are in each state. */
export function keyCountsOf(orpc: Orpc, pool: string | null) {
  return orpc.keys.list.queryOptions({ input: { ...ofPool(pool), limit: 1 }, placeholderData: keepPreviousData })
}

/** How long the accounts last. */
export function runwayOf(orpc: Orpc, pool: string | null) {
  const input = { ...ofPool(pool), limit: 50 }
  return orpc.pools.runway.queryOptions({ input, placeholderData: keepPreviousData, refetchInterval: runwayMs })
}

/** Requests by outcome, step by step. `percentiles`: how long they took as well; the log looks longer for that. */
export function seriesOf(orpc: Orpc, scope: Scope, grid: Grid, percentiles: boolean) {
  const input = { ...stepsOf(scope, grid), percentiles }
  return orpc.usage.series.queryOptions({ input, placeholderData: keepPreviousData })
}

/** Tokens and cost by model, step by step. */
export function modelsOf(orpc: Orpc, scope: Scope, grid: Grid) {
  return orpc.usage.models.queryOptions({ input: stepsOf(scope, grid), placeholderData: keepPreviousData })
}

function ofPool(pool: string | null) {
  return pool === null ? {} : { pool }
}

function stepsOf(scope: Scope, { bucket, every, zone }: Grid) {
  return { ...queryOf(scope), bucket, ...(bucket !== 'day' && { every }), ...(zone !== 'UTC' && { zone }) }
}
