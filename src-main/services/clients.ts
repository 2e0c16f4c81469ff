/** Clients: programs that may use the proxy. The token leaves once, when it is made. */
import { randomBytes } from 'node:crypto'
import { type Client, invalid, KeywheelError } from '../../src-preload/contract/index.ts'
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
  const view = (row: ClientRow): Client => ({
    id: row.id,
    name: row.name,
    pools: row.pools,
    lane: row.lane,
    models: row.models,
    budget: row.budget,
    expiresAt: row.expiresAt,
    tokenHint: row.tokenHint,
    createdAt: row.createdAt,
    lastSeenAt: lastSeen(row.id) ?? row.lastSeenAt,
  })
  const assertFuture = (expiresAt: number | null) => {
    if (expiresAt !== null && expiresAt <= clock.now()) throw invalid('expiresAt', 'give a time that is still to come')
  }
  return {
    list: () => [...catalog.clients.values()].toSorted((a, b) => a.createdAt - b.createdAt).map(view),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        for (const slug of input.pools ?? []) catalog.pool(slug, 'pools')
        assertFuture(input.expiresAt)
        const { token, hash, hint } = newToken()
        const now = clock.now()
        const row: ClientRow = {
          id: `client_${randomBytes(9).toString('base64url')}`,
          name: input.name,
          tokenHash: hash,
          tokenHint: hint,
          pools: input.pools ?? null,
          models: input.models ?? null,
          lane: input.lane,
          budget: input.budget,
          expiresAt: input.expiresAt,
          createdAt: now,
          lastSeenAt: null,
        }
        await catalog.commit({ putClients: [row], audit: [{ at: now, actor, action: 'client.create', subject: row.id }] })
        return { ...view(row), token }
      }),
    renew: (id, expiresAt, actor) =>
      catalog.exclusive(async () => {
        const row = catalog.clients.get(id)
        if (row === undefined) throw new KeywheelError('CLIENT_NOT_FOUND')
        if (row.expiresAt === null) throw invalid('expiresAt', 'this client has no end; there is nothing to renew')
        assertFuture(expiresAt)
        const renewed = { ...row, expiresAt }
        const audit = [{ at: clock.now(), actor, action: 'client.renew', subject: id }]
        await catalog.commit({ putClients: [renewed], audit })
        return view(renewed)
      }),
    remove: (id, actor) =>
      catalog.exclusive(async () => {
        if (!catalog.clients.has(id)) throw new KeywheelError('CLIENT_NOT_FOUND')
        await catalog.commit({ removeClients: [id], audit: [{ at: clock.now(), actor, action: 'client.remove', subject: id }] })
      }),
  }
}
