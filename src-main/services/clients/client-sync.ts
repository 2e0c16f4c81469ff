/** Keeps the directory of tokens in step with the catalog, and remembers when each client was last seen. */
import { newToken } from '../../clients/index.ts'
import type { ClientDirectory, ClientIdentity } from '../../clients/types.ts'
import type { Clock } from '../../pool/types.ts'
import type { ClientRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'

export interface KnownClients {
  lastSeen(clientId: string): number | null
  /** Writes down who was seen since the last time, and forgets clients that ended a week ago. */
  save(): Promise<void>
  /** A token for one request of Keywheel's own. */
  borrowToken(borrower: Borrower): { token: string; revoke(): void }
}

/** For what a token is borrowed, as the log of requests says it; `watch` is told how the call goes on. */
interface Borrower extends Pick<ClientIdentity, 'id' | 'name' | 'watch'> {}

/** So long a client that has ended is still listed, in ms. */
const keptAfterEnd = 7 * 86_400_000

const unlimited = { pools: null, models: null, lane: 'interactive', expiresAt: null } as const

export function keepClientsKnown(directory: ClientDirectory, catalog: Catalog, clock: Clock): KnownClients {
  const hashes = new Map<string, string>()
  const add = ({ id, name, pools, models, lane, expiresAt, tokenHash }: ClientRow) => {
    directory.set(tokenHash, { id, name, pools, models, lane, expiresAt })
    hashes.set(id, tokenHash)
  }
  const remove = (id: string) => {
    const hash = hashes.get(id)
    if (hash !== undefined) directory.remove(hash)
    hashes.delete(id)
  }
  const follow = (row: ClientRow) => (row.revokedAt === null ? add(row) : remove(row.id))
  for (const row of catalog.clients.values()) follow(row)
  catalog.observe(({ removeClients = [], putClients = [] }) => {
    for (const id of removeClients) remove(id)
    for (const row of putClients) follow(row)
  })
  const lastSeen = (id: string) => directory.lastSeen(id)
  return {
    lastSeen,
    save: () =>
      catalog.exclusive(async () => {
        // One that was revoked stays to be looked at until somebody removes it.
        const over = ({ expiresAt, revokedAt }: ClientRow) =>
          revokedAt === null && expiresAt !== null && expiresAt + keptAfterEnd <= clock.now()
        const rows = [...catalog.clients.values()]
        const gone = rows.filter(over)
        const seen = rows.filter((row) => !over(row) && (lastSeen(row.id) ?? 0) > (row.lastSeenAt ?? 0))
        if (seen.length + gone.length === 0) return
        const putClients = seen.map((row) => ({ ...row, lastSeenAt: lastSeen(row.id) }))
        await catalog.commit({ putClients, removeClients: gone.map(({ id }) => id) })
      }),
    borrowToken(borrower) {
      const { token, hash } = newToken()
      directory.set(hash, { ...borrower, own: true, ...unlimited })
      return { token, revoke: () => directory.remove(hash) }
    },
  }
}
