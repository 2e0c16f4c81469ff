/** A page of keys: filtered and counted in memory, where their states are. */
import { invalid, type KeyPage, type KeyQuery } from '../../../src-preload/contract/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
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
  rows.sort(newestFirst)
  const after = query.cursor === undefined ? undefined : placeOf(query.cursor)
  const start = after === undefined ? 0 : rows.findIndex((row) => newestFirst(after, row) < 0)
  const page = start < 0 ? [] : rows.slice(start, start + query.limit)
  const last = page.at(-1)
  const more = start >= 0 && start + query.limit < rows.length
  return {
    items: page.map(views.view),
    total: rows.length,
    counts,
    nextCursor: more && last ? `${last.createdAt}.${last.id}` : null,
  }
}

type Place = Pick<KeyRow, 'createdAt' | 'id'>

/** Keys of one import have the same time; their ids then say which comes first. */
function newestFirst(a: Place, b: Place): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

function placeOf(cursor: string): Place {
  const [, createdAt, id] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? []
  if (createdAt === undefined || id === undefined) throw invalid('cursor', 'give the nextCursor of the page before')
  return { createdAt: Number(createdAt), id }
}

function* rowsOf(catalog: Catalog, slug: string): Generator<KeyRow> {
  for (const id of catalog.keysOf(catalog.pool(slug, 'pool').slug)) {
    const row = catalog.keys.get(id)
    if (row) yield row
  }
}

/** Part of a label, identifier, tag or hint; a whole pasted key finds itself by its fingerprint. */
function matcher(q: string | undefined, vault: Vault): (row: KeyRow) => boolean {
  if (!q) return () => true
  const needle = q.toLowerCase()
  const fingerprint = q.length >= 12 && vault.status().state === 'unlocked' ? vault.fingerprint(q.trim()) : null
  return (row) =>
    (fingerprint !== null && row.fingerprint === fingerprint) ||
    row.label.toLowerCase().includes(needle) ||
    row.identifier?.toLowerCase().includes(needle) === true ||
    row.hint.toLowerCase().includes(needle) ||
    row.tags.some((tag) => tag.toLowerCase().includes(needle))
}
