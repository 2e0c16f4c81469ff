/** The one way for a component to ask or tell the application: `const { orpc, client } = useApi()`. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Client } from '../bridge/index.ts'
import type { RequestFeed } from './live.ts'
import type { Orpc } from './orpc.ts'

interface Api {
  /** Plain calls. */
  client: Client
  /** Query and mutation options for TanStack Query. */
  orpc: Orpc
  /** Requests as they finish. */
  requests: RequestFeed
}

const Context = createContext<Api | null>(null)

export function ApiProvider({ client, orpc, requests, children }: Api & { children: ReactNode }) {
  const api = useMemo(() => ({ client, orpc, requests }), [client, orpc, requests])
  return <Context.Provider value={api}>{children}</Context.Provider>
}

export function useApi(): Api {
  const api = useContext(Context)
  if (!api) throw new Error('useApi outside of ApiProvider')
  return api
}
