/** Many keys at once: what a pasted text would do, and doing it. */
import { invalid, type KeyImport, type KeyImported, type KeyPreview } from '../../src-preload/contract/index.ts'
import { guessProvider, keyHintOf } from '../providers/index.ts'
import type { AuditRow, PoolRow } from '../storage/types.ts'
import { mapInSlices } from '../vault/slices.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import { planAddition, storeAdditions } from './key-add.ts'
import { type Candidate, type ParsedKeys, parseKeys } from './key-import.ts'
import { newKeyIds, nextNumber } from './new-key.ts'

const shownRows = 200
/** What one import may bring. More would hold every other change for minutes. */
const mostKeys = 100_000

interface Judged extends Candidate {
  status: 'new' | 'duplicate' | 'invalid'
  /** Null while the vault is locked, and for what is no key. */
  fingerprint: string | null
}

/** INVALID_INPUT for more than 100,000 lines. */
function read(text: string): ParsedKeys {
  const parsed = parseKeys(text)
  if (parsed.candidates.length > mostKeys) throw invalid('text', `give at most ${mostKeys} keys at a time`)
  return parsed
}

/** Says of each candidate whether it is new here. Without an open vault only repeats within the text are seen. */
function judge(candidates: readonly Candidate[], catalog: Catalog, vault: Vault, pool: string | undefined): Promise<Judged[]> {
  const seen = new Set<string>()
  const open = vault.status().state === 'unlocked'
  return mapInSlices(candidates, (candidate): Judged => {
    if (candidate.reason !== null) return { ...candidate, status: 'invalid', fingerprint: null }
    const fingerprint = open ? vault.fingerprint(candidate.secret) : null
    const existing = fingerprint === null ? undefined : catalog.keyByFingerprint(fingerprint)
    const isHere = existing?.deletedAt === null && (pool === undefined || catalog.poolsOf(existing.id).has(pool))
    const repeated = seen.has(candidate.secret)
    seen.add(candidate.secret)
    return { ...candidate, status: isHere || repeated ? 'duplicate' : 'new', fingerprint }
  })
}

export async function previewKeys(
  input: { text: string; pool?: string | undefined },
  { catalog, vault }: { catalog: Catalog; vault: Vault },
): Promise<KeyPreview> {
  const { format, candidates } = read(input.text)
  const judged = await judge(candidates, catalog, vault, input.pool)
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

/** Adds every new key in one transaction; what is a duplicate or no key is counted and left alone. VAULT_LOCKED. */
export async function importKeys(input: KeyImport, deps: ImportDeps): Promise<KeyImported> {
  const { catalog, vault, pool, origins, now } = deps
  vault.fingerprint('') // VAULT_LOCKED before any work
  const judged = await judge(read(input.text).candidates, catalog, vault, input.pool)
  const accepted = judged.filter((row) => row.status === 'new')
  let number = nextNumber(catalog, pool.slug)
  const ids = newKeyIds(accepted.length)
  let next = 0
  const additions = await mapInSlices(accepted, ({ secret, fingerprint, label }) =>
    planAddition(
      {
        id: ids[next++],
        secret,
        fingerprint: fingerprint ?? vault.fingerprint(secret),
        label: label ?? `${pool.slug} ${number++}`,
        tags: input.tags,
        notes: '',
        pools: [pool],
        rank: { priority: 0, weight: 1 },
        origins,
        now,
      },
      catalog,
    ),
  )
  await storeAdditions(additions, deps)
  return {
    added: additions.length,
    duplicates: judged.filter((row) => row.status === 'duplicate').length,
    invalid: judged.filter((row) => row.status === 'invalid').map(({ line, reason }) => ({ line, reason: reason ?? '' })),
    ids: additions.slice(0, shownRows).map(({ row }) => row.id),
  }
}
