/** Clients in exports and imports: what they may do, never their tokens. */
import { isDeepStrictEqual } from 'node:util'
import type { ExportedClient, ImportPlan } from '../../../src-preload/contract/index.ts'
import type { ClientRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { newClient, patchedClient } from '../clients/client-row.ts'

export type ClientStep = ImportPlan['clients'][number] & { row?: ClientRow }

const isLiving = (row: ClientRow, now: number) => row.revokedAt === null && (row.expiresAt === null || row.expiresAt > now)

/** Those that may still call, in the order in which they were made. */
export function livingClients(catalog: Pick<Catalog, 'clients'>, now: number): ClientRow[] {
  return [...catalog.clients.values()].filter((row) => isLiving(row, now)).toSorted((a, b) => a.createdAt - b.createdAt)
}

export function exportedClient(row: ClientRow, catalog: Pick<Catalog, 'pools'>): ExportedClient {
  const { name, pools, lane, models, budget, quotas, expiresAt } = row
  const living = pools?.filter((slug) => catalog.pools.get(slug)?.deletedAt === null) ?? null
  return { name, pools: living, lane, models, budget, quotas, expiresAt }
}

interface ClientPlanDeps {
  catalog: Pick<Catalog, 'clients' | 'pools'>
  /** There is such a pool, here or in the document. */
  isPool(slug: string): boolean
  now: number
}

/** Names may be the same: the first of a name in the document is the first of that name here. Its token stays as it is. */
export function planClients(imported: readonly ExportedClient[], { catalog, isPool, now }: ClientPlanDeps): ClientStep[] {
  const here = Map.groupBy(livingClients(catalog, now), ({ name }) => name)
  return imported.map((client): ClientStep => {
    const { name } = client
    const missing = client.pools?.find((slug) => !isPool(slug))
    if (missing !== undefined) return { name, action: 'refused', reason: `there is no pool "${missing}" here or in the document` }
    if (client.expiresAt !== null && client.expiresAt <= now) return { name, action: 'refused', reason: 'its time is over' }
    const before = here.get(name)?.shift()
    if (!before) return { name, action: 'add', reason: null, row: tokenless(client, now) }
    const row = patchedClient(before, client, now)
    if (isDeepStrictEqual(exportedClient(before, catalog), exportedClient(row, catalog)))
      return { name, action: 'same', reason: null }
    return { name, action: 'replace', reason: null, row }
  })
}

/** Nobody knows its token: it has to be given a new one before it can call. */
function tokenless({ pools, models, ...rest }: ExportedClient, now: number): ClientRow {
  const { row } = newClient({ ...rest, pools: pools ?? undefined, models: models ?? undefined }, now)
  return { ...row, tokenHint: '' }
}
