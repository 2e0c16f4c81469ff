/** One look at a pool of another server: what it says is made true here, and what it does not say changes nothing. */
import { isDeepStrictEqual } from 'node:util'
import type { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { ApipoolClient, RawKeys, ServerConfig } from '../../remote/client/index.ts'
import type { ConfigWrites, LinkRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog, Rank } from '../catalog.ts'
import { ruledBy } from './config.ts'
import { fingerprinted, type KeyPlan, type Listed, planKeys } from './keys.ts'

interface SyncDeps {
  catalog: Catalog
  vault: Vault
  engine: Pick<PoolEngine, 'resume'>
  clock: Clock
}

/** Where the fields are remembered that a server rules. */
export const ruledName = (pool: string) => `state.remote-fields.${pool}`

/** A link is to the pool that was there when it was made; another one of the same name is none of it. */
export function linkedPool(link: LinkRow, catalog: Pick<Catalog, 'pools' | 'links'>): PoolRow | undefined {
  const row = catalog.pools.get(link.pool)
  return catalog.links.get(link.pool) === link && row && row.createdAt <= link.createdAt ? row : undefined
}

export interface Syncer {
  /**
   * Gives what did not go quite well, in words; null = all is as at the server. Rejects with what the client rejects with, and with
   * VAULT_LOCKED; nothing has changed then.
   */
  sync(link: LinkRow, client: ApipoolClient, signal: AbortSignal): Promise<string | null>
  forget(pool: string): void
}

export function createSyncer(deps: SyncDeps): Syncer {
  const { catalog, vault } = deps
  /** Times in a row that a server had no key any more. */
  const empties = new Map<string, number>()

  /** Why a list is not believed; null = it is. */
  const doubt = async (link: LinkRow, { keys, total }: RawKeys, client: ApipoolClient, signal: AbortSignal) => {
    if (keys.length !== total) return `The server's list is not whole: ${keys.length} keys of ${total}. Nothing was changed.`
    if (keys.length > 0 || catalog.linkKeysOf(link.pool).size === 0) {
      empties.delete(link.pool)
      return null
    }
    const { total: counted } = await client.status(link.identifier, { signal })
    if (counted > 0) return `The server's list is empty, though it counts ${counted} keys. Nothing was changed.`
    const times = (empties.get(link.pool) ?? 0) + 1
    empties.set(link.pool, times)
    return times > 1 ? null : "The server's list is empty. It is believed when it is so once more; nothing was changed yet."
  }

  return {
    async sync(link, client, signal) {
      vault.fingerprint('') // VAULT_LOCKED before any work
      const raw = await client.keys(link.identifier, { signal })
      const config = await client.config(link.identifier, { signal })
      const reason = await doubt(link, raw, client, signal)
      const ranks = isRanked(config) ? await client.ranks(link.identifier, { signal }) : new Map<string, Rank>()
      const listed = reason === null ? await fingerprinted(raw.keys, ranks, vault) : null
      signal.throwIfAborted()
      const refused = await catalog.exclusive(() => apply(link, listed, config, deps))
      if (reason !== null) return reason
      return refused === 0 ? null : `${refused} of its keys cannot be used here: a key is printable ASCII without spaces.`
    },
    forget: (pool) => void empties.delete(pool),
  }
}

/** Only these strategies care how a key stands; a large pool's members need not be asked for otherwise. */
const isRanked = ({ rotationStrategy }: ServerConfig) => ['priority', 'weighted'].includes(rotationStrategy)

/** `listed` null = only the configuration is believed. Gives how many keys could not be taken. */
async function apply(link: LinkRow, listed: readonly Listed[] | null, config: ServerConfig, deps: SyncDeps): Promise<number> {
  const { catalog, vault, engine, clock } = deps
  const pool = linkedPool(link, catalog)
  // Unlinked or deleted meanwhile.
  if (!pool || pool.deletedAt !== null) return 0
  const now = clock.now()
  const keys = listed && (await planKeys(listed, { catalog, pool, origin: new URL(pool.baseUrl).origin, now }))
  const writes = { ...poolWrites(pool, config, catalog, now), ...(keys ? changesOf(keys) : {}) }
  if (Object.keys(writes).length === 0) return keys?.refused ?? 0
  const whole: ConfigWrites = { ...writes, audit: [{ at: now, actor: 'system', action: 'remote.sync', subject: pool.slug }] }
  if (!keys || keys.secrets.length === 0) await catalog.commit(whole)
  else await vault.set(keys.secrets, (vaultWrites) => catalog.commit({ ...whole, vault: vaultWrites }))
  for (const id of keys?.renewed ?? []) engine.resume(id)
  return keys?.refused ?? 0
}

function changesOf({ writes }: KeyPlan): ConfigWrites {
  return Object.fromEntries(Object.entries(writes).filter(([, list]) => list.length > 0))
}

function poolWrites(pool: PoolRow, server: ServerConfig, catalog: Catalog, now: number): ConfigWrites {
  const before = catalog.remembered(ruledName(pool.slug))
  const ruled = Array.isArray(before) ? before.map(String) : []
  const { strategy, config, fields } = ruledBy(server, pool, ruled)
  const isSame = strategy === pool.strategy && isDeepStrictEqual(config, pool.config)
  return {
    ...(isSame ? {} : { putPools: [{ ...pool, strategy, config, updatedAt: now }] }),
    ...(isDeepStrictEqual(fields, ruled) ? {} : { putSettings: { [ruledName(pool.slug)]: fields } }),
  }
}

/** A pool that is not there (any more) is said so; everything else as it is. */
export function problemOf(error: KeywheelError): string {
  return error.code === 'VAULT_LOCKED' ? 'The vault is locked.' : error.message
}
