/** Rows of the program as rows of a table: one description per table gives insert, delete and read. */
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'

/** How a field is kept: as it is, as JSON text, or as 0 and 1. */
type Kind = 'plain' | 'json' | 'flag'

export interface Table<Row> {
  /** Inserts a row, or replaces the one with the same key. */
  put(connection: Connection, row: Row): void
  /** Deletes the rows in which these columns have these values; gives back how many. */
  remove(connection: Connection, where: Partial<Row>): number
  all(connection: Connection): Row[]
}

const db = compiler<Record<string, Record<string, unknown>>>()

/** `columns` names every field of the row; `key` = the columns that make it one of a kind (none: rows are only added). */
export function table<Row>(
  name: string,
  key: readonly (keyof Row & string)[],
  columns: Record<keyof Row & string, Kind>,
): Table<Row> {
  const names = Object.keys(columns) as (keyof Row & string)[]
  const put = upsert(name, key, names)
  const columnNames: string[] = names
  const select = db.selectFrom(name).select(columnNames).orderBy('rowid').compile()
  return {
    put(connection, row) {
      connection.run({ sql: put, parameters: names.map((column) => codecs[columns[column]].encode(row[column])) })
    },
    remove(connection, where) {
      let rows = db.deleteFrom(name)
      for (const [column, value] of Object.entries(where)) rows = rows.where(column, '=', value)
      return connection.run(rows.compile())
    },
    all: (connection) =>
      connection
        .all(select)
        .map(
          (row: Record<string, unknown>) =>
            Object.fromEntries(names.map((column) => [column, codecs[columns[column]].decode(row[column])])) as Row,
        ),
  }
}

function upsert(name: string, key: readonly string[], columns: readonly string[]): string {
  const insert = db.insertInto(name).values(Object.fromEntries(columns.map((column) => [column, null])))
  if (key.length === 0) return insert.compile().sql
  const rest = columns.filter((column) => !key.includes(column))
  return insert
    .onConflict((conflict) =>
      conflict
        .columns([...key])
        .doUpdateSet((eb) => Object.fromEntries(rest.map((column) => [column, eb.ref(`excluded.${column}`)]))),
    )
    .compile().sql
}

const codecs: Record<Kind, { encode(value: unknown): unknown; decode(value: unknown): unknown }> = {
  plain: { encode: (value) => value, decode: (value) => value },
  json: {
    encode: (value) => (value === null ? null : JSON.stringify(value)),
    decode: (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : null),
  },
  flag: { encode: (value) => (value ? 1 : 0), decode: (value) => value === 1 },
}
