/** SQL with its values apart from its text, and what this room needs of a connection that runs it. */

/** A synchronous connection, implemented by storage inside its threads. Prepared statements are kept by their text. */
export interface Sql {
  /** Gives back the number of rows changed. */
  run(query: { sql: string; parameters: readonly unknown[] }): number
  all<Row>(query: SqlText<Row>): Row[]
  /** All of `work`, or nothing. */
  transaction<T>(work: () => T): T
}

/** What a parameter may be. */
type Value = string | number | Uint8Array | null

/** A query, or a piece of one: one `?` in the text per parameter. */
export class SqlText<Row = unknown> {
  readonly sql: string
  readonly parameters: readonly Value[]
  /** Only the compiler reads it: what the query gives back. */
  declare readonly row?: Row

  constructor(sql: string, parameters: readonly Value[]) {
    this.sql = sql
    this.parameters = parameters
  }
}

/** Values become parameters, whatever is in them; only an `SqlText` becomes part of the text. */
export function text<Row = unknown>(parts: TemplateStringsArray, ...values: readonly (Value | SqlText)[]): SqlText<Row> {
  const pieces = values.map((value) => (value instanceof SqlText ? value : new SqlText('?', [value])))
  const sql = parts.map((part, index) => part + (pieces[index]?.sql ?? '')).join('')
  return new SqlText(
    sql,
    pieces.flatMap(({ parameters }) => parameters),
  )
}

export const nothing = text``

export function joined(pieces: readonly SqlText[], between: string): SqlText {
  return new SqlText(
    pieces.map(({ sql }) => sql).join(between),
    pieces.flatMap(({ parameters }) => parameters),
  )
}

/** A column by its name, where a query has a choice of them. */
export function columnNamed(word: string): SqlText {
  return new SqlText(name(word), [])
}

/** `AND column = value`, or nothing when nobody asks for a value. */
export function andIs(column: string, value: Value | undefined): SqlText {
  return value === undefined ? nothing : new SqlText(` AND ${name(column)} = ?`, [value])
}

/** The text of an insert with one parameter per column. */
export function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${name(table)} (${list(columns)}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** The same where a row with this key may be there: `merged` says what becomes of its other columns; the new value, unless told. */
export function upsert(
  table: string,
  key: readonly string[],
  columns: readonly string[],
  merged: (old: string, added: string, column: string) => string = (_old, added) => added,
): string {
  const rest = columns.filter((column) => !key.includes(column))
  const sets = rest.map(
    (column) => `${name(column)} = ${merged(`${name(table)}.${name(column)}`, `excluded.${name(column)}`, column)}`,
  )
  return `${insert(table, columns)} ON CONFLICT (${list(key)}) DO UPDATE SET ${sets.join(', ')}`
}

export function list(columns: readonly string[]): string {
  return columns.map(name).join(', ')
}

/** Quoted, because some of our columns are called as SQL's own words. */
export function name(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}
