/** The request log: pages of rows, newest first. */
import type { ExpressionBuilder } from 'kysely'
import { invalid } from '../../src-preload/contract/errors.ts'
import type { RequestPage, RequestQuery, RequestRow } from '../../src-preload/contract/index.ts'
import { rangeOf } from './plan.ts'
import type { StoredRequest, UsageTables } from './schema.ts'
import { db, type Sql } from './sql.ts'

/** A page of at most `query.limit` rows, newest first. Throws INVALID_INPUT for a cursor that came from elsewhere. */
export function list(sql: Sql, query: RequestQuery, now: number): RequestPage {
  const { from, to } = rangeOf(query, now)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = sql.all(
    db
      .selectFrom('requests')
      .selectAll()
      .where('at', '>=', from)
      .where('at', '<', to)
      .where((eb) => eb.and(conditions(eb, query)))
      .$if(after !== undefined, (older) => older.where((eb) => olderThan(eb, after ?? { at: 0, id: '' })))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .compile(),
  )
  const items = rows.slice(0, query.limit).map(unstored)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > query.limit && last ? writeCursor(last) : null }
}

export function get(sql: Sql, id: string): RequestRow | null {
  const row = sql.all(db.selectFrom('requests').selectAll().where('id', '=', id).compile())[0]
  return row ? unstored(row) : null
}

type Rows = ExpressionBuilder<UsageTables, 'requests'>

function conditions(eb: Rows, query: RequestQuery) {
  const { pool, outcome, failed, status, key, client, model, route, cache, q } = query
  return [
    ...(pool === undefined ? [] : [eb('pool', '=', pool)]),
    ...(outcome === undefined ? [] : [eb('outcome', '=', outcome)]),
    ...(failed === undefined ? [] : [eb('outcome', failed ? '!=' : '=', 'ok')]),
    ...(status === undefined ? [] : [eb('status', '=', status)]),
    ...(key === undefined ? [] : [triedKey(eb, key)]),
    ...(client === undefined ? [] : [eb('clientId', '=', client)]),
    ...(model === undefined ? [] : [eb.or([eb('modelServed', '=', model), eb('modelAsked', '=', model)])]),
    ...(route === undefined ? [] : [eb('route', '=', route)]),
    ...(cache === undefined ? [] : [eb('cache', '=', cache)]),
    ...(q === undefined ? [] : [containing(eb, q)]),
  ]
}

/** Any attempt on the key counts. A quote inside a text is escaped in JSON, so this can only meet the field itself. */
function triedKey(eb: Rows, key: string) {
  const field = `"keyId":${JSON.stringify(key)}`
  return eb.or([eb('keyId', '=', key), eb(eb.fn<number>('instr', ['attempts', eb.val(field)]), '>', 0)])
}

/** Upper and lower case of ASCII letters are the same here. */
function containing(eb: Rows, text: string) {
  const wanted = eb.fn<string>('lower', [eb.val(text)])
  const columns = ['path', 'modelServed', 'modelAsked', 'errorCode'] as const
  return eb.or(columns.map((column) => eb(eb.fn<number>('instr', [eb.fn('lower', [column]), wanted]), '>', 0)))
}

interface Position {
  at: number
  id: string
}

function olderThan(eb: Rows, { at, id }: Position) {
  return eb(eb.refTuple('at', 'id'), '<', eb.tuple(at, id))
}

function writeCursor({ at, id }: Position): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

function readCursor(cursor: string): Position {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    if (typeof at === 'number' && typeof id === 'string') return { at, id }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  throw invalid('cursor', 'take it as it was in the page before')
}

function unstored({ attempts, streamed, dropped, ...row }: StoredRequest): RequestRow {
  return {
    ...row,
    attempts: JSON.parse(attempts) as RequestRow['attempts'],
    streamed: streamed === 1,
    dropped: dropped === null ? [] : (JSON.parse(dropped) as string[]),
  }
}
