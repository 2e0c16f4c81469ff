/** One SQLite connection with the settings we want; the only file that knows better-sqlite3. */
import Database from 'better-sqlite3'
import type { Sql, SqlText } from '../usage/sql.ts'

export interface Connection extends Sql {
  /** Runs statements that have no parameters and give nothing back. */
  exec(text: string): void
  /** The first value a pragma gives, and sets it when it has the form `name = value`. */
  pragma(text: string): unknown
  close(): void
}

interface ConnectionOptions {
  readonly?: boolean
  /** How long a busy database is waited for. */
  busyMs?: number
}

/** Opens a file; throws what SQLite says (errors.ts reads it). Nothing in the file is changed. */
export function connect(file: string, { readonly = false, busyMs = 5000 }: ConnectionOptions = {}): Connection {
  const database = new Database(file, { readonly, timeout: busyMs })
  const statements = new Map<string, Database.Statement>()
  const prepare = (text: string) => {
    let statement = statements.get(text)
    if (!statement) {
      statement = database.prepare(text)
      statements.set(text, statement)
    }
    return statement
  }
  const pragma = (text: string) => database.pragma(text, { simple: true })
  // A schema that was tampered with must not run functions of ours.
  pragma('trusted_schema = OFF')
  return {
    run: ({ sql, parameters }) => prepare(sql).run(...parameters).changes,
    all: <Row>({ sql, parameters }: SqlText<Row>) => prepare(sql).all(...parameters) as Row[],
    transaction: (work) => database.transaction(work).immediate(),
    exec: (text) => void database.exec(text),
    pragma,
    close: () => void database.close(),
  }
}

/** Keys, pools and the vault: a commit is on the disk when it returns, and what was deleted is overwritten. */
export function tuneConfig(connection: Connection): void {
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('secure_delete = ON')
  connection.pragma('foreign_keys = ON')
  // macOS: a plain fsync there does not reach the platter.
  connection.pragma('fullfsync = ON')
  connection.pragma('checkpoint_fullfsync = ON')
}

/** Kept answers: what is lost is asked for again; what was deleted is overwritten, for it is what people wrote. */
export function tuneCache(connection: Connection): void {
  tuneUsage(connection)
  connection.pragma('secure_delete = ON')
  connection.pragma('foreign_keys = ON')
}

/** Usage: the last commits may be lost with the power, never half of one. */
export function tuneUsage(connection: Connection): void {
  // Before WAL and before the first table: afterwards it silently stays off.
  connection.pragma('auto_vacuum = INCREMENTAL')
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = NORMAL')
  connection.pragma('journal_size_limit = 8388608')
}
