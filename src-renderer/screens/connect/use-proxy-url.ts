/** The proxy's address: where it listens, or where it will. */
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../queries/api.tsx'

export function useProxyUrl(): { url: string; listening: boolean } {
  const { orpc } = useApi()
  const status = useQuery(orpc.proxy.status.queryOptions()).data
  const port = useQuery(orpc.settings.get.queryOptions()).data?.proxyPort
  // Port 0 means "any free one", which is known only once it listens.
  return { url: status?.url ?? `http://127.0.0.1:${port || '<port>'}`, listening: Boolean(status?.url) }
}
