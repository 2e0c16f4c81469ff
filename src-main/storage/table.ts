/** Rows of the program as rows of a table: one description per table gives insert, delete and read. */
import { insert, list, name as quoted, SqlText, upsert } from '../usage/sql.ts'
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

/** `columns` names every field of the row; `key` = the columns that make it one of a kind (none: rows are only added). */
export function table<Row>(
  name: string,
  key: readonly (keyof Row & string)[],
  columns: Record<keyof Row & string, Kind>,
): Table<Row> {
  const names = Object.keys(columns) as (keyof Row & string)[]
  const put = key.length === 0 ? insert(name, names) : upsert(name, key, names)
  const select = new SqlText<Record<string, unknown>>(`SELECT ${list(names)} FROM ${quoted(name)} ORDER BY rowid`, [])
  return {
    put(connection, row) {
      connection.run({ sql: put, parameters: names.map((column) => codecs[columns[column]].encode(row[column])) })
    },
    remove(connection, where) {
      const conditions = Object.keys(where).map((column) => `${quoted(column)} = ?`)
      const rows = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
      return connection.run({ sql: `DELETE FROM ${quoted(name)}${rows}`, parameters: Object.values(where) })
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

const codecs: Record<Kind, { encode(value: unknown): unknown; decode(value: unknown): unknown }> = {
  plain: { encode: (value) => value, decode: (value) => value },
  json: {
    encode: (value) => (value === null ? null : JSON.stringify(value)),
    decode: (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : null),
  },
  flag: { encode: (value) => (value ? 1 : 0), decode: (value) => value === 1 },
}
