/** The request log: pages of rows, newest first. */
import { invalid } from '../../src-preload/contract/errors.ts'
import type { RequestFilter, RequestPage, RequestQuery, RequestRow } from '../../src-preload/contract/index.ts'
import { rangeOf } from './plan.ts'
import type { StoredRequest } from './schema.ts'
import { joined, type Sql, type SqlText, text } from './sql.ts'

/** Rows looked at for one page, some 100 ms of work at most: what is rare is found page by page, and nobody else waits for it. */
const usualReach = 50_000

/**
 * At most `query.limit` rows, newest first: those that fit among the next `reach` ones of the log. A page can so be short, or
 * empty, and still have a next one. Throws INVALID_INPUT for a cursor that came from elsewhere.
 */
export function list(sql: Sql, query: RequestQuery, now: number, reach = usualReach): RequestPage {
  const { from, to } = rangeOf(query, now)
  const start = query.cursor === undefined ? { at: to, id: '' } : readCursor(query.cursor)
  const walk = walkOf(query)
  const asked = conditions(query)
  const stretch = text`${walk.where} AND ${walk.at} >= ${from} AND (${walk.at}, ${walk.id}) < (${start.at}, ${start.id})`
  // What is looked for may be in none of a million rows: the end of what is looked through is found in the index alone.
  const [end] =
    asked.length === 0
      ? []
      : sql.all(
          text<Position>`
            SELECT ${walk.at} AS at, ${walk.id} AS id FROM ${walk.index} WHERE ${stretch}
            ORDER BY ${walk.at} DESC, ${walk.id} DESC LIMIT 1 OFFSET ${reach - 1}`,
        )
  const within = end ? [text`(${walk.at}, ${walk.id}) >= (${end.at}, ${end.id})`] : []
  const rows = sql.all(
    text<StoredRequest>`
      SELECT requests.* FROM ${walk.rows} WHERE ${joined([stretch, ...within, ...asked], ' AND ')}
      ORDER BY ${walk.at} DESC, ${walk.id} DESC LIMIT ${query.limit + 1}`,
  )
  const items = rows.slice(0, query.limit).map(unstored)
  const last = items.at(-1)
  if (rows.length > query.limit && last) return { items, nextCursor: writeCursor(last), lookedTo: null }
  return { items, nextCursor: end ? writeCursor(end) : null, lookedTo: end?.at ?? null }
}

/** Rows in the range that fit the filter. All of the range is looked through: ask for short ones. */
export function count(sql: Sql, query: RequestFilter, now: number): number {
  const { from, to } = rangeOf(query, now)
  const walk = walkOf(query)
  const fit = [walk.where, text`${walk.at} >= ${from}`, text`${walk.at} < ${to}`, ...conditions(query)]
  const [row] = sql.all(text<{ total: number }>`SELECT count(*) AS total FROM ${walk.rows} WHERE ${joined(fit, ' AND ')}`)
  return row?.total ?? 0
}

export function get(sql: Sql, id: string): RequestRow | null {
  const row = sql.all(text<StoredRequest>`SELECT * FROM requests WHERE id = ${id}`)[0]
  return row ? unstored(row) : null
}

/** By which index the log is walked, newest first; SQLite itself may prefer to sort a month. */
interface Walk {
  at: SqlText
  id: SqlText
  index: SqlText
  rows: SqlText
  where: SqlText
}

function walkOf({ key, failed, outcome }: RequestFilter): Walk {
  if (key !== undefined) {
    const index = text`requestKeys AS tried`
    const rows = text`requestKeys AS tried CROSS JOIN requests ON requests.id = tried.id`
    return { at: text`tried.at`, id: text`tried.id`, index, rows, where: text`tried.keyId = ${key}` }
  }
  const own = { at: text`at`, id: text`id` }
  if (failed === true || (outcome !== undefined && outcome !== 'ok')) {
    const index = text`requests INDEXED BY requestsFailed`
    return { ...own, index, rows: index, where: text`outcome <> 'ok'` }
  }
  const index = text`requests INDEXED BY requestsByTime`
  return { ...own, index, rows: index, where: text`1` }
}

/** What a row must have beside its time and its key. */
function conditions(query: RequestFilter): SqlText[] {
  const { pool, outcome, failed, status, client, model, route, cache, cost, minMs, retried, q } = query
  const when = <Value>(value: Value | undefined, condition: (value: Value) => SqlText) =>
    value === undefined ? [] : [condition(value)]
  return [
    ...when(pool, (slug) => text`pool = ${slug}`),
    ...when(outcome, (name) => text`outcome = ${name}`),
    ...when(failed, (wanted) => (wanted ? text`outcome <> 'ok'` : text`outcome = 'ok'`)),
    ...when(status, (code) => text`status = ${code}`),
    ...when(client, (id) => text`clientId = ${id}`),
    ...when(model, (name) => text`(modelServed = ${name} OR modelAsked = ${name})`),
    ...when(route, (name) => text`route = ${name}`),
    ...when(cache, (kept) => text`cache = ${kept}`),
    ...when(cost, (known) => (known === 'known' ? text`costNanos IS NOT NULL` : text`outcome = 'ok' AND costNanos IS NULL`)),
    ...when(minMs, (ms) => text`msTotal >= ${ms}`),
    ...when(retried, (wanted) => text`json_array_length(attempts) ${wanted ? text`>` : text`<=`} 1`),
    ...when(q, containing),
  ]
}

/** Upper and lower case of ASCII letters are the same here. */
function containing(wanted: string): SqlText {
  const columns = [text`path`, text`modelServed`, text`modelAsked`, text`errorCode`]
  return text`(${joined(
    columns.map((column) => text`instr(lower(${column}), lower(${wanted})) > 0`),
    ' OR ',
  )})`
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
