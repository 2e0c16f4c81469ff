/** Adding a secret: a new key, or one that is here already and joins more pools. One transaction for all that come together. */
import { invalid, type KeyPatch } from '../../../src-preload/contract/index.ts'
import { guessProvider } from '../../providers/index.ts'
import type { AuditRow, KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog, Rank } from '../catalog.ts'
import { newKey } from './new-key.ts'

export interface Addition {
  row: KeyRow
  secret: string
  pools: ({ pool: string } & Rank)[]
}

interface Given {
  /** Of a key that is new; any unless told. */
  id?: string | undefined
  secret: string
  fingerprint: string
  label: string
  /** Its name in the apipool protocol; absent = as it is, or none. */
  identifier?: string | null | undefined
  /** What comes with it of that protocol. */
  clientConfig?: KeyRow['clientConfig']
  enabled?: boolean | undefined
  tags: string[]
  notes: string
  expiresAt?: number | null | undefined
  allowances?: Allowances
  /** The first says which provider the key is of; without any it is guessed from the key. */
  pools: readonly PoolRow[]
  rank: Rank
  origins: readonly string[]
  now: number
}

/** What a person gave of a key's limits, budget, account and way out; what is absent stays as it is. */
type Allowances = Pick<KeyPatch, 'limits' | 'limitZone' | 'budget' | 'account' | 'outbound'>

export function withAllowances(row: KeyRow, { limits, limitZone, budget, account, outbound }: Allowances): KeyRow {
  return {
    ...row,
    limits: limits ?? row.limits,
    limitZone: limitZone ?? row.limitZone,
    budget: budget === undefined ? row.budget : budget,
    account: account === undefined ? row.account : account,
    outbound: outbound === undefined ? row.outbound : outbound,
  }
}

/** What adding this secret comes to. What is said of a known key's limits, budget, account and expiry holds; the rest of it stays. Whoever holds a secret may say where it goes, so a known key is bound to the new pools as well. */
export function planAddition(given: Given, catalog: Catalog): Addition {
  const { id, secret, fingerprint, label, tags, notes, expiresAt, allowances = {}, pools, rank, origins, now } = given
  const { identifier, clientConfig, enabled = true } = given
  const joined = [...new Set(pools.map(({ slug }) => slug))].map((pool) => ({ pool, ...rank }))
  const existing = catalog.keyByFingerprint(fingerprint)
  if (existing?.deletedAt === null) {
    const kept = [...catalog.poolsOf(existing.id)].filter(([slug]) => !joined.some(({ pool }) => pool === slug))
    const bound = { ...existing, audience: [...new Set([...existing.audience, ...origins])] }
    const row = {
      ...withAllowances(bound, allowances),
      expiresAt: expiresAt === undefined ? existing.expiresAt : expiresAt,
      identifier: identifier ?? existing.identifier,
    }
    return { row, secret, pools: [...kept.map(([pool, old]) => ({ pool, ...old })), ...joined] }
  }
  const provider = pools[0]?.provider ?? guessProvider(secret) ?? 'custom'
  const fresh = newKey({ id, secret, fingerprint, label, provider, origins, now })
  // A key that is still in the trash is begun anew in its own place: its fingerprint can be there only once.
  const names = { identifier: identifier ?? null, clientConfig: clientConfig ?? null }
  const said = { tags, notes, enabled, expiresAt: expiresAt ?? null, ...names }
  const row = withAllowances({ ...fresh, id: existing?.id ?? fresh.id, ...said }, allowances)
  return { row, secret, pools: joined }
}

/** `freed` = rows that gave up a name for these; they are written first. */
export async function storeAdditions(
  additions: readonly Addition[],
  { catalog, vault, audit, freed = [] }: { catalog: Catalog; vault: Vault; audit: AuditRow[]; freed?: readonly KeyRow[] },
): Promise<void> {
  if (additions.length === 0) return
  await vault.set(
    additions.map(({ row, secret }) => ({ id: row.id, secret, audience: row.audience })),
    (writes) =>
      catalog.commit({
        putKeys: [...freed, ...additions.map(({ row }) => row)],
        setMemberships: additions.map(({ row, pools }) => ({ keyId: row.id, pools })),
        vault: writes,
        audit,
      }),
  )
}

/** A pool that takes keys. POOL_NOT_FOUND; INVALID_INPUT for the demo pool, which has keys of its own. */
export function acceptingPool(catalog: Catalog, slug: string, field: string): PoolRow {
  const pool = catalog.pool(slug, field)
  if (pool.provider === 'demo') throw invalid(field, 'the demo pool takes no keys; make a pool of your own')
  if (catalog.links.get(slug)?.mode === 'proxy') throw invalid(field, 'the keys of this pool are at its server')
  return pool
}
