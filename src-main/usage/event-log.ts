/** Single events, newest first: attempts out of the request log, and reported calls among them. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { statusOf } from './event-status.ts'
import { eventsByKey } from './events.ts'
import type { EventStatus } from './schema.ts'
import { andIs, nothing, type Sql, text } from './sql.ts'
import type { EventPage, EventPageQuery, EventRow } from './types.ts'

/** Events that are counted one by one; only a later page than these has more looked through. */
const counting = 20_000
/** Rows read at a time. */
const stretch = 1000
/** More attempts than a request can have. */
const numbersPerRequest = 1000

/** `total` is exact up to 20,000, or up to the page that was asked for; beyond that it is what the rollups say. */
export function eventPage(sql: Sql, query: EventPageQuery, now: number): EventPage {
  const rows: EventRow[] = []
  let seen = 0
  const most = Math.max(counting, query.offset + query.limit)
  for (const event of merged(attempts(sql, query), reports(sql, query))) {
    if (seen >= query.offset && rows.length < query.limit) rows.push(event.row)
    seen += 1
    if (seen === most) return { rows, total: Math.max(most, counted(sql, query, now)) }
  }
  return { rows, total: seen }
}

function counted(sql: Sql, query: EventPageQuery, now: number): number {
  const known = eventsByKey(sql, query, now)
  const names = { success: 'success', failed: 'failed', reach_limit: 'reachLimit' } as const
  const { status } = query
  return known.reduce((sum, counts) => {
    if (status === undefined) return sum + counts.total
    if (status === 'unknown') return sum + counts.total - counts.success - counts.failed - counts.reachLimit
    return sum + counts[names[status]]
  }, 0)
}

interface Timed {
  at: number
  row: EventRow
}

function* merged(a: Generator<Timed>, b: Generator<Timed>): Generator<Timed> {
  let one = a.next()
  let other = b.next()
  while (!one.done || !other.done) {
    if (other.done || (!one.done && one.value.at >= other.value.at)) {
      yield one.value as Timed
      one = a.next()
    } else {
      yield other.value
      other = b.next()
    }
  }
}

function* attempts(sql: Sql, query: EventPageQuery): Generator<Timed> {
  const { status, key } = query
  for (const { number, at, method, path, msQueued, attempts: json } of requestRows(sql, query)) {
    const tried = JSON.parse(json) as RequestRow['attempts']
    const called = `${method} ${path}`.slice(0, 128)
    let ended = at + msQueued
    const events = tried.map((attempt, index): Timed & { keyId: string } => {
      ended += attempt.ms
      return {
        at,
        keyId: attempt.keyId,
        row: {
          number: number * numbersPerRequest + index,
          key: attempt.keyId,
          told: false,
          status: statusOf(attempt.outcome),
          finishedAt: Math.round(ended),
          latency: attempt.ms / 1000,
          method: called,
        },
      }
    })
    for (const event of events.toReversed()) {
      if (status !== undefined && event.row.status !== status) continue
      if (key === undefined || event.keyId === key.id) yield event
    }
  }
}

interface LoggedRow {
  number: number
  id: string
  at: number
  method: string
  path: string
  msQueued: number
  attempts: string
}

/** Only rows that may hold what is asked for: a quote inside a text is escaped in JSON, so this can only meet the field itself. */
function* requestRows(sql: Sql, { from, to, pool, key, status }: EventPageQuery): Generator<LoggedRow> {
  const inPool = andIs('pool', pool)
  const onKey = key === undefined ? nothing : text`AND instr(attempts, ${`"keyId":${JSON.stringify(key.id)}`}) > 0`
  const ended = endedAs(status)
  let before = { at: to, id: '' }
  for (;;) {
    const rows: LoggedRow[] = sql.all(
      text<LoggedRow>`
        SELECT rowid AS number, id, at, method, path, msQueued, attempts FROM requests
        WHERE (at, id) < (${before.at}, ${before.id}) AND at >= ${from} ${inPool} ${onKey} ${ended}
        ORDER BY at DESC, id DESC LIMIT ${stretch}`,
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < stretch) return
    before = last
  }
}

function endedAs(status: EventStatus | undefined) {
  const holding = (outcome: string) => text`instr(attempts, ${`"outcome":"${outcome}"`}) > 0`
  if (status === 'success') return text`AND ${holding('ok')}`
  if (status === 'reach_limit') {
    return text`AND (${holding('rate-short')} OR ${holding('rate-daily')} OR ${holding('no-credit')})`
  }
  if (status === 'failed') return text`AND instr(replace(attempts, '"outcome":"ok"', ''), '"outcome":"') > 0`
  // A call through the proxy always has a known end.
  return status === 'unknown' ? text`AND 0` : nothing
}

function* reports(sql: Sql, { from, to, pool, key, status }: EventPageQuery): Generator<Timed> {
  const inPool = andIs('pool', pool)
  const onKey = andIs('key', key?.name)
  const ended = andIs('status', status)
  interface Told {
    rowid: number
    id: string
    key: string
    status: EventStatus
    latency: number | null
    method: string | null
    at: number
  }
  let before = { at: to, rowid: 0 }
  for (;;) {
    const rows: Told[] = sql.all(
      text<Told>`
        SELECT rowid, id, "key", status, latency, method, at FROM reports
        WHERE (at, rowid) < (${before.at}, ${before.rowid}) AND at >= ${from} ${inPool} ${onKey} ${ended}
        ORDER BY at DESC, rowid DESC LIMIT ${stretch}`,
    )
    for (const { id, key: name, status: end, latency, method, at } of rows) {
      const number = Number.parseInt(id.slice(0, 12), 16)
      yield { at, row: { number, key: name, told: true, status: end, finishedAt: at, latency, method } }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < stretch) return
    before = last
  }
}
