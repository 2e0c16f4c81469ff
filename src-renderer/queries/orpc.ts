/** The contract as query and mutation options for TanStack Query. */
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query'
import type { Client } from '../bridge/index.ts'

export type Orpc = RouterUtils<Client>

export function createOrpc(client: Client): Orpc {
  return createTanstackQueryUtils(client)
}
