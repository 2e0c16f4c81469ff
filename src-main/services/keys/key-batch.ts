/** Many keys at once: what a pasted text would do, and doing it. */
import { invalid, type KeyImport, type KeyImported, type KeyPreview } from '../../../src-preload/contract/index.ts'
import { guessProvider, keyHintOf } from '../../providers/index.ts'
import type { AuditRow, KeyRow, PoolRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { inSlices, type Work } from '../tasks.ts'
import type { PreviewInput } from '../types.ts'
import { planAddition, storeAdditions } from './key-add.ts'
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

/** Says of one candidate after the other whether it is new here. Without an open vault only repeats within the text are seen. */
function judgeOf(input: PreviewInput, { catalog, vault }: { catalog: Catalog; vault: Vault }): (candidate: Candidate) => Judged {
  const seen = new Set<string>()
  const names = new Set<string>()
  const open = vault.status().state === 'unlocked'
  return (candidate) => {
    const { secret, extras = {} } = candidate
    const pool = poolOf(candidate, input)
    const kind = pool === undefined ? undefined : catalog.pools.get(pool)?.provider
    const reason = candidate.reason ?? foreign(extras, kind)
    if (reason !== null) return { ...candidate, reason, status: 'invalid', fingerprint: null }
    const fingerprint = open ? vault.fingerprint(secret) : null
    const existing = fingerprint === null ? undefined : catalog.keyByFingerprint(fingerprint)
    // When each goes its own way, a key that is in any pool stays where it is.
    const anywhere = pool === undefined || input.pools !== undefined
    const isHere = existing?.deletedAt === null && (anywhere || catalog.poolsOf(existing.id).has(pool))
    const repeated = seen.has(secret)
    seen.add(secret)
    if (isHere || repeated) return { ...candidate, status: 'duplicate', fingerprint }
    const { identifier } = extras
    if (identifier === undefined) return { ...candidate, status: 'new', fingerprint }
    const taken = names.has(identifier) || isTaken(identifier, catalog, existing?.id)
    names.add(identifier)
    if (taken) return { ...candidate, status: 'duplicate', reason: `another key is called "${identifier}"`, fingerprint }
    return { ...candidate, status: 'new', fingerprint }
  }
}

/** Why a key of a certain provider cannot go into a pool of another one; null = it can. */
function foreign({ provider }: KeyExtras, kind: string | undefined): string | null {
  const takesAll = kind === undefined || kind === 'custom' || kind === 'openai-compatible'
  if (provider === undefined || takesAll || provider === kind) return null
  return `this is a key of ${provider}, and the pool is one of ${kind}`
}

/** Where a key goes; undefined = nobody has said. */
function poolOf(candidate: Candidate, { pool, pools }: PreviewInput): string | undefined {
  const provider = pools && providerOf(candidate)
  return (provider && pools[provider]) ?? pool
}

export async function previewKeys(
  input: PreviewInput,
  { catalog, vault }: { catalog: Catalog; vault: Vault },
): Promise<KeyPreview> {
  const { format, candidates } = await read(input)
  const judged = await mapInSlices(candidates, judgeOf(input, { catalog, vault }))
  const byProvider = await countProviders(judged)
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
    provider: byProvider.find((guess) => guess.provider !== null && guess.new > 0)?.provider ?? null,
    providers: byProvider,
  }
}

/** Of all that can be keys: what is new depends on where they would go, and that is asked for next. */
async function countProviders(judged: readonly Judged[]): Promise<KeyPreview['providers']> {
  const counts = new Map<string | null, { keys: number; new: number }>()
  await mapInSlices(judged, (candidate) => {
    if (candidate.secret === '' || (candidate.status === 'invalid' && candidate.extras?.provider === undefined)) return
    const provider = providerOf(candidate)
    const before = counts.get(provider) ?? { keys: 0, new: 0 }
    counts.set(provider, { keys: before.keys + 1, new: before.new + (candidate.status === 'new' ? 1 : 0) })
  })
  return [...counts].map(([provider, count]) => ({ provider, ...count })).toSorted((a, b) => b.new - a.new || b.keys - a.keys)
}

/** As the text says, else as the key looks. */
const providerOf = ({ secret, extras, label }: Candidate) => extras?.provider ?? guessProvider(secret, label ?? '')

type Destinations = ReadonlyMap<string, { pool: PoolRow; origins: readonly string[] }>

export interface ImportDeps {
  catalog: Catalog
  vault: Vault
  /** The pools that the input names, as they are now, with the origins that their keys may be sent to. POOL_NOT_FOUND */
  destinations(): Destinations
  now: number
  /** Goes with the first keys that are written. */
  audit: AuditRow[]
  work: Work
}

/**
 * Adds every new key, slice by slice; what is a duplicate or no key is counted and left alone. Other changes have their turn between
 * two slices, so what is new is found out then. VAULT_LOCKED; a failure on the way says how many keys stay.
 */
export async function importKeys(input: KeyImport, deps: ImportDeps): Promise<KeyImported> {
  const { catalog, vault, now, work } = deps
  // Before any work.
  vault.fingerprint('')
  const slugs = [...deps.destinations().keys()]
  const { candidates } = await read(input)
  await mapInSlices(candidates, ({ extras }) => extras?.tags && together(input.tags, extras.tags))
  const judge = judgeOf(input, deps)
  const numbers = new Map(slugs.map((slug) => [slug, nextNumber(catalog, slug)]))
  const nameIn = (slug: string) => {
    const number = numbers.get(slug) ?? 1
    numbers.set(slug, number + 1)
    return `${slug} ${number}`
  }
  const free = (await newKeyIds(candidates.length)).values()
  const ids: string[] = []
  const invalidLines: KeyImported['invalid'] = []
  let duplicates = 0

  const plan = (
    { secret, fingerprint, label, extras = {}, ...candidate }: Judged,
    destinations: Destinations,
    freed: KeyRow[],
  ) => {
    const slug = poolOf({ secret, label, extras, ...candidate }, input) ?? input.pool
    const target = destinations.get(slug)
    if (!target) throw new Error(`no pool was given for ${slug}`)
    const known = fingerprint ?? vault.fingerprint(secret)
    const { identifier, tags = [], notes = '', enabled, expiresAt, limits, priority = 0, weight = 1 } = extras
    if (identifier !== undefined) freed.push(...freeIdentifier(identifier, catalog, catalog.keyByFingerprint(known)?.id))
    return planAddition(
      {
        id: free.next().value,
        secret,
        fingerprint: known,
        label: label ?? nameIn(slug),
        tags: together(input.tags, tags),
        pools: [target.pool],
        rank: { priority, weight },
        allowances: limits === undefined ? {} : { limits },
        identifier,
        notes,
        enabled,
        expiresAt,
        origins: target.origins,
        now,
      },
      catalog,
    )
  }
  const slice = async (some: readonly Candidate[]) => {
    const destinations = deps.destinations()
    const judged = some.map(judge)
    const freed: KeyRow[] = []
    const additions = judged.filter(({ status }) => status === 'new').map((row) => plan(row, destinations, freed))
    await storeAdditions(additions, { catalog, vault, freed, audit: ids.length === 0 ? deps.audit : [] })
    for (const { row } of additions) ids.push(row.id)
    for (const { status, line, reason } of judged) {
      if (status === 'duplicate') duplicates += 1
      if (status === 'invalid') invalidLines.push({ line, reason: reason ?? '' })
    }
  }
  const left = await inSlices({
    items: candidates,
    work,
    slice: (some) => catalog.exclusive(() => slice(some)),
    kept: () => ids.length,
  })
  return { added: ids.length, duplicates, invalid: invalidLines, ids, left }
}

/** A key has at most 32 tags. INVALID_INPUT. */
function together(forAll: readonly string[], own: readonly string[]): string[] {
  const tags = [...new Set([...forAll, ...own])]
  if (tags.length > 32) throw invalid('tags', 'with those that the keys have themselves there would be more than 32')
  return tags
}
