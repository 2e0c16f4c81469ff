import { expect, test } from 'vitest'
import { append, nextBatch } from '../../src-main/usage/append.ts'
import { createFold } from '../../src-main/usage/fold.ts'
import { ceilTo, coarseTiers, fineTiers, floorTo, grainAt } from '../../src-main/usage/plan.ts'
import { keys, models, series, summary } from '../../src-main/usage/queries.ts'
import { type Period, periodMs } from '../../src-main/usage/schema.ts'
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'
import * as fc from '../support/fast-check.ts'

const { day, hour, minute } = periodMs
const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)

const outcome = fc.constantFrom<RequestRow['outcome'][]>('ok', 'ok', 'ok', 'rate-short', 'network', 'aborted', 'no-key')
const keyId = fc.constantFrom('k1', 'k2', 'k3')
const amount = fc.option(fc.nat(5000), { nil: null })
// Much of it lately, some of it long ago: every kind of rollup has something to do.
const age = fc.oneof(fc.nat(3 * hour), fc.nat(3 * day), fc.nat(200 * day))
const attempt = fc.record({
  keyId,
  keyLabel: fc.constant('a key'),
  outcome,
  status: fc.constant(200),
  ms: fc.nat(500),
  message: fc.constant(null),
})
const row = fc
  .record({
    at: age.map((ms) => now - ms),
    clientId: fc.constantFrom('c1', 'c2', null),
    pool: fc.constantFrom('one', 'two'),
    keyId: fc.option(keyId, { nil: null }),
    modelServed: fc.constantFrom('big', 'small', null),
    outcome,
    attempts: fc.array(attempt, { maxLength: 3 }),
    msTotal: fc.oneof(fc.constantFrom(20, 20, 20, 3000), fc.double({ min: 1, max: 600_000, noNaN: true })),
    inputTokens: amount,
    outputTokens: amount,
    cacheReadTokens: amount,
    costNanos: amount,
  })
  .map(request)
const rows = fc.array(row, { maxLength: 60 }).map((all) => all.map((each, index) => ({ ...each, id: `request-${index}` })))
const query = fc.record(
  { from: age.map((ms) => now - ms - minute), pool: fc.constantFrom('one', 'two') },
  { requiredKeys: ['from'] },
)

function sum<Row>(all: readonly Row[], of: (row: Row) => number | null): number {
  return all.reduce((total, each) => total + (of(each) ?? 0), 0)
}

/** The rows that a query counts: an edge counts its whole smallest unit. */
function countedRows(all: readonly RequestRow[], asked: { from: number; pool?: string }, tiers = coarseTiers): RequestRow[] {
  const from = floorTo(asked.from, grainAt(asked.from, tiers, now))
  return all.filter(({ at, pool }) => at >= from && (asked.pool === undefined || pool === asked.pool))
}

function filled(all: readonly RequestRow[]) {
  const usage = newUsage()
  for (let start = 0; start < all.length; start += 25)
    append(usage, { number: start / 25 + 1, rows: all.slice(start, start + 25), counted: nothingCounted })
  return usage
}

test('a summary equals the sums over the raw rows, for any range', () => {
  fc.assert(
    fc.property(rows, query, (all, asked) => {
      const told = summary(filled(all), asked, now)
      const expected = countedRows(all, asked)
      const ok = expected.filter((each) => each.outcome === 'ok')
      const known = expected.filter((each) => each.costNanos !== null)
      expect(told).toMatchObject({
        requests: expected.length,
        ok: ok.length,
        failed: expected.length - ok.length,
        attempts: sum(expected, (each) => each.attempts.length),
        inputTokens: sum(expected, (each) => each.inputTokens),
        outputTokens: sum(expected, (each) => each.outputTokens),
        cacheReadTokens: sum(expected, (each) => each.cacheReadTokens),
        costNanos: known.length === 0 ? null : sum(known, (each) => each.costNanos),
        costUnknown: ok.filter((each) => each.costNanos === null).length,
      })
      expect(told.byOutcome).toEqual(countBy(expected, (each) => each.outcome))
      const times = expected.map((each) => each.msTotal).toSorted((a, b) => a - b)
      for (const [q, percentile] of [[0.5, told.p50Ms] as const, [0.95, told.p95Ms] as const]) {
        const exact = times[Math.ceil(times.length * q) - 1]
        expect(percentile === null).toBe(exact === undefined)
        expect(Math.abs((percentile ?? 1) / (exact ?? 1) - 1)).toBeLessThan(0.1)
      }
    }),
    { numRuns: 60 },
  )
})

function countBy(all: readonly RequestRow[], of: (row: RequestRow) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const each of all) counts[of(each)] = (counts[of(each)] ?? 0) + 1
  return counts
}

test('the points of a series and the figures per model add up to the summary', () => {
  fc.assert(
    fc.property(rows, query, fc.constantFrom<Period[]>('minute', 'hour', 'day'), (all, asked, bucket) => {
      const usage = filled(all)
      const whole = summary(usage, asked, now)
      const told = series(usage, { ...asked, bucket }, now)
      const perModel = models(usage, { ...asked, bucket }, now)
      expect(told.points.reduce((total, point) => total + point.requests, 0)).toBe(whole.requests)
      expect(told.points.reduce((total, point) => total + point.inputTokens, 0)).toBe(whole.inputTokens)
      expect(perModel.reduce((total, each) => total + each.requests, 0)).toBe(whole.requests)
      expect(perModel.reduce((total, each) => total + (each.costNanos ?? 0), 0)).toBe(whole.costNanos ?? 0)
      for (const point of told.points)
        expect(point.requests).toBe(countedRows(all, asked).filter(({ at }) => floorTo(at, told.bucket) === point.at).length)
    }),
    { numRuns: 60 },
  )
})

test('figures per key count attempts, failed ones too', () => {
  fc.assert(
    fc.property(rows, query, (all, asked) => {
      const expected = countedRows(all, asked, fineTiers)
      const attempts = expected.flatMap((each) => each.attempts)
      const perKey = keys(filled(all), asked, now)
      expect(perKey.reduce((total, told) => total + told.attempts, 0)).toBe(attempts.length)
      for (const told of perKey) {
        const own = attempts.filter((each) => each.keyId === told.keyId)
        const served = expected.filter((each) => each.keyId === told.keyId)
        expect(told.attempts).toBe(own.length)
        expect(told.failed).toBe(own.filter((each) => each.outcome !== 'ok').length)
        expect(told.inputTokens).toBe(sum(served, (each) => each.inputTokens))
        const touched = expected.filter((each) => each.keyId === told.keyId || each.attempts.some((a) => a.keyId === told.keyId))
        expect(told.lastAt).toBe(Math.max(...touched.map(({ at }) => at)))
      }
    }),
    { numRuns: 60 },
  )
})

test('empty buckets are points with zeros, and unknown is not zero', () => {
  const told = series(newUsage(), { from: now - hour, to: now, bucket: 'minute' }, now)
  expect(told.points).toHaveLength(61)
  expect(told.points.every(({ requests, costNanos, p95Ms }) => requests === 0 && costNanos === null && p95Ms === null)).toBe(true)
  expect(told.points[0]?.at).toBe(floorTo(now - hour, 'minute'))
  expect(told.points.at(-1)?.at).toBe(ceilTo(now, 'minute') - minute)
})

test('a range that minutes are no longer kept for is answered in hours, and says so', () => {
  expect(series(newUsage(), { from: now - 3 * day, bucket: 'minute' }, now).bucket).toBe('hour')
  expect(series(newUsage(), { from: now - 100 * day, bucket: 'hour' }, now).bucket).toBe('day')
  expect(series(newUsage(), { from: now - 47 * hour, bucket: 'minute' }, now).bucket).toBe('minute')
})

test('a series of too many points is refused with the way out', () => {
  expect(() => series(newUsage(), { from: 0, bucket: 'day' }, now)).toThrow(/shorter/)
})

test('a batch that comes again is not counted again', () => {
  const usage = newUsage()
  const fold = createFold()
  fold.add(request())
  const batch = { number: nextBatch(usage), rows: [request({ at: now })], counted: fold.take() }
  append(usage, batch)
  append(usage, batch)
  expect(summary(usage, { from: now - 365 * day }, now).requests).toBe(2)
  expect(nextBatch(usage)).toBe(batch.number + 1)
})

test('a row whose id is there already is not counted again, even in another batch', () => {
  const usage = newUsage()
  append(usage, { number: 1, rows: [request({ at: now })], counted: nothingCounted })
  append(usage, { number: 2, rows: [request({ at: now }), request({ at: now, id: 'other' })], counted: nothingCounted })
  expect(summary(usage, {}, now).requests).toBe(2)
})

test('what lost its detail is counted all the same', () => {
  const usage = newUsage()
  const fold = createFold()
  for (let index = 0; index < 5; index += 1) fold.add(request({ at: now, msTotal: 100 }))
  append(usage, { number: 1, rows: [], counted: fold.take() })
  expect(summary(usage, {}, now)).toMatchObject({ requests: 5, inputTokens: 50, attempts: 5 })
  expect(keys(usage, {}, now)).toMatchObject([{ keyId: 'key-1', attempts: 5 }])
})
