/** The request log: pages of rows, newest first. */
import { invalid } from '../../src-preload/contract/errors.ts'
import type { RequestPage, RequestQuery, RequestRow } from '../../src-preload/contract/index.ts'
import { rangeOf } from './plan.ts'
import type { StoredRequest } from './schema.ts'
import { andIs, nothing, type Sql, text } from './sql.ts'

/** A page of at most `query.limit` rows, newest first. Throws INVALID_INPUT for a cursor that came from elsewhere. */
export function list(sql: Sql, query: RequestQuery, now: number): RequestPage {
  const { from, to } = rangeOf(query, now)
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const rows = sql.all(
    text<StoredRequest>`
      SELECT * FROM requests WHERE at >= ${from} AND at < ${to}${asked(query)}
        ${after === undefined ? nothing : text`AND (at, id) < (${after.at}, ${after.id})`}
      ORDER BY at DESC, id DESC LIMIT ${query.limit + 1}`,
  )
  const items = rows.slice(0, query.limit).map(unstored)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > query.limit && last ? writeCursor(last) : null }
}

export function get(sql: Sql, id: string): RequestRow | null {
  const row = sql.all(text<StoredRequest>`SELECT * FROM requests WHERE id = ${id}`)[0]
  return row ? unstored(row) : null
}

function asked({ pool, outcome, failed, status, key, client, model, route, cache, q }: RequestQuery) {
  return text`
    ${andIs('pool', pool)}
    ${andIs('outcome', outcome)}
    ${failed === undefined ? nothing : failed ? text`AND outcome != 'ok'` : text`AND outcome = 'ok'`}
    ${andIs('status', status)}
    ${key === undefined ? nothing : triedKey(key)}
    ${andIs('clientId', client)}
    ${model === undefined ? nothing : text`AND (modelServed = ${model} OR modelAsked = ${model})`}
    ${andIs('route', route)}
    ${andIs('cache', cache)}
    ${q === undefined ? nothing : containing(q)}`
}

/** Any attempt on the key counts. A quote inside a text is escaped in JSON, so this can only meet the field itself. */
function triedKey(key: string) {
  return text`AND (keyId = ${key} OR instr(attempts, ${`"keyId":${JSON.stringify(key)}`}) > 0)`
}

/** Upper and lower case of ASCII letters are the same here. */
function containing(wanted: string) {
  return text`AND (instr(lower(path), lower(${wanted})) > 0 OR instr(lower(modelServed), lower(${wanted})) > 0
    OR instr(lower(modelAsked), lower(${wanted})) > 0 OR instr(lower(errorCode), lower(${wanted})) > 0)`
}

interface Position {
  at: number
  id: string
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
