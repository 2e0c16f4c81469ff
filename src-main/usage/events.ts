/** Calls counted by key and by time, as the apipool protocol counts: an attempt on a key is one, and so is a reported call. */
import { type RawBuilder, sql as raw } from 'kysely'
import type { RequestOutcome } from '../../src-preload/contract/index.ts'
import { type Span, spanOf } from './event-span.ts'
import { statusOf } from './event-status.ts'
import { coarseTiers, fineTiers, floorTo, type Range } from './plan.ts'
import type { EventStatus, Period } from './schema.ts'
import { db, type Sql } from './sql.ts'
import type { EventCounts, EventQuery, EventSeriesQuery, KeyEvents } from './types.ts'

const none = (): EventCounts => ({ total: 0, success: 0, failed: 0, reachLimit: 0 })

/** In no order. */
export function eventsByKey(sql: Sql, query: EventQuery, now: number): KeyEvents[] {
  const ours = new Map<string, EventCounts>()
  const { segments, edge } = spanOf(sql, query, fineTiers, now)
  for (const segment of segments) {
    for (const { subject, calls, failed, limited } of fineSums(sql, segment, query)) {
      add(at(ours, subject), { total: calls, success: calls - failed, failed: failed - limited, reachLimit: limited })
    }
  }
  for (const { key, outcome, count } of edge ? edgeCounts(sql, edge, query) : []) addOne(at(ours, key), statusOf(outcome), count)
  const told = new Map<string, EventCounts>()
  for (const { key, status, count } of reportCounts(sql, query)) addOne(at(told, key), status, count)
  return [
    ...[...ours].map(([key, counts]) => ({ key, told: false, ...counts })),
    ...[...told].map(([key, counts]) => ({ key, told: true, ...counts })),
  ].filter(({ total }) => total > 0)
}

/** Only buckets in which there was anything, the oldest first; the first counts only its part of the span. `query.key` is not looked at. */
export function eventSeries(sql: Sql, query: EventSeriesQuery, now: number): (EventCounts & { at: number })[] {
  const { bucket, pool } = query
  const slots = new Map<number, EventCounts>()
  const slot = (moment: number) => at(slots, floorTo(moment, bucket))
  const { segments, edge }: Span = spanOf(sql, query, coarseTiers, now, bucket)
  for (const segment of segments) {
    for (const { at: moment, attempts, ok, limited } of coarseSums(sql, segment, pool)) {
      add(slot(moment), { total: attempts, success: ok, failed: attempts - ok - limited, reachLimit: limited })
    }
  }
  for (const { outcome, count } of edge ? edgeCounts(sql, edge, { pool }) : []) addOne(slot(query.from), statusOf(outcome), count)
  for (const { at: moment, status, count } of reportSlots(sql, query)) addOne(slot(moment), status, count)
  return [...slots]
    .filter(([, { total }]) => total > 0)
    .map(([moment, counts]) => ({ at: moment, ...counts }))
    .toSorted((a, b) => a.at - b.at)
}

function at<Key>(counts: Map<Key, EventCounts>, key: Key): EventCounts {
  const found = counts.get(key) ?? none()
  counts.set(key, found)
  return found
}

function add(into: EventCounts, more: EventCounts): void {
  into.total += more.total
  into.success += more.success
  into.failed += more.failed
  into.reachLimit += more.reachLimit
}

function addOne(into: EventCounts, status: EventStatus, count: number): void {
  into.total += count
  if (status === 'success') into.success += count
  if (status === 'failed') into.failed += count
  if (status === 'reach_limit') into.reachLimit += count
}

function fineSums(sql: Sql, { period, from, to }: Range & { period: Period }, { pool, key }: Pick<EventQuery, 'pool' | 'key'>) {
  return sql.all(
    db
      .selectFrom('fine')
      .select('subject')
      .select(({ fn }) => (['calls', 'failed', 'limited'] as const).map((name) => fn.sum<number>(name).as(name)))
      .where('kind', '=', 'key')
      .where('period', '=', period === 'minute' ? 'hour' : period)
      .where('at', '>=', from)
      .where('at', '<', to)
      .$if(pool !== undefined, (rows) => rows.where('pool', '=', pool as string))
      .$if(key !== undefined, (rows) => rows.where('subject', '=', key?.id as string))
      .groupBy('subject')
      .compile(),
  )
}

function coarseSums(sql: Sql, { period, from, to }: Range & { period: Period }, pool: string | undefined) {
  return sql.all(
    db
      .selectFrom('coarse')
      .select('at')
      .select(({ fn }) => [
        fn.sum<number>('attempts').as('attempts'),
        fn.sum<number>('okAttempts').as('ok'),
        fn.sum<number>('limitedAttempts').as('limited'),
      ])
      .where('period', '=', period)
      .where('at', '>=', from)
      .where('at', '<', to)
      .$if(pool !== undefined, (rows) => rows.where('pool', '=', pool as string))
      .groupBy('at')
      .compile(),
  )
}

/** The log, attempt by attempt. */
function edgeCounts(sql: Sql, { from, to }: Range, { pool, key }: Pick<EventQuery, 'pool' | 'key'>) {
  const inPool = pool === undefined ? raw`` : raw`AND requests.pool = ${pool}`
  const onKey = key === undefined ? raw`` : raw`AND attempt.value ->> 'keyId' = ${key.id}`
  const query: RawBuilder<{ key: string; outcome: RequestOutcome; count: number }> = raw`
    SELECT attempt.value ->> 'keyId' AS "key", attempt.value ->> 'outcome' AS outcome, count(*) AS count
    FROM requests, json_each(requests.attempts) AS attempt
    WHERE requests.at >= ${from} AND requests.at < ${to} ${inPool} ${onKey}
    GROUP BY 1, 2`
  return sql.all(query.compile(db))
}

function reportCounts(sql: Sql, { from, to, pool, key }: EventQuery) {
  return sql.all(
    db
      .selectFrom('reports')
      .select(['key', 'status', (eb) => eb.fn.countAll<number>().as('count')])
      .where('at', '>=', from)
      .where('at', '<', to)
      .$if(pool !== undefined, (rows) => rows.where('pool', '=', pool as string))
      .$if(key !== undefined, (rows) => rows.where('key', '=', key?.name as string))
      .groupBy(['key', 'status'])
      .compile(),
  )
}

function reportSlots(sql: Sql, { from, to, pool, bucket }: EventSeriesQuery) {
  const inPool = pool === undefined ? raw`` : raw`AND pool = ${pool}`
  const width = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[bucket]
  const query: RawBuilder<{ at: number; status: EventStatus; count: number }> = raw`
    SELECT at - at % ${width} AS at, status, count(*) AS count FROM reports
    WHERE at >= ${from} AND at < ${to} ${inPool} GROUP BY 1, 2`
  return sql.all(query.compile(db))
}
