import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src-main/storage/connection.ts'
import { addReports } from '../../src-main/storage/reports.ts'
import { append } from '../../src-main/usage/append.ts'
import { eventPage } from '../../src-main/usage/event-log.ts'
import { eventSeries, eventsByKey } from '../../src-main/usage/events.ts'
import { retainSlice } from '../../src-main/usage/retain.ts'
import type { EventStatus, StoredReport } from '../../src-main/usage/schema.ts'
import type { Attempt, RequestRow } from '../../src-preload/contract/index.ts'
import { newUsage, request } from '../storage/fixtures.ts'
import * as fc from '../support/fast-check.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 10, 21, 12, 34, 56, 789)

const attempt = (keyId: string, outcome: Attempt['outcome'], ms = 10): Attempt => ({
  keyId,
  keyLabel: keyId,
  outcome,
  status: 200,
  ms,
  message: null,
})
let made = 0
const call = (at: number, attempts: Attempt[], fields: Partial<RequestRow> = {}) => {
  made += 1
  const outcome = attempts.at(-1)?.outcome ?? 'no-key'
  return request({ id: `r${made}`, at, pool: 'main', attempts, outcome, msQueued: 0, ...fields })
}
const report = (at: number, key: string, status: EventStatus, fields: Partial<StoredReport> = {}): StoredReport => {
  made += 1
  const id = made.toString(16).padStart(32, '0')
  return { id, pool: 'main', reporter: 'host:1', key, status, latency: 0.5, method: 'get', at, ...fields }
}
function filled(calls: RequestRow[], reports: StoredReport[] = []): Connection {
  const usage = newUsage()
  append(usage, { number: 1, rows: calls, counted: { coarse: [], latency: [], fine: [] } })
  addReports(usage, reports)
  return usage
}
const span = (ms: number) => ({ from: now - ms, to: now + 1, pool: 'main' })

describe('events by key', () => {
  test('each attempt counts for its own key, by how it ended', () => {
    const usage = filled([
      call(now - 1000, [attempt('a', 'rate-short'), attempt('b', 'ok')]),
      call(now - 900, [attempt('a', 'no-credit'), attempt('a', 'overloaded')]),
      call(now - 800, []),
      call(now - 700, [attempt('b', 'ok')], { pool: 'other' }),
    ])
    expect(eventsByKey(usage, span(hour), now).toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      { key: 'a', told: false, total: 3, success: 0, failed: 1, reachLimit: 2 },
      { key: 'b', told: false, total: 1, success: 1, failed: 0, reachLimit: 0 },
    ])
  })

  test('reported calls stand beside them, those of unknown end only in the total', () => {
    const usage = filled([], [report(now - 5, 'mine', 'unknown'), report(now - 5, 'mine', 'reach_limit')])
    expect(eventsByKey(usage, span(hour), now)).toEqual([
      { key: 'mine', told: true, total: 2, success: 0, failed: 0, reachLimit: 1 },
    ])
  })

  test('one key over all pools', () => {
    const usage = filled(
      [call(now - 5, [attempt('a', 'ok')], { pool: 'x' }), call(now - 5, [attempt('b', 'ok')])],
      [report(now - 5, 'named', 'success', { pool: 'y' }), report(now - 5, 'someone', 'success')],
    )
    const query = { from: now - day, to: now + 1, key: { id: 'a', name: 'named' } }
    expect(eventsByKey(usage, query, now).map(({ key, total }) => [key, total])).toEqual([
      ['a', 1],
      ['named', 1],
    ])
  })

  test('a span begins where it begins, not at the hour before, and the log and the rollups agree', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 3 * day }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 3 * day }), (ago, length) => {
        // The log reaches back further than the span.
        const usage = filled([...ago, 4 * day].map((ms) => call(now - ms, [attempt('a', 'rate-daily'), attempt('b', 'ok')])))
        const inside = ago.filter((ms) => ms <= length).length
        const found = eventsByKey(usage, span(length), now)
        const told = found.map(({ key, total }) => `${key} ${total}`).toSorted()
        expect(told).toEqual(inside === 0 ? [] : [`a ${inside}`, `b ${inside}`])
        const slots = eventSeries(usage, { ...span(length), bucket: 'hour' }, now)
        const sum = (name: 'total' | 'success' | 'reachLimit') => slots.reduce((all, slot) => all + slot[name], 0)
        // Further back than two days a span counts whole hours only where the log cannot tell; here it can.
        expect([sum('total'), sum('success'), sum('reachLimit')]).toEqual([2 * inside, inside, inside])
      }),
      { numRuns: 60 },
    )
  })

  test('what is older than the log is still counted, in whole hours', () => {
    const usage = filled([call(now - 10 * day, [attempt('a', 'ok')]), call(now - 5, [attempt('a', 'ok')])])
    while (retainSlice(usage, { days: 1, megabytes: 1000 }, now) > 0);
    expect(eventsByKey(usage, span(11 * day), now)).toMatchObject([{ key: 'a', total: 2 }])
  })
})

test('a series has the buckets in which there was anything, reports too', () => {
  const usage = filled(
    [call(now - 2 * hour, [attempt('a', 'ok')]), call(now, [attempt('a', 'network')])],
    [
      report(now - 2 * hour, 'a', 'success'),
      report(now - hour, 'a', 'reach_limit'),
      report(now - hour, 'a', 'success', { pool: 'x' }),
    ],
  )
  const start = Date.UTC(2026, 10, 21, 12)
  expect(eventSeries(usage, { ...span(6 * hour), bucket: 'hour' }, now)).toEqual([
    { at: start - 2 * hour, total: 2, success: 2, failed: 0, reachLimit: 0 },
    { at: start - hour, total: 1, success: 0, failed: 0, reachLimit: 1 },
    { at: start, total: 1, success: 0, failed: 1, reachLimit: 0 },
  ])
})

describe('the log of events', () => {
  const page = (usage: Connection, query: object = {}) => eventPage(usage, { ...span(day), limit: 10, offset: 0, ...query }, now)

  test('newest first, the last attempt of a call before the first, reports where they belong', () => {
    const usage = filled(
      [
        call(now - 3000, [attempt('a', 'rate-short', 100), attempt('b', 'ok', 250)], { method: 'GET', path: '/hello' }),
        call(now - 1000, [attempt('a', 'ok', 7)]),
      ],
      [report(now - 2000, 'told', 'failed')],
    )
    const { rows, total } = page(usage)
    expect(rows.map(({ key, told, status, latency }) => [key, told, status, latency])).toEqual([
      ['a', false, 'success', 0.007],
      ['told', true, 'failed', 0.5],
      ['b', false, 'success', 0.25],
      ['a', false, 'reach_limit', 0.1],
    ])
    expect(rows[2]).toMatchObject({ finishedAt: now - 3000 + 350, method: 'GET /hello' })
    expect(total).toBe(4)
    expect(new Set(rows.map(({ number }) => number)).size).toBe(4)
  })

  test('pages and filters, against counting by hand', () => {
    const outcomes = ['ok', 'rate-short', 'network', 'no-credit'] as const
    const calls = Array.from({ length: 1500 }, (_, n) =>
      call(now - n * 10, [attempt(`k${n % 3}`, outcomes[n % 4] ?? 'ok'), ...(n % 5 === 0 ? [attempt('last', 'ok')] : [])]),
    )
    const usage = filled(calls, [report(now - 5, 'name of k1', 'failed'), report(now - 5, 'k1', 'failed')])
    const inOne = page(usage, { limit: 5000 }).rows
    const paged = Array.from({ length: 20 }, (_, n) => page(usage, { limit: 100, offset: n * 100 }).rows).flat()
    expect(paged).toEqual(inOne)
    for (const status of ['success', 'failed', 'reach_limit', 'unknown'] as const) {
      const expected = inOne.filter((row) => row.status === status)
      expect(page(usage, { limit: 5000, status })).toEqual({ rows: expected, total: expected.length })
    }
    const key = { id: 'k1', name: 'name of k1' }
    const expected = inOne.filter((row) => row.key === (row.told ? key.name : key.id))
    expect(page(usage, { limit: 5000, key })).toEqual({ rows: expected, total: expected.length })
    expect(expected.length).toBeGreaterThan(400)
  })
})

test('reports go with the log', () => {
  const usage = filled([], [report(now - 40 * day, 'a', 'success'), report(now - day, 'a', 'success')])
  while (retainSlice(usage, { days: 30, megabytes: 1000 }, now) > 0);
  expect(eventsByKey(usage, span(50 * day), now)).toMatchObject([{ total: 1 }])
})

test('a long log is counted by its rollups, and its pages go on', () => {
  const calls = Array.from({ length: 30_000 }, (_, n) =>
    call(now - n, [attempt(n % 2 === 0 ? 'a' : 'b', n % 4 === 0 ? 'rate-short' : 'ok')]),
  )
  const usage = filled(calls, [report(now - 5, 'told', 'unknown')])
  const query = { ...span(day), limit: 10, offset: 0 }
  expect(eventPage(usage, query, now).total).toBe(30_001)
  expect(eventPage(usage, { ...query, status: 'success' }, now).total).toBe(22_500)
  expect(eventPage(usage, { ...query, status: 'unknown' }, now).total).toBe(1)
  expect(eventPage(usage, { ...query, offset: 29_995 }, now).rows).toHaveLength(6)
})
