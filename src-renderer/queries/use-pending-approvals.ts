/** Programs that ask for a token and wait for a decision. */
import { useQuery } from '@tanstack/react-query'
import type { Approval } from '../../src-preload/contract/index.ts'
import { useApi } from './api.tsx'

/** The oldest first. The application says when the time of one is over: no clock is needed, and none draws the whole page anew. */
export function usePendingApprovals(): Approval[] {
  const { orpc } = useApi()
  const all = useQuery(orpc.approvals.list.queryOptions()).data ?? []
  return all.filter(({ state }) => state === 'pending').toSorted((a, b) => a.createdAt - b.createdAt)
}
