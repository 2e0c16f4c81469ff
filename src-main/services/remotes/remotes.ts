/** Other servers whose pools are used here: added, changed, looked at, and their pools linked. */
import { randomBytes } from 'node:crypto'
import { invalid, KeywheelError, type LinkCreate, type Remote, type RemotePatch } from '../../../src-preload/contract/index.ts'
import { ApipoolError, baseOf } from '../../remote/client/index.ts'
import type { AuditRow, LinkRow, RemoteRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Actor, RemoteService } from '../types.ts'
import { forgotten, type RemoteKeeper } from './keeper.ts'
import { asKeywheel, type Credentials, type LineDeps, passwordOf, type RemoteLines, remoteOf, vaultEntryOf } from './lines.ts'
import { linkWrites, plannedLink } from './link.ts'
import { passKeyId } from './pass-key.ts'
import type { Relay } from './relay.ts'
import type { Syncer } from './sync.ts'

interface RemoteServiceDeps extends Pick<LineDeps, 'catalog' | 'vault' | 'clock'> {
  lines: RemoteLines
  keeper: RemoteKeeper
  syncer: Pick<Syncer, 'forget'>
  relay: Relay
  /** How far the request log has come: calls made before a link are none of the server's. */
  logEnd(): Promise<number>
}

export function createRemoteService(deps: RemoteServiceDeps): RemoteService {
  const { catalog, vault, clock, lines, keeper } = deps
  const audit = (actor: Actor, action: string, subject: string): AuditRow[] => [{ at: clock.now(), actor, action, subject }]
  const view = (id: string): Remote => lines.view(remoteOf(catalog, id))
  const linksOf = (id: string) => [...catalog.links.values()].filter(({ remoteId }) => remoteId === id)

  const create = async ({ name, ...credentials }: Credentials & { name?: string | undefined }, actor: Actor) => {
    vault.fingerprint('') // VAULT_LOCKED before anything is asked
    const { url, username, password } = checked(credentials)
    await login(lines, credentials)
    const id = `srv_${randomBytes(9).toString('base64url')}`
    const row = { id, name: name ?? new URL(url).host, url, username, createdAt: clock.now() }
    await keep(row, password, audit(actor, 'remote.create', id))
    lines.loggedIn(id)
    return view(id)
  }
  const keep = (row: RemoteRow, password: string, rows: AuditRow[]) =>
    catalog.exclusive(() =>
      vault.set([{ id: row.id, secret: vaultEntryOf(password), audience: [new URL(row.url).origin] }], (writes) =>
        catalog.commit({ putRemotes: [row], vault: writes, audit: rows }),
      ),
    )

  const update = async (id: string, patch: RemotePatch, actor: Actor) => {
    const before = remoteOf(catalog, id)
    const { name = before.name, username = before.username } = patch
    const url = patch.url ?? before.url
    const rows = audit(actor, 'remote.update', id)
    if (url === before.url && username === before.username && patch.password === undefined) {
      await catalog.exclusive(() => catalog.commit({ putRemotes: [{ ...remoteOf(catalog, id), name }], audit: rows }))
      return view(id)
    }
    const credentials = checked({ url, username, password: patch.password ?? passwordFor(url, before, vault) })
    await login(lines, credentials)
    remoteOf(catalog, id) // it may have been removed meanwhile
    await keep({ ...before, name, url: credentials.url, username }, credentials.password, rows)
    lines.loggedIn(id)
    await Promise.all(linksOf(id).map((link) => keeper.look(link)))
    return view(id)
  }

  const remove = (id: string, actor: Actor) =>
    catalog.exclusive(async () => {
      remoteOf(catalog, id)
      const links = linksOf(id)
      const writes = { ...unlinked(links), removeRemotes: [id], audit: audit(actor, 'remote.remove', id) }
      // Otherwise the password would stay behind in it.
      if (vault.status().state !== 'unlocked')
        throw new KeywheelError('VAULT_LOCKED', 'Open the vault first: the password of the server is in it.')
      await vault.remove([id], (vaultWrites) => catalog.commit({ ...writes, vault: vaultWrites }))
      for (const { pool } of links) forget(pool)
    })
  /** A pool that only passed calls on has nothing left to pass them to; a synced one keeps its keys. */
  const unlinked = (links: readonly LinkRow[]) => {
    const passing = links.filter(({ mode }) => mode === 'proxy').map(({ pool }) => pool)
    return {
      removePools: passing,
      removeKeys: passing.map(passKeyId),
      putSettings: Object.assign({}, ...links.map(({ pool }) => forgotten(pool))) as Record<string, unknown>,
    }
  }
  const forget = (pool: string) => {
    lines.forget(pool)
    deps.syncer.forget(pool)
  }

  const link = async (id: string, input: LinkCreate, actor: Actor) => {
    const config = await lines.using(remoteOf(catalog, id).id, (client) => client.config(input.identifier))
    if (input.mode === 'proxy') await deps.relay.start(lines)
    const logEnd = await deps.logEnd()
    const made = await catalog.exclusive(async () => {
      const planned = plannedLink(remoteOf(catalog, id), input, config, catalog, clock.now())
      await catalog.commit({ ...linkWrites(planned, logEnd, catalog), audit: audit(actor, 'remote.link', planned.pool.slug) })
      return planned.link
    })
    await keeper.look(made)
    return view(id)
  }

  return {
    list: () => [...catalog.remotes.values()].toSorted((a, b) => a.name.localeCompare(b.name)).map(lines.view),
    create,
    update,
    remove,
    async pools(id) {
      const pools = await lines.using(remoteOf(catalog, id).id, (client) => client.pools())
      const here = new Map(linksOf(id).map(({ identifier, pool }) => [identifier, pool]))
      return pools.map((pool) => ({ ...pool, pool: here.get(pool.identifier) ?? null }))
    },
    link,
    unlink: (id, pool, actor) =>
      catalog.exclusive(async () => {
        const { id: remoteId } = remoteOf(catalog, id)
        const row = catalog.links.get(pool)
        if (row?.remoteId !== remoteId) throw new KeywheelError('LINK_NOT_FOUND')
        await catalog.commit({
          ...unlinked([row]),
          removeLinks: [{ remoteId, pool }],
          audit: audit(actor, 'remote.unlink', pool),
        })
        forget(pool)
        return view(id)
      }),
    async sync(id) {
      remoteOf(catalog, id)
      await Promise.all(linksOf(id).map((one) => keeper.look(one)))
      return view(id)
    },
  }
}

/** INVALID_INPUT for an address that is none. */
function checked(credentials: Credentials): Credentials {
  try {
    return { ...credentials, url: baseOf(credentials.url) }
  } catch (error) {
    if (!(error instanceof ApipoolError)) throw error
    throw invalid('url', 'give an address such as https://pool.example.com, without ?, # or a password')
  }
}

/** The password that is here was given for one place: another one is not shown it. */
function passwordFor(url: string, row: RemoteRow, vault: Pick<Vault, 'secretFor'>): string {
  const { origin } = new URL(row.url)
  if (URL.parse(url)?.origin !== origin) throw invalid('password', `give it again: the one that is here is for ${origin} alone`)
  try {
    return passwordOf(row, vault)
  } catch (error) {
    if (!(error instanceof ApipoolError)) throw error
    throw invalid('password', 'enter it; it is not here')
  }
}

/** REMOTE_UNAUTHORISED, REMOTE_FAILED. */
async function login(lines: RemoteLines, credentials: Credentials): Promise<void> {
  try {
    await lines.sessionFor(credentials).login()
  } catch (error) {
    throw error instanceof ApipoolError ? asKeywheel(error) : error
  }
}
