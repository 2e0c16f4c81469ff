/** The lines to other servers: who is logged in where, and how each of them is. */
import { KeywheelError, type Remote, type RemoteLink } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import { ApipoolClient, ApipoolError, baseOf, Session } from '../../remote/client/index.ts'
import type { LinkRow, RemoteRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog.ts'

export interface LineDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  bus: Bus
  /** fetch for calls to this address: they leave as calls to providers do, and never come to this Keywheel itself. */
  fetchTo(base: URL): typeof globalThis.fetch
}

export interface Credentials {
  url: string
  username: string
  password: string
}

export interface RemoteLines {
  /** A line of its own, to try a login with. Throws ApipoolError for an address that is none. */
  sessionFor(credentials: Credentials): Session
  /** Runs work with a server and remembers how it was. Rejects with REMOTE_FAILED, REMOTE_UNAUTHORISED or VAULT_LOCKED. */
  using<T>(remoteId: string, work: (client: ApipoolClient) => Promise<T>): Promise<T>
  /** A login went well, with what is stored of the server by now. */
  loggedIn(remoteId: string): void
  /** How the last look at a link went; null = well. */
  looked(link: LinkRow, problem: string | null): void
  /** What is known of a link is forgotten. */
  forget(pool: string): void
  view(row: RemoteRow): Remote
}

type Standing = Pick<Remote, 'state' | 'problem' | 'checkedAt'>
type LinkStanding = Pick<RemoteLink, 'lastSyncAt' | 'problem'>

export function createRemoteLines({ catalog, vault, clock, bus, fetchTo }: LineDeps): RemoteLines {
  const lines = new Map<string, { row: RemoteRow; password: string; client: ApipoolClient }>()
  const standings = new Map<string, Standing>()
  const links = new Map<string, LinkStanding>()
  const told = () => bus.publish({ type: 'changed', what: 'remotes' })

  const sessionFor = ({ url, username, password }: Credentials) => {
    const base = baseOf(url)
    return new Session({ base, clock, fetch: fetchTo(new URL(base)) }, { username, password })
  }
  const clientOf = (remoteId: string) => {
    const row = remoteOf(catalog, remoteId)
    const password = passwordOf(row, vault)
    const known = lines.get(remoteId)
    if (known?.row === row && known.password === password) return known.client
    const client = new ApipoolClient(sessionFor({ ...row, password }))
    lines.set(remoteId, { row, password, client })
    return client
  }
  const note = (remoteId: string, error: unknown) => {
    const before = standings.get(remoteId)
    const standing = { ...standingOf(error), checkedAt: clock.now() }
    standings.set(remoteId, standing)
    if (before?.state !== standing.state || before.problem !== standing.problem) told()
  }
  catalog.observe(({ removeRemotes = [] }) => {
    for (const id of removeRemotes) {
      lines.delete(id)
      standings.delete(id)
    }
  })

  return {
    sessionFor,
    async using(remoteId, work) {
      try {
        const result = await work(clientOf(remoteId))
        note(remoteId, null)
        return result
      } catch (error) {
        if (!(error instanceof ApipoolError)) throw error
        note(remoteId, error)
        throw asKeywheel(error)
      }
    },
    loggedIn: (remoteId) => note(remoteId, null),
    looked({ pool }, problem) {
      const before = links.get(pool)
      links.set(pool, { lastSyncAt: problem === null ? clock.now() : (before?.lastSyncAt ?? null), problem })
      if (before === undefined || before.problem !== problem) told()
    },
    forget: (pool) => void links.delete(pool),
    view(row) {
      const locked = vault.status().state !== 'unlocked'
      const standing = locked ? lockedStanding : (standings.get(row.id) ?? unknownStanding)
      return {
        ...row,
        ...standing,
        links: [...catalog.links.values()]
          .filter(({ remoteId }) => remoteId === row.id)
          .map(({ identifier, pool, mode, interval, report }) => ({
            identifier,
            pool,
            mode,
            interval,
            report,
            ...(links.get(pool) ?? { lastSyncAt: null, problem: null }),
          })),
      }
    },
  }
}

/** REMOTE_NOT_FOUND. */
export function remoteOf(catalog: Pick<Catalog, 'remotes'>, id: string): RemoteRow {
  const row = catalog.remotes.get(id)
  if (!row) throw new KeywheelError('REMOTE_NOT_FOUND')
  return row
}

/** The password as the vault takes it: that keeps lines of printable ASCII, and a password may have blanks and any letters. */
export const vaultEntryOf = (password: string): string => Buffer.from(password).toString('base64url')

/** The password, for the address that it was given for. VAULT_LOCKED; ApipoolError for a server that came by an import, without one. */
export function passwordOf({ id, url }: RemoteRow, vault: Pick<Vault, 'secretFor'>): string {
  try {
    return Buffer.from(vault.secretFor(id, new URL(url).origin), 'base64url').toString()
  } catch (error) {
    if (!(error instanceof KeywheelError) || error.code !== 'KEY_NOT_FOUND') throw error
    throw new ApipoolError('unauthorised', 'The password of this server is not here; enter it.')
  }
}

/** A server's refusal in the words of the contract. */
export function asKeywheel({ code, message, retryAfter }: ApipoolError): KeywheelError {
  const data = retryAfter === null ? {} : { retryAfter }
  return new KeywheelError(code === 'unauthorised' ? 'REMOTE_UNAUTHORISED' : 'REMOTE_FAILED', message, data)
}

const unknownStanding: Standing = { state: 'unknown', problem: null, checkedAt: null }
const lockedStanding: Standing = { state: 'locked', problem: 'The vault is locked; the password is in it.', checkedAt: null }

/** A server that refuses one thing is there all the same; what it refused is the link's matter. */
function standingOf(error: unknown): Pick<Standing, 'state' | 'problem'> {
  if (!(error instanceof ApipoolError) || error.code === 'refused') return { state: 'ok', problem: null }
  return { state: error.code, problem: error.message }
}
