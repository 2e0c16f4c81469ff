/** How long the accounts last: one question for "Needs attention" and for the runway's card. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useApi } from '../../queries/api.tsx'

/** The pace changes slowly, and every account is looked at for it. */
const refreshMs = 15_000

export function useRunway(pool: string | null) {
  const { orpc } = useApi()
  const input = { limit: 50, ...(pool === null ? {} : { pool }) }
  return useQuery(orpc.pools.runway.queryOptions({ input, placeholderData: keepPreviousData, refetchInterval: refreshMs }))
}
