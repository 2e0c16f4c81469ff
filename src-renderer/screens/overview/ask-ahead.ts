/** What a window shows of the overview at first. */
import type { FetchQueryOptions, QueryClient, QueryKey } from '@tanstack/react-query'
import { coarser } from '../../parts/charts/grid.ts'
import { nowBy } from '../../parts/use-now.ts'
import type { Orpc } from '../../queries/orpc.ts'
import { chosenBy } from './chosen.ts'
import { gridOfScope, keyCountsOf, modelsOf, runwayOf, seriesOf, summaryOf } from './questions.ts'
import { minute, scopeOf, wholeOf } from './scope.ts'

export function askOverview(orpc: Orpc, cache: QueryClient, params: URLSearchParams): void {
  const { range, pool } = chosenBy(params, cache.getQueryData(orpc.pools.list.queryKey()))
  const scope = scopeOf(range, pool, nowBy(minute))
  ask(cache, runwayOf(orpc, pool))
  ask(cache, keyCountsOf(orpc, pool))
  ask(cache, summaryOf(orpc, wholeOf(scope)))
  // Where all of time begins is in the summary.
  if (scope.range.kind === 'all') return
  const grid = gridOfScope(scope)
  ask(cache, seriesOf(orpc, scope, grid, false))
  ask(cache, modelsOf(orpc, scope, coarser(grid)))
}

/** What is known or asked already is left alone: whoever shows it decides when it is too old. */
function ask<Fn, Err, Data, Name extends QueryKey>(cache: QueryClient, question: FetchQueryOptions<Fn, Err, Data, Name>): void {
  if (!cache.getQueryState(question.queryKey)) void cache.prefetchQuery(question)
}
