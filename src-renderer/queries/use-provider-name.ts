/** What people call a provider; its id until that is known, and for one that is not known any more. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from './api.tsx'

export function useProviderName(): (id: string) => string {
  const { orpc } = useApi()
  // They come with the program.
  const providers = useQuery(orpc.pools.providers.queryOptions({ staleTime: Infinity })).data
  return (id) => providers?.find((provider) => provider.id === id)?.name ?? id
}
