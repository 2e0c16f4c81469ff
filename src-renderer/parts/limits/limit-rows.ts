/** A table of limits while it is edited: rows with numbers or nothing in each cell. Pure. */
import type { LimitSet, LimitsByModel, TokenType } from '../../../src-preload/contract/index.ts'

export const limitNames = ['rpm', 'tpm', 'rpd', 'tpd'] as const
export type LimitName = (typeof limitNames)[number]

/** `total` first: it is what counts where nothing is said. */
export const tokenTypes = ['total', 'input', 'output'] as const satisfies readonly TokenType[]

export const allModels = '*'

export interface LimitRow {
  /** Its place in the table for as long as it is edited. */
  id: number
  model: string
  set: LimitSet
}

export type RowProblem = 'nameIt' | 'twice'

/** The row for all models comes first and is always there. */
export function rowsOf(limits: LimitsByModel): LimitRow[] {
  const { [allModels]: all = {}, ...single } = limits
  return [[allModels, all] as const, ...Object.entries(single)].map(([model, set], id) => ({ id, model, set }))
}

export function withNewRow(rows: readonly LimitRow[]): LimitRow[] {
  return [...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, model: '', set: {} }]
}

/** Writes one cell; empty = unlimited. */
export function withCell(set: LimitSet, name: LimitName, amount: number | undefined): LimitSet {
  return tidy({ ...set, [name]: amount })
}

export function withTokenType(set: LimitSet, tokenType: TokenType): LimitSet {
  return tidy({ ...set, tokenType: tokenType === 'total' ? undefined : tokenType })
}

/** What is wrong with a row; a row without name and numbers is not there yet. */
export function rowProblem(row: LimitRow, rows: readonly LimitRow[]): RowProblem | null {
  const model = row.model.trim()
  if (model === '') return isEmpty(row.set) ? null : 'nameIt'
  return rows.some((other) => other.id !== row.id && other.model.trim() === model) ? 'twice' : null
}

/** The limits that the rows say; null while a row is wrong. */
export function limitsOf(rows: readonly LimitRow[]): LimitsByModel | null {
  if (rows.some((row) => rowProblem(row, rows) !== null)) return null
  const said = rows.filter(({ model, set }) => model.trim() !== '' && !(model === allModels && isEmpty(set)))
  return Object.fromEntries(said.map(({ model, set }) => [model.trim(), tidy(set)]))
}

/** The same limits, in whatever order they are written. */
export function sameLimits(a: LimitsByModel, b: LimitsByModel): boolean {
  return canonical(a) === canonical(b)
}

function canonical(limits: LimitsByModel): string {
  const entries = Object.entries(limits).map(([model, set]) => [model, tidy(set)] as const)
  return JSON.stringify(entries.toSorted(([a], [b]) => a.localeCompare(b)))
}

function isEmpty(set: LimitSet): boolean {
  return limitNames.every((name) => set[name] === undefined)
}

/** Fields in one order, without those that say nothing. */
function tidy(set: { [Name in keyof LimitSet]: LimitSet[Name] | undefined }): LimitSet {
  const amounts = limitNames.flatMap((name) => (set[name] === undefined ? [] : [[name, set[name]] as const]))
  const type = tokenTypes.find((known) => known === set.tokenType && known !== 'total')
  return { ...Object.fromEntries(amounts), ...(type && { tokenType: type }) }
}
