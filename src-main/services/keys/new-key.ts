/** What a new key starts as, and what it is called when nobody names it. */
import { randomBytes } from 'node:crypto'
import { findProvider, keyHintOf } from '../../providers/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import { mapInSlices } from '../../vault/slices.ts'
import type { Catalog } from '../catalog.ts'

export const noAllowances = {
  limits: {},
  limitZone: 'UTC',
  budget: null,
  outbound: null,
  account: null,
  discovered: null,
} as const

interface NewKey {
  id?: string | undefined
  secret: string
  fingerprint: string
  label: string
  provider: string
  origins: readonly string[]
  now: number
}

/** The row of a new key: what is known of it without its secret. */
export function newKey({ id = newKeyId(), secret, fingerprint, label, provider, origins, now }: NewKey): KeyRow {
  return {
    id,
    identifier: null,
    clientConfig: null,
    label,
    provider,
    hint: keyHintOf(secret),
    tags: [],
    notes: '',
    enabled: true,
    fingerprint,
    audience: [...new Set(origins)],
    ...noAllowances,
    // As its provider counts, unless a person says otherwise.
    limitZone: findProvider(provider)?.resetZone ?? noAllowances.limitZone,
    expiresAt: null,
    checkedAt: null,
    createdAt: now,
    deletedAt: null,
  }
}

const newKeyId = () => `key_${randomBytes(9).toString('base64url')}`

/** Ids for keys that come together, in the order in which a list shows keys of the same time. */
export async function newKeyIds(count: number): Promise<string[]> {
  const ids = await mapInSlices(Array.from({ length: count }), newKeyId)
  const larger = (a: string, b: string) => (a < b ? 1 : -1)
  // Sorting a hundred thousand at one go would hold up everybody else: those that begin alike are few.
  const alike = Map.groupBy(ids, (id) => id.charAt('key_'.length))
  const groups = [...alike].toSorted(([a], [b]) => larger(a, b))
  return (await mapInSlices(groups, ([, group]) => group.toSorted(larger))).flat()
}

/** Unnamed keys are called `<pool> <n>`; this is the n after the highest so far. */
export function nextNumber(catalog: Catalog, slug: string): number {
  let highest = 0
  for (const id of catalog.keysOf(slug)) {
    const label = catalog.keys.get(id)?.label ?? ''
    if (label.startsWith(`${slug} `)) highest = Math.max(highest, Number(label.slice(slug.length + 1)) || 0)
  }
  return highest + 1
}
