/** Brings a pool in line with a server's list of keys: what has to be written. Nothing is written here. */
import { secretSchema } from '../../../src-preload/contract/index.ts'
import { keyHintOf } from '../../providers/index.ts'
import type { RawKey } from '../../remote/client/index.ts'
import type { ConfigWrites, KeyRow, LinkKeyRow, PoolRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { SecretEntry, Vault } from '../../vault/types.ts'
import type { Catalog, Rank } from '../catalog.ts'
import { newKey } from '../keys/new-key.ts'
import { trashMs } from '../trash.ts'

/** A key of the list with its fingerprint; null = it cannot be a key here (spaces, or something beyond ASCII, in it). */
export interface Listed extends RawKey {
  fingerprint: string | null
  /** How it stands in the pool; undefined = as it stands here. */
  rank: Rank | undefined
}

export interface KeyPlan {
  writes: Required<Pick<ConfigWrites, 'putKeys' | 'setMemberships' | 'putLinkKeys' | 'removeLinkKeys'>>
  secrets: SecretEntry[]
  /** Keys whose secret is another one now: what was known of the old one says nothing about it. */
  renewed: string[]
  /** Keys of the list that cannot be used here. */
  refused: number
}

/** VAULT_LOCKED. */
export function fingerprinted(
  keys: readonly RawKey[],
  ranks: ReadonlyMap<string, Rank>,
  vault: Pick<Vault, 'fingerprint'>,
): Promise<Listed[]> {
  return mapInSlices(keys, (key) => {
    const usable = secretSchema.safeParse(key.rawKey).success
    return { ...key, fingerprint: usable ? vault.fingerprint(key.rawKey) : null, rank: ranks.get(key.identifier) }
  })
}

interface Ground {
  catalog: Catalog
  pool: PoolRow
  /** Where the pool's calls go; its keys are bound to it. */
  origin: string
  now: number
}

/**
 * A key that is no longer in the list leaves the pool at once and is kept; when it is still missing later, a key that the server
 * brought, and that is in no other pool, goes to the trash. Keys that the server did not bring are neither changed nor deleted.
 */
export async function planKeys(listed: readonly Listed[], ground: Ground): Promise<KeyPlan> {
  const plan = new Planner(ground)
  await mapInSlices(listed, (key) => plan.meet(key))
  plan.missMissing()
  return plan.done()
}

class Planner {
  readonly #ground: Ground
  readonly #known: ReadonlyMap<string, LinkKeyRow>
  readonly #seen = new Set<string>()
  readonly #wanted = new Map<string, Rank>()
  /** Keys that some name of the list stands for. */
  readonly #kept = new Set<string>()
  /** Fingerprint → key, of what this plan brings. */
  readonly #holders = new Map<string, string>()
  readonly #names = new Set<string>()
  readonly #rows = new Map<string, KeyRow>()
  readonly #pools = new Map<string, Map<string, Rank>>()
  readonly #links = new Map<string, LinkKeyRow>()
  readonly #gone: Pick<LinkKeyRow, 'pool' | 'identifier'>[] = []
  readonly #secrets = new Map<string, SecretEntry>()
  readonly #renewed: string[] = []
  readonly #freshKeys = new Set<string>()
  #broughtKeys: Set<string> | undefined
  #refused = 0

  constructor(ground: Ground) {
    this.#ground = ground
    this.#known = ground.catalog.linkKeysOf(ground.pool.slug)
  }

  meet(key: Listed): void {
    // Of a name that comes twice the first counts.
    if (this.#seen.has(key.identifier)) return
    this.#seen.add(key.identifier)
    if (key.rank) this.#wanted.set(key.identifier, key.rank)
    const link = this.#known.get(key.identifier)
    const row = link && this.#row(link.keyId)
    if (key.fingerprint === null) {
      this.#refused += 1
      if (link) this.#kept.add(link.keyId)
      return
    }
    if (!link || !row) return this.#bring(key, key.fingerprint)
    // What a person has just deleted stays deleted while that can be undone.
    if (row.deletedAt !== null && link.missingSince === null) return void this.#kept.add(row.id)
    if (row.fingerprint === key.fingerprint) return this.#keep(link, row)
    // Not the server's to change, or here already, or another name's: this name stands for another key from now on.
    const isShared = !link.brought || this.#kept.has(row.id) || this.#holder(key.fingerprint) !== undefined
    if (isShared) return this.#bring(key, key.fingerprint)
    this.#renew(link, row, key, key.fingerprint)
  }

  /** What the list does not name, and keys that have lost their name to others. */
  missMissing(): void {
    const { pool, now } = this.#ground
    for (const link of this.#known.values()) {
      const { identifier, missingSince } = link
      if (this.#seen.has(identifier)) {
        this.#trash(link)
      } else if (missingSince === null) {
        this.#links.set(identifier, { ...link, missingSince: now })
        this.#leave(link.keyId)
      } else if (missingSince + trashMs <= now) {
        this.#gone.push({ pool: pool.slug, identifier })
        this.#trash(link)
      }
    }
  }

  done(): KeyPlan {
    return {
      writes: {
        putKeys: [...this.#rows.values()],
        setMemberships: [...this.#pools].map(([keyId, ranks]) => ({
          keyId,
          pools: [...ranks].map(([pool, rank]) => ({ pool, ...rank })),
        })),
        putLinkKeys: [...this.#links.values()],
        removeLinkKeys: this.#gone,
      },
      secrets: [...this.#secrets.values()],
      renewed: this.#renewed,
      refused: this.#refused,
    }
  }

  #keep(link: LinkKeyRow, row: KeyRow): void {
    if (row.deletedAt !== null) this.#rows.set(row.id, { ...row, deletedAt: null })
    this.#stand(link)
  }

  #renew(link: LinkKeyRow, row: KeyRow, { rawKey }: Listed, fingerprint: string): void {
    const hint = keyHintOf(rawKey)
    this.#rows.set(row.id, { ...row, fingerprint, hint, checkedAt: null, discovered: null, deletedAt: null })
    this.#secrets.set(row.id, { id: row.id, secret: rawKey, audience: row.audience })
    this.#holders.set(fingerprint, row.id)
    this.#renewed.push(row.id)
    this.#stand(link)
  }

  #bring(key: Listed, fingerprint: string): void {
    const { pool } = this.#ground
    const { identifier } = key
    const holder = this.#holder(fingerprint)
    const link = (keyId: string, brought: boolean) =>
      this.#stand({ pool: pool.slug, identifier, keyId, brought, missingSince: null }, true)
    // What another link has brought is nobody's own either.
    if (holder?.deletedAt === null) return link(this.#adopt(holder, key), this.#isBrought(holder.id))
    const row = this.#fresh(key, fingerprint, holder?.id)
    if (holder) this.#pools.set(row.id, new Map())
    link(row.id, true)
  }

  /** A key that is here: whoever holds its secret may say where it goes. */
  #adopt(row: KeyRow, { rawKey }: Listed): string {
    const { origin } = this.#ground
    if (row.audience.includes(origin)) return row.id
    const bound = { ...row, audience: [...row.audience, origin] }
    this.#rows.set(row.id, bound)
    this.#secrets.set(row.id, { id: row.id, secret: rawKey, audience: bound.audience })
    return row.id
  }

  /** One in the trash is begun anew in its own place: its fingerprint can be there only once. */
  #fresh({ identifier, rawKey, alias, tags }: Listed, fingerprint: string, id: string | undefined): KeyRow {
    const { pool, origin, now } = this.#ground
    const label = (alias?.trim() || identifier).slice(0, 128)
    const fresh = newKey({ id, secret: rawKey, fingerprint, label, provider: pool.provider, origins: [origin], now })
    const row = { ...fresh, tags: tags.slice(0, 32), identifier: this.#nameFor(identifier, fresh.id) }
    this.#rows.set(row.id, row)
    this.#secrets.set(row.id, { id: row.id, secret: rawKey, audience: row.audience })
    this.#holders.set(fingerprint, row.id)
    this.#freshKeys.add(row.id)
    return row
  }

  /** It is called here as it is there, where that name is free. */
  #nameFor(identifier: string, keyId: string): string | null {
    const { catalog } = this.#ground
    const holder = catalog.keyNamed(identifier)
    if (this.#names.has(identifier) || (holder !== undefined && holder.id !== keyId)) return null
    this.#names.add(identifier)
    return identifier
  }

  /** Its name there stands for this key, and it is in the pool. */
  #stand(link: LinkKeyRow, isNew = false): void {
    if (isNew || link.missingSince !== null) this.#links.set(link.identifier, { ...link, missingSince: null })
    this.#kept.add(link.keyId)
    const ranks = this.#ranks(link.keyId)
    const now = ranks.get(link.pool)
    const { priority, weight } = this.#wanted.get(link.identifier) ?? now ?? { priority: 0, weight: 1 }
    if (now?.priority === priority && now.weight === weight) return
    this.#pools.set(link.keyId, ranks.set(link.pool, { priority, weight }))
  }

  #leave(keyId: string): void {
    const ranks = this.#ranks(keyId)
    if (!this.#kept.has(keyId) && ranks.delete(this.#ground.pool.slug)) this.#pools.set(keyId, ranks)
  }

  #trash({ keyId, brought }: LinkKeyRow): void {
    if (this.#kept.has(keyId)) return
    this.#leave(keyId)
    const row = this.#row(keyId)
    if (brought && row?.deletedAt === null && this.#ranks(keyId).size === 0) {
      this.#rows.set(keyId, { ...row, deletedAt: this.#ground.now })
    }
  }

  #row(id: string): KeyRow | undefined {
    return this.#rows.get(id) ?? this.#ground.catalog.keys.get(id)
  }

  /** The key that has this secret once the plan is done. */
  #holder(fingerprint: string): KeyRow | undefined {
    const id = this.#holders.get(fingerprint) ?? this.#ground.catalog.keyByFingerprint(fingerprint)?.id
    const row = id === undefined ? undefined : this.#row(id)
    return row?.fingerprint === fingerprint ? row : undefined
  }

  #ranks(keyId: string): Map<string, Rank> {
    return this.#pools.get(keyId) ?? new Map(this.#ground.catalog.poolsOf(keyId))
  }

  #isBrought(keyId: string): boolean {
    const { catalog } = this.#ground
    const links = () => [...catalog.links.keys()].flatMap((pool) => [...catalog.linkKeysOf(pool).values()])
    this.#broughtKeys ??= new Set(links().flatMap((link) => (link.brought ? [link.keyId] : [])))
    return this.#broughtKeys.has(keyId) || this.#freshKeys.has(keyId)
  }
}
