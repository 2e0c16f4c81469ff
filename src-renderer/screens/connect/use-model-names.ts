/** The names of models that a client may ask for on the unified address. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../queries/api.tsx'

/** Names of routes first: someone chose them. Then what the pools serve now. */
export function useModelNames(): string[] {
  const { orpc } = useApi()
  const routes = useQuery(orpc.routes.list.queryOptions()).data ?? []
  const served = useQuery(orpc.routes.models.queryOptions()).data ?? []
  const own = routes.map(({ model }) => model).filter((name) => !name.includes('*'))
  return [...new Set([...own, ...served.map((entry) => entry.model)])]
}
