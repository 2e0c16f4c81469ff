/** Clients: programs that may use the proxy. The token leaves once, when it is made. */
import { randomBytes } from 'node:crypto'
import { type Client, KeywheelError } from '../../src-preload/contract/index.ts'
import { newToken } from '../clients/index.ts'
import type { Clock } from '../pool/types.ts'
import type { ClientRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'
import type { ClientService } from './types.ts'

export interface ClientServiceDeps {
  catalog: Catalog
  clock: Clock
  lastSeen(clientId: string): number | null
}

export function createClientService({ catalog, clock, lastSeen }: ClientServiceDeps): ClientService {
  const view = ({ id, name, pools, lane, tokenHint, createdAt, lastSeenAt }: ClientRow): Client => ({
    id,
    name,
    pools,
    lane,
    tokenHint,
    createdAt,
    lastSeenAt: lastSeen(id) ?? lastSeenAt,
  })
  return {
    list: () => [...catalog.clients.values()].toSorted((a, b) => a.createdAt - b.createdAt).map(view),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        for (const slug of input.pools ?? []) catalog.pool(slug, 'pools')
        const { token, hash, hint } = newToken()
        const now = clock.now()
        const row: ClientRow = {
          id: `client_${randomBytes(9).toString('base64url')}`,
          name: input.name,
          tokenHash: hash,
          tokenHint: hint,
          pools: input.pools ?? null,
          lane: input.lane,
          createdAt: now,
          lastSeenAt: null,
        }
        await catalog.commit({ putClients: [row], audit: [{ at: now, actor, action: 'client.create', subject: row.id }] })
        return { ...view(row), token }
      }),
    remove: (id, actor) =>
      catalog.exclusive(async () => {
        if (!catalog.clients.has(id)) throw new KeywheelError('CLIENT_NOT_FOUND')
        await catalog.commit({ removeClients: [id], audit: [{ at: clock.now(), actor, action: 'client.remove', subject: id }] })
      }),
  }
}
