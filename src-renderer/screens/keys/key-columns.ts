/** The columns of the list of keys beside state and key, which are always there. */
import { type Column, columnCodec } from '../../parts/columns/columns.ts'

export type KeyColumn = 'provider' | 'account' | 'pools' | 'day' | 'success' | 'tokens' | 'used' | 'limit' | 'tags'

export const keyColumns: readonly Column<KeyColumn>[] = [
  { name: 'provider', width: 88, grow: 0, rank: 8 },
  { name: 'account', width: 100, grow: 1, rank: 9 },
  { name: 'pools', width: 84, grow: 1, rank: 6 },
  { name: 'day', width: 122, grow: 0, rank: 2 },
  { name: 'success', width: 64, grow: 0, rank: 3 },
  { name: 'tokens', width: 78, grow: 0, rank: 5 },
  { name: 'used', width: 78, grow: 0, rank: 4 },
  { name: 'limit', width: 112, grow: 0.6, rank: 1 },
  { name: 'tags', width: 96, grow: 1, rank: 7 },
]

export const keyColumnCodec = columnCodec(keyColumns)

/** Columns whose numbers have to be asked for. */
const figureColumns: ReadonlySet<KeyColumn> = new Set(['day', 'success', 'tokens', 'limit'])

export function needsFigures(shown: readonly KeyColumn[]): boolean {
  return shown.some((name) => figureColumns.has(name))
}

/** Selection, state and key, and the menu at the end, in px. */
export const fixedColumns = { select: 34, state: 160, key: 190, menu: 40 } as const
export const columnGap = 12

/** What the chosen columns may take of a list that is `width` px wide. */
export function roomFor(width: number): number {
  const { select, state, key, menu } = fixedColumns
  return width - select - state - key - menu - 3 * columnGap
}
