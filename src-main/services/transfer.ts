/** Export and import of pools and keys. An import is planned first; the same plan, unseen or seen, is what is applied. */
import type { ExportDocument, ExportedKey, ExportedPool, ImportPlan } from '../../src-preload/contract/index.ts'
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { ConfigWrites, KeyRow, PoolRow } from '../storage/types.ts'
import type { SecretEntry, Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import { type DemoUpstream, demoKeys } from './demo.ts'
import { newKey } from './new-key.ts'
import { newPool } from './pools.ts'
import { readDocument, writeDocument } from './transfer-document.ts'
import type { TransferService } from './types.ts'

export interface TransferDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  demo: DemoUpstream
  appVersion: string
}

type PoolStep = ImportPlan['pools'][number] & { row?: PoolRow }
type KeyAction = keyof ImportPlan['keys']['counts']
interface KeyStep {
  label: string
  hint: string
  action: KeyAction
  reason: string | null
  row?: KeyRow
  secret?: SecretEntry
  pools?: { pool: string; priority: number; weight: number }[]
}

const shownRows = 200

export function createTransferService(deps: TransferDeps): TransferService {
  const { catalog, vault, clock, demo } = deps
  return {
    export: (input) => writeDocument(input, deps, clock.now()),
    async import(input, actor) {
      const document = await readDocument(input)
      if (input.mode === 'preview') return report(plan(document, deps), false)
      return catalog.exclusive(async () => {
        const steps = plan(document, deps)
        const writes = writesOf(steps, clock.now())
        if (writes.putPools?.some((row) => row.provider === 'demo')) await demo.start()
        writes.audit = [
          { at: clock.now(), actor, action: 'import', subject: `${steps.pools.length} pools, ${steps.keys.length} keys` },
        ]
        const secrets = steps.keys.flatMap((step) => step.secret ?? [])
        if (secrets.length === 0) await catalog.commit(writes)
        else await vault.set(secrets, (vaultWrites) => catalog.commit({ ...writes, vault: vaultWrites }))
        return report(steps, true)
      })
    },
  }
}

interface Steps {
  pools: PoolStep[]
  keys: KeyStep[]
}

function plan(document: ExportDocument, { catalog, vault, clock }: TransferDeps): Steps {
  const pools = document.pools.map((pool) => planPool(pool, catalog, clock.now()))
  const known = new Set([...catalog.pools.values()].filter((row) => row.deletedAt === null).map((row) => row.slug))
  for (const { slug, action } of pools) if (action !== 'refused') known.add(slug)
  const keys = document.keys.map((key) => planKey(key, known, catalog, vault, clock.now()))
  return { pools, keys }
}

function planPool(pool: ExportedPool, catalog: Catalog, now: number): PoolStep {
  let row: PoolRow
  try {
    row = newPool({ ...pool, ...(pool.provider === 'demo' ? { baseUrl: undefined } : {}) }, now)
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return { slug: pool.slug, action: 'refused', changes: [], reason: error.message }
  }
  const before = catalog.pools.get(pool.slug)
  if (!before || before.deletedAt !== null) return { slug: pool.slug, action: 'add', changes: [], reason: null, row }
  const compared = ['name', 'provider', 'baseUrl', 'auth', 'strategy', 'config'] as const
  const changes = compared.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(row[field]))
  if (changes.length === 0) return { slug: pool.slug, action: 'same', changes, reason: null }
  return { slug: pool.slug, action: 'replace', changes, reason: null, row: { ...row, createdAt: before.createdAt } }
}

function planKey(key: ExportedKey, known: ReadonlySet<string>, catalog: Catalog, vault: Vault, now: number): KeyStep {
  const shown = { label: key.label, hint: key.hint }
  const missing = key.pools.find(({ pool }) => !known.has(pool))
  if (missing) return { ...shown, action: 'refused', reason: `there is no pool "${missing.pool}" here or in the document` }
  const fingerprint = key.secret === undefined ? key.fingerprint : vault.fingerprint(key.secret)
  const existing = fingerprint === null ? undefined : catalog.keyByFingerprint(fingerprint)
  if (existing) {
    const links = catalog.poolsOf(existing.id)
    const isSame = existing.deletedAt === null && key.pools.every(({ pool }) => links.has(pool))
    if (isSame) return { ...shown, action: 'same', reason: null }
    const kept = [...links]
      .filter(([slug]) => !key.pools.some(({ pool }) => pool === slug))
      .map(([pool, rank]) => ({ pool, ...rank }))
    return { ...shown, action: 'link', reason: null, row: { ...existing, deletedAt: null }, pools: [...kept, ...key.pools] }
  }
  if (key.secret === undefined)
    return { ...shown, action: 'no-secret', reason: 'the document holds no secrets and this key is not in the vault' }
  // The addresses a key is bound to travel with it; a pool that points elsewhere has to be confirmed.
  const fresh = newKey({ secret: key.secret, label: key.label, vault, pools: [], origins: key.audience ?? [], now })
  const { provider, tags, notes, enabled, expiresAt } = key
  const row: KeyRow = { ...fresh, provider, tags, notes, enabled, expiresAt }
  return {
    ...shown,
    action: 'add',
    reason: null,
    row,
    secret: { id: row.id, secret: key.secret, audience: row.audience },
    pools: key.pools,
  }
}

function writesOf({ pools, keys }: Steps, now: number): ConfigWrites {
  const putPools = pools.flatMap((step) => step.row ?? [])
  const demo = putPools.some((row) => row.provider === 'demo') ? demoKeys(now) : []
  const changed = keys.flatMap(({ row, pools: links }) => (row && links ? [{ row, links }] : []))
  return {
    putPools,
    putKeys: [...changed.map(({ row }) => row), ...demo],
    setMemberships: [
      ...changed.map(({ row, links }) => ({ keyId: row.id, pools: links })),
      ...demo.map(({ id }) => ({ keyId: id, pools: [{ pool: 'demo', priority: 0, weight: 1 }] })),
    ],
  }
}

function report({ pools, keys }: Steps, applied: boolean): ImportPlan {
  const counts: ImportPlan['keys']['counts'] = {}
  for (const { action } of keys) counts[action] = (counts[action] ?? 0) + 1
  return {
    applied,
    pools: pools.map(({ slug, action, changes, reason }) => ({ slug, action, changes, reason })),
    keys: { counts, rows: keys.slice(0, shownRows).map(({ label, hint, action, reason }) => ({ label, hint, action, reason })) },
  }
}
