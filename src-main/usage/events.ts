/** Calls counted by key and by time, as the apipool protocol counts: an attempt on a key is one, and so is a reported call. */
import type { RequestOutcome } from '../../src-preload/contract/index.ts'
import { type Span, spanOf } from './event-span.ts'
import { statusOf } from './event-status.ts'
import { coarseTiers, fineTiers, floorTo, type Range } from './plan.ts'
import { type EventStatus, type Period, periodMs } from './schema.ts'
import { andIs, nothing, type Sql, text } from './sql.ts'
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

type Asked = Pick<EventQuery, 'pool' | 'key'>

function fineSums(sql: Sql, { period, from, to }: Range & { period: Period }, { pool, key }: Asked) {
  return sql.all(
    text<{ subject: string; calls: number; failed: number; limited: number }>`
      SELECT subject, sum(calls) AS calls, sum(failed) AS failed, sum(limited) AS limited
      FROM fine WHERE kind = 'key' AND period = ${period === 'minute' ? 'hour' : period}
        AND at >= ${from} AND at < ${to}${andIs('pool', pool)}${andIs('subject', key?.id)}
      GROUP BY subject`,
  )
}

function coarseSums(sql: Sql, { period, from, to }: Range & { period: Period }, pool: string | undefined) {
  return sql.all(
    text<{ at: number; attempts: number; ok: number; limited: number }>`
      SELECT at, sum(attempts) AS attempts, sum(okAttempts) AS ok, sum(limitedAttempts) AS limited
      FROM coarse WHERE period = ${period} AND at >= ${from} AND at < ${to}${andIs('pool', pool)}
      GROUP BY at`,
  )
}

/** The log, attempt by attempt. */
function edgeCounts(sql: Sql, { from, to }: Range, { pool, key }: Asked) {
  const onKey = key === undefined ? nothing : text` AND attempt.value ->> 'keyId' = ${key.id}`
  return sql.all(
    text<{ key: string; outcome: RequestOutcome; count: number }>`
      SELECT attempt.value ->> 'keyId' AS "key", attempt.value ->> 'outcome' AS outcome, count(*) AS count
      FROM requests, json_each(requests.attempts) AS attempt
      WHERE at >= ${from} AND at < ${to}${andIs('pool', pool)}${onKey}
      GROUP BY 1, 2`,
  )
}

function reportCounts(sql: Sql, { from, to, pool, key }: EventQuery) {
  return sql.all(
    text<{ key: string; status: EventStatus; count: number }>`
      SELECT "key", status, count(*) AS count FROM reports
      WHERE at >= ${from} AND at < ${to}${andIs('pool', pool)}${andIs('key', key?.name)}
      GROUP BY "key", status`,
  )
}

function reportSlots(sql: Sql, { from, to, pool, bucket }: EventSeriesQuery) {
  const width = periodMs[bucket]
  return sql.all(
    text<{ at: number; status: EventStatus; count: number }>`
      SELECT at - at % ${width} AS at, status, count(*) AS count FROM reports
      WHERE at >= ${from} AND at < ${to}${andIs('pool', pool)}
      GROUP BY 1, 2`,
  )
}
