/** Sums over the whole range. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '../../queries/api.tsx'
import { queryOf, type Scope } from './scope.ts'

export function useSummary(scope: Scope) {
  const { orpc } = useApi()
  return useQuery(orpc.usage.summary.queryOptions({ input: queryOf(scope), placeholderData: keepPreviousData }))
}
