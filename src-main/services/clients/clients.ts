/** Clients: programs that may use the proxy. The token leaves once, when it is made. */
import { type Client, invalid, KeywheelError } from '../../../src-preload/contract/index.ts'
import { newToken } from '../../clients/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ClientRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import type { Actor, ClientService } from '../types.ts'
import { assertFuture, newClient, patchedClient } from './client-row.ts'
import type { ClientUse } from './client-use.ts'

export interface ClientServiceDeps {
  catalog: Catalog
  clock: Clock
  lastSeen(clientId: string): number | null
  clientUse: Pick<ClientUse, 'standing' | 'days' | 'forget'>
  /** Writes down what must not be forgotten now, and not within the second. */
  saveMemory(): Promise<void>
}

export function createClientService({ catalog, clock, lastSeen, clientUse, saveMemory }: ClientServiceDeps): ClientService {
  const viewOf = viewWith({ clock, lastSeen, clientUse })
  const known = (id: string): ClientRow => {
    const row = catalog.clients.get(id)
    if (row === undefined) throw new KeywheelError('CLIENT_NOT_FOUND')
    return row
  }
  const unrevoked = (id: string): ClientRow => {
    const row = known(id)
    if (row.revokedAt !== null) throw new KeywheelError('CLIENT_REVOKED')
    return row
  }
  /** Pools that are there; those that the client has already may be in the trash. */
  const assertPools = (pools: readonly string[] | null | undefined, former: readonly string[] = []) => {
    for (const slug of pools ?? []) if (!former.includes(slug)) catalog.pool(slug, 'pools')
  }
  const put = async (row: ClientRow, actor: Actor, action: string) => {
    await catalog.commit({ putClients: [row], audit: [{ at: clock.now(), actor, action: `client.${action}`, subject: row.id }] })
    return viewOf(row)
  }

  return {
    list: () => [...catalog.clients.values()].toSorted((a, b) => a.createdAt - b.createdAt).map(viewOf),
    get: (id) => viewOf(known(id)),
    create: (input, actor) =>
      catalog.exclusive(async () => {
        assertPools(input.pools)
        const { row, token } = newClient(input, clock.now())
        return { ...(await put(row, actor, 'create')), token }
      }),
    update: (id, patch, actor) =>
      catalog.exclusive(async () => {
        const row = unrevoked(id)
        assertPools(patch.pools, row.pools ?? [])
        return put(patchedClient(row, patch, clock.now()), actor, 'update')
      }),
    rotate: (id, actor) =>
      catalog.exclusive(async () => {
        const row = unrevoked(id)
        if (isOver(row, clock.now())) throw invalid('expiresAt', 'the time of this client is over; put off its end first')
        const { token, hash, hint } = newToken()
        return { ...(await put({ ...row, tokenHash: hash, tokenHint: hint }, actor, 'rotate')), token }
      }),
    revoke: (id, actor) =>
      catalog.exclusive(async () => {
        const row = known(id)
        if (row.revokedAt !== null) return viewOf(row)
        // When it was last seen is known of live tokens only.
        return put({ ...row, revokedAt: clock.now(), lastSeenAt: lastSeen(id) ?? row.lastSeenAt }, actor, 'revoke')
      }),
    async usage(id, span) {
      known(id)
      return clientUse.days(id, span)
    },
    async forgetUsage(id, span, actor) {
      known(id)
      await clientUse.forget(id, span)
      await saveMemory()
      await catalog.commit({ audit: [{ at: clock.now(), actor, action: 'client.forgetUsage', subject: id }] })
    },
    renew: (id, expiresAt, actor) =>
      catalog.exclusive(async () => {
        const row = unrevoked(id)
        if (row.expiresAt === null) throw invalid('expiresAt', 'this client has no end; there is nothing to renew')
        assertFuture(expiresAt, clock.now())
        return put({ ...row, expiresAt }, actor, 'renew')
      }),
    remove: (id, actor) =>
      catalog.exclusive(async () => {
        known(id)
        await catalog.commit({ removeClients: [id], audit: [{ at: clock.now(), actor, action: 'client.remove', subject: id }] })
      }),
  }
}

function viewWith({ clock, lastSeen, clientUse }: Pick<ClientServiceDeps, 'clock' | 'lastSeen' | 'clientUse'>) {
  return (row: ClientRow): Client => ({
    id: row.id,
    name: row.name,
    pools: row.pools,
    lane: row.lane,
    models: row.models,
    budget: row.budget,
    quotas: clientUse.standing(row.id),
    expiresAt: row.expiresAt,
    revokedAt: row.revokedAt,
    state: row.revokedAt !== null ? 'revoked' : isOver(row, clock.now()) ? 'ended' : 'active',
    tokenHint: row.tokenHint,
    createdAt: row.createdAt,
    lastSeenAt: lastSeen(row.id) ?? row.lastSeenAt,
  })
}

function isOver({ expiresAt }: ClientRow, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}
