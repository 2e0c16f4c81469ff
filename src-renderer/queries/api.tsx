/** The one way for a component to ask or tell the application: `const { orpc, client } = useApi()`. */
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Client } from '../bridge/index.ts'
import type { RequestFeed } from './live.ts'

export type { Client }
export type Orpc = RouterUtils<Client>

interface Api {
  /** Plain calls. */
  client: Client
  /** Query and mutation options for TanStack Query. */
  orpc: Orpc
  /** Requests as they finish. */
  requests: RequestFeed
}

const Context = createContext<Api | null>(null)

export function createOrpc(client: Client): Orpc {
  return createTanstackQueryUtils(client)
}

export function ApiProvider({ client, orpc, requests, children }: Api & { children: ReactNode }) {
  const api = useMemo(() => ({ client, orpc, requests }), [client, orpc, requests])
  return <Context.Provider value={api}>{children}</Context.Provider>
}

export function useApi(): Api {
  const api = useContext(Context)
  if (!api) throw new Error('useApi outside of ApiProvider')
  return api
}
