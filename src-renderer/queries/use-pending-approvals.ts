/** Programs that ask for a token and wait for a decision. */
import { useQuery } from '@tanstack/react-query'
import type { Approval } from '../../src-preload/contract/index.ts'
import { useNow } from '../parts/use-now.ts'
import { useApi } from './api.tsx'

/** Those that wait now, the oldest first; a list may be older than their time. */
export function usePendingApprovals(): Approval[] {
  const { orpc } = useApi()
  const now = useNow()
  const all = useQuery(orpc.approvals.list.queryOptions()).data ?? []
  return all
    .filter(({ state, expiresAt }) => state === 'pending' && expiresAt > now)
    .toSorted((a, b) => a.createdAt - b.createdAt)
}
