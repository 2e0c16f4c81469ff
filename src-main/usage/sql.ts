/** kysely as a compiler of SQL text, and what this room needs of a connection that runs it. */
import { type CompiledQuery, DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { UsageTables } from './schema.ts'

/** A synchronous connection, implemented by storage inside its threads. Prepared statements are kept by their text. */
export interface Sql {
  /** Gives back the number of rows changed. */
  run(query: { sql: string; parameters: readonly unknown[] }): number
  all<Row>(query: CompiledQuery<Row>): Row[]
  /** All of `work`, or nothing. */
  transaction<T>(work: () => T): T
}

/** Builds queries over tables of this shape; it never runs any. */
export function compiler<Tables>(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

export const db = compiler<UsageTables>()

type AnyTables = Record<string, Record<string, unknown>>
const anyDb = compiler<AnyTables>()

/** The text of an insert with one parameter per column, keys first, that adds `sums` to a row which is there already. */
export function additive(
  table: string,
  keys: readonly string[],
  sums: readonly string[],
  latest: readonly string[] = [],
): string {
  const columns = [...keys, ...sums, ...latest]
  return anyDb
    .insertInto(table)
    .values(Object.fromEntries(columns.map((column) => [column, 0])))
    .onConflict((conflict) =>
      conflict.columns([...keys]).doUpdateSet((eb) => {
        const old = (column: string) => eb.ref(`${table}.${column}`)
        const added = (column: string) => eb.ref(`excluded.${column}`)
        return Object.fromEntries([
          ...sums.map((column) => [column, eb(old(column), '+', added(column))]),
          ...latest.map((column) => [column, eb.fn('max', [old(column), added(column)])]),
        ])
      }),
    )
    .compile().sql
}
