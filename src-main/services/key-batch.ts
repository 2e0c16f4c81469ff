/** Many keys at once: what a pasted text would do, and doing it. */
import type { KeyImport, KeyImported, KeyPreview } from '../../src-preload/contract/index.ts'
import { guessProvider, keyHintOf } from '../providers/index.ts'
import type { AuditRow, KeyRow, PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import { type Candidate, parseKeys } from './key-import.ts'
import { newKey, nextNumber } from './new-key.ts'

const shownRows = 200

interface Judged extends Candidate {
  status: 'new' | 'duplicate' | 'invalid'
  /** The key it is already, when that one can be linked. */
  existing: KeyRow | undefined
}

/** Says of each candidate whether it is new here. Without an open vault only repeats within the text are seen. */
function judge(candidates: readonly Candidate[], catalog: Catalog, vault: Vault, pool: string | undefined): Judged[] {
  const seen = new Set<string>()
  const open = vault.status().state === 'unlocked'
  return candidates.map((candidate) => {
    if (candidate.reason !== null) return { ...candidate, status: 'invalid', existing: undefined }
    const existing = open ? catalog.keyByFingerprint(vault.fingerprint(candidate.secret)) : undefined
    const isHere = existing?.deletedAt === null && (pool === undefined || catalog.poolsOf(existing.id).has(pool))
    const repeated = seen.has(candidate.secret)
    seen.add(candidate.secret)
    return { ...candidate, status: isHere || repeated ? 'duplicate' : 'new', existing }
  })
}

export function previewKeys(
  input: { text: string; pool?: string | undefined },
  { catalog, vault }: { catalog: Catalog; vault: Vault },
): KeyPreview {
  const { format, candidates } = parseKeys(input.text)
  const judged = judge(candidates, catalog, vault, input.pool)
  const guesses = new Map<string, number>()
  for (const { secret, status } of judged) {
    const guess = status === 'new' ? guessProvider(secret) : null
    if (guess) guesses.set(guess, (guesses.get(guess) ?? 0) + 1)
  }
  const countOf = (status: Judged['status']) => judged.filter((row) => row.status === status).length
  return {
    format,
    rows: judged.slice(0, shownRows).map(({ line, secret, label, reason, status }) => ({
      line,
      status,
      hint: status === 'invalid' ? '' : keyHintOf(secret),
      label: label ?? '',
      provider: status === 'invalid' ? null : guessProvider(secret),
      reason,
    })),
    new: countOf('new'),
    duplicates: countOf('duplicate'),
    invalid: countOf('invalid'),
    provider: [...guesses].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null,
  }
}

export interface ImportDeps {
  catalog: Catalog
  vault: Vault
  pool: PoolRow
  origins: readonly string[]
  now: number
  audit: AuditRow[]
}

/** Adds every new key in one transaction; what is a duplicate or no key is counted and left alone. */
export async function importKeys(
  input: KeyImport,
  { catalog, vault, pool, origins, now, audit }: ImportDeps,
): Promise<KeyImported> {
  vault.fingerprint('') // VAULT_LOCKED before any work
  const judged = judge(parseKeys(input.text).candidates, catalog, vault, input.pool)
  const accepted = judged.filter((row) => row.status === 'new')
  const firstNumber = nextNumber(catalog, pool.slug)
  const additions = accepted.map(({ secret, label, existing }, index) => {
    const fresh = newKey({ secret, label: label ?? `${pool.slug} ${firstNumber + index}`, vault, pools: [pool], origins, now })
    // The key may be in other pools (or the trash): then it is linked, not stored twice.
    const row: KeyRow = existing
      ? { ...existing, audience: [...new Set([...existing.audience, ...origins])], deletedAt: null }
      : { ...fresh, tags: input.tags }
    const links = [...(existing ? catalog.poolsOf(existing.id) : [])].map(([slug, rank]) => ({ pool: slug, ...rank }))
    return { row, secret, pools: [...links, { pool: pool.slug, priority: 0, weight: 1 }] }
  })
  if (additions.length > 0) {
    await vault.set(
      additions.map(({ row, secret }) => ({ id: row.id, secret, audience: row.audience })),
      (writes) =>
        catalog.commit({
          putKeys: additions.map(({ row }) => row),
          setMemberships: additions.map(({ row, pools }) => ({ keyId: row.id, pools })),
          vault: writes,
          audit,
        }),
    )
  }
  return {
    added: additions.length,
    duplicates: judged.filter((row) => row.status === 'duplicate').length,
    invalid: judged.filter((row) => row.status === 'invalid').map(({ line, reason }) => ({ line, reason: reason ?? '' })),
    ids: additions.slice(0, shownRows).map(({ row }) => row.id),
  }
}
