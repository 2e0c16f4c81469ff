/** Other servers in exports and imports: which of their pools are used, never the password. */
import { randomBytes } from 'node:crypto'
import type { ExportedRemote, ImportPlan } from '../../../src-preload/contract/index.ts'
import type { KeyRow, LinkRow, RemoteRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { passKey } from '../remotes/pass-key.ts'

export type RemoteStep = ImportPlan['remotes'][number] & { row?: RemoteRow; links?: LinkRow[]; keys?: PassKey[] }

/** What calls through the server are leased, and the pool that they are for. */
interface PassKey {
  row: KeyRow
  pool: string
}

type Reads = Pick<Catalog, 'remotes' | 'links'>

export function exportedRemote(
  { id, name, url, username }: RemoteRow,
  catalog: Pick<Catalog, 'links' | 'pools'>,
): ExportedRemote {
  const links = [...catalog.links.values()]
    .filter(({ remoteId, pool }) => remoteId === id && catalog.pools.get(pool)?.deletedAt === null)
    .map(({ identifier, mode, pool, interval, report }) => ({ identifier, mode, pool, interval, report }))
  return { name, url, username, links }
}

interface RemotePlanDeps {
  catalog: Reads
  /** Provider of a pool, here or in the document; undefined = there is no such pool. */
  providerOf(slug: string): string | undefined
  now: number
}

/** A server that is here, by address and user, stays as it is and gets the links that it does not have. */
export function planRemotes(imported: readonly ExportedRemote[], deps: RemotePlanDeps): RemoteStep[] {
  const known = new Map([...deps.catalog.remotes.values()].map((row) => [keyOf(row), row]))
  const linked = new Map(
    [...deps.catalog.links.values()].map(({ pool, remoteId, identifier }) => [pool, `${remoteId} ${identifier}`]),
  )
  const named = new Set<string>()
  return imported.map((remote): RemoteStep => {
    const { name } = remote
    if (named.has(keyOf(remote))) return { name, action: 'refused', reason: 'the document has the same server before it' }
    named.add(keyOf(remote))
    const before = known.get(keyOf(remote))
    const row = before ?? newRemote(remote, deps.now)
    const missing = remote.links.find(({ pool }) => deps.providerOf(pool) === undefined)
    if (missing) return { name, action: 'refused', reason: `there is no pool "${missing.pool}" here or in the document` }
    const fresh = remote.links.filter(({ pool, identifier }) => linked.get(pool) !== `${row.id} ${identifier}`)
    const taken = fresh.find(({ pool }) => linked.has(pool))
    if (taken) return { name, action: 'refused', reason: `the pool "${taken.pool}" stands for another one of a server already` }
    for (const { pool, identifier } of fresh) linked.set(pool, `${row.id} ${identifier}`)
    if (before && fresh.length === 0) return { name, action: 'same', reason: null }
    const links = fresh.map((link) => ({ ...link, remoteId: row.id, createdAt: deps.now }))
    const keys = fresh.flatMap(({ mode, pool }) => {
      const provider = mode === 'proxy' ? deps.providerOf(pool) : undefined
      return provider === undefined ? [] : [{ row: passKey(row, { slug: pool, provider }, deps.now), pool }]
    })
    return { name, action: before ? 'replace' : 'add', reason: null, row, links, keys }
  })
}

const keyOf = ({ url, username }: Pick<RemoteRow, 'url' | 'username'>) => `${url.replace(/\/$/, '')} ${username}`

function newRemote({ name, url, username }: ExportedRemote, now: number): RemoteRow {
  return { id: `srv_${randomBytes(9).toString('base64url')}`, name, url, username, createdAt: now }
}
