/** Many keys at once: what a pasted text would do, and doing it. */
import { invalid, type KeyImport, type KeyImported, type KeyPreview } from '../../../src-preload/contract/index.ts'
import { guessProvider, keyHintOf } from '../../providers/index.ts'
import type { AuditRow, KeyRow, PoolRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { type Addition, planAddition, storeAdditions } from './key-add.ts'
import { freeIdentifier, isTaken } from './key-identifier.ts'
import { parseKeysInSlices } from './key-import.ts'
import type { Candidate, KeyExtras, ParsedKeys } from './key-import-types.ts'
import { newKeyIds, nextNumber } from './new-key.ts'

const shownRows = 200
/** What one import may bring. More would hold every other change for minutes. */
const mostKeys = 100_000

interface Judged extends Candidate {
  status: 'new' | 'duplicate' | 'invalid'
  /** Null while the vault is locked, and for what is no key. */
  fingerprint: string | null
}

/** INVALID_INPUT for more than 100,000 keys, and for a .env that belongs to nothing. */
async function read({ text, env }: { text: string; env?: string | undefined }): Promise<ParsedKeys> {
  const parsed = await parseKeysInSlices(text, env, mostKeys)
  if (env !== undefined && !parsed.format.endsWith('json'))
    throw invalid('env', 'only a keys.json names variables of a .env; import the .env by itself')
  return parsed
}

/** Says of each candidate whether it is new here. Without an open vault only repeats within the text are seen. */
function judge(candidates: readonly Candidate[], catalog: Catalog, vault: Vault, pool: string | undefined): Promise<Judged[]> {
  const seen = new Set<string>()
  const names = new Set<string>()
  const open = vault.status().state === 'unlocked'
  const kind = pool === undefined ? undefined : catalog.pools.get(pool)?.provider
  return mapInSlices(candidates, (candidate): Judged => {
    const { secret, extras = {} } = candidate
    const reason = candidate.reason ?? foreign(extras, kind)
    if (reason !== null) return { ...candidate, reason, status: 'invalid', fingerprint: null }
    const fingerprint = open ? vault.fingerprint(secret) : null
    const existing = fingerprint === null ? undefined : catalog.keyByFingerprint(fingerprint)
    const isHere = existing?.deletedAt === null && (pool === undefined || catalog.poolsOf(existing.id).has(pool))
    const repeated = seen.has(secret)
    seen.add(secret)
    if (isHere || repeated) return { ...candidate, status: 'duplicate', fingerprint }
    const { identifier } = extras
    if (identifier === undefined) return { ...candidate, status: 'new', fingerprint }
    const taken = names.has(identifier) || isTaken(identifier, catalog, existing?.id)
    names.add(identifier)
    if (taken) return { ...candidate, status: 'duplicate', reason: `another key is called "${identifier}"`, fingerprint }
    return { ...candidate, status: 'new', fingerprint }
  })
}

/** Why a key of a certain provider cannot go into a pool of another one; null = it can. */
function foreign({ provider }: KeyExtras, kind: string | undefined): string | null {
  const takesAll = kind === undefined || kind === 'custom' || kind === 'openai-compatible'
  if (provider === undefined || takesAll || provider === kind) return null
  return `this is a key of ${provider}, and the pool is one of ${kind}`
}

export async function previewKeys(
  input: { text: string; env?: string | undefined; pool?: string | undefined },
  { catalog, vault }: { catalog: Catalog; vault: Vault },
): Promise<KeyPreview> {
  const { format, candidates } = await read(input)
  const judged = await judge(candidates, catalog, vault, input.pool)
  const guesses = new Map<string, number>()
  for (const candidate of judged) {
    const guess = candidate.status === 'new' ? providerOf(candidate) : null
    if (guess) guesses.set(guess, (guesses.get(guess) ?? 0) + 1)
  }
  const countOf = (status: Judged['status']) => judged.filter((row) => row.status === status).length
  return {
    format,
    rows: judged.slice(0, shownRows).map((candidate) => ({
      line: candidate.line,
      status: candidate.status,
      hint: candidate.status === 'invalid' ? '' : keyHintOf(candidate.secret),
      label: candidate.label ?? '',
      provider: candidate.status === 'invalid' ? null : providerOf(candidate),
      reason: candidate.reason,
    })),
    new: countOf('new'),
    duplicates: countOf('duplicate'),
    invalid: countOf('invalid'),
    provider: [...guesses].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null,
  }
}

/** As the text says, else as the key looks. */
const providerOf = ({ secret, extras }: Candidate) => extras?.provider ?? guessProvider(secret)

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
  const { candidates } = await read(input)
  const judged = await judge(candidates, catalog, vault, input.pool)
  const accepted = judged.filter((row) => row.status === 'new')
  let number = nextNumber(catalog, pool.slug)
  const ids = newKeyIds(accepted.length)
  const freed: KeyRow[] = []
  let next = 0
  const additions = await mapInSlices(accepted, ({ secret, fingerprint, label, extras = {} }): Addition => {
    const known = fingerprint ?? vault.fingerprint(secret)
    const { identifier, tags = [], notes = '', enabled, expiresAt, limits, priority = 0, weight = 1 } = extras
    if (identifier !== undefined) freed.push(...freeIdentifier(identifier, catalog, catalog.keyByFingerprint(known)?.id))
    return planAddition(
      {
        id: ids[next++],
        secret,
        fingerprint: known,
        label: label ?? `${pool.slug} ${number++}`,
        tags: together(input.tags, tags),
        pools: [pool],
        rank: {
          priority,
          weight,
        },
        allowances: limits === undefined ? {} : { limits },
        identifier,
        notes,
        enabled,
        expiresAt,
        origins,
        now,
      },
      catalog,
    )
  })
  await storeAdditions(additions, { ...deps, freed })
  return {
    added: additions.length,
    duplicates: judged.filter((row) => row.status === 'duplicate').length,
    invalid: judged.filter((row) => row.status === 'invalid').map(({ line, reason }) => ({ line, reason: reason ?? '' })),
    ids: additions.slice(0, shownRows).map(({ row }) => row.id),
  }
}

/** A key has at most 32 tags. INVALID_INPUT. */
function together(forAll: readonly string[], own: readonly string[]): string[] {
  const tags = [...new Set([...forAll, ...own])]
  if (tags.length > 32) throw invalid('tags', 'with those that the keys have themselves there would be more than 32')
  return tags
}
