/** A page of keys: filtered and counted in memory, where their states are. */
import type { KeyPage, KeyQuery } from '../../src-preload/contract/index.ts'
import type { KeyRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { KeyViews } from './key-view.ts'

export interface KeyListDeps {
  catalog: Catalog
  vault: Vault
  views: KeyViews
}

/** Newest first; the cursor is the last row's place in that order, so that rows added meanwhile do not repeat others. */
export function listKeys(query: KeyQuery, { catalog, vault, views }: KeyListDeps): KeyPage {
  const matches = matcher(query.q, vault)
  const scope = query.pool === undefined ? catalog.keys.values() : rowsOf(catalog, query.pool)
  const counts = { ready: 0, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 }
  const rows: KeyRow[] = []
  for (const row of scope) {
    if (row.deletedAt !== null || !matches(row)) continue
    const state = views.state(row)
    counts[state] += 1
    if (query.state === undefined || query.state === state) rows.push(row)
  }
  rows.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1))
  const start = query.cursor === undefined ? 0 : rows.findIndex((row) => orderOf(row) < query.cursor!)
  const page = start < 0 ? [] : rows.slice(start, start + query.limit)
  const last = page.at(-1)
  const more = start >= 0 && start + query.limit < rows.length
  return { items: page.map(views.view), total: rows.length, counts, nextCursor: more && last ? orderOf(last) : null }
}

const orderOf = (row: KeyRow) => `${String(row.createdAt).padStart(16, '0')}.${row.id}`

function* rowsOf(catalog: Catalog, slug: string): Generator<KeyRow> {
  for (const id of catalog.keysOf(catalog.pool(slug).slug)) {
    const row = catalog.keys.get(id)
    if (row) yield row
  }
}

/** Part of a label, tag or hint; a whole pasted key finds itself by its fingerprint. */
function matcher(q: string | undefined, vault: Vault): (row: KeyRow) => boolean {
  if (!q) return () => true
  const needle = q.toLowerCase()
  const fingerprint = q.length >= 12 && vault.status().state === 'unlocked' ? vault.fingerprint(q.trim()) : null
  return (row) =>
    (fingerprint !== null && row.fingerprint === fingerprint) ||
    row.label.toLowerCase().includes(needle) ||
    row.hint.toLowerCase().includes(needle) ||
    row.tags.some((tag) => tag.toLowerCase().includes(needle))
}
