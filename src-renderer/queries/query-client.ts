/** The cache of answers. What changes is told by the live subscription, so nothing is asked again on focus. */
import { QueryClient } from '@tanstack/react-query'
import { problemOf } from '../parts/problem.ts'

const passing: readonly string[] = ['UNREACHABLE', 'WORKSPACE_SWITCHING']

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Keywheel is on this machine: `navigator.onLine` says nothing about it.
        networkMode: 'always',
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        // Both are over in a moment.
        retry: (failures, error) => failures < 2 && passing.includes(problemOf(error).code),
      },
      mutations: { networkMode: 'always' },
    },
  })
}
