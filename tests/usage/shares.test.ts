/** Who used how much, against the raw rows. */

import { expect, test } from 'vitest'
import { dayStarts } from '../../src-main/base/calendar.ts'
import { append } from '../../src-main/usage/append.ts'
import { models, series, summary } from '../../src-main/usage/queries.ts'
import { periodMs } from '../../src-main/usage/schema.ts'
import { shares } from '../../src-main/usage/shares.ts'
import type { RequestRow, ShareQuery } from '../../src-preload/contract/index.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'
import * as fc from '../support/fast-check.ts'

const { day, hour, minute } = periodMs
const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)
const outcome = fc.constantFrom<RequestRow['outcome'][]>('ok', 'ok', 'rate-short', 'network')
const attempt = fc.record({
  keyId: fc.constantFrom('k1', 'k2'),
  keyLabel: fc.constant('a key'),
  outcome,
  status: fc.constant(200),
  ms: fc.constant(1),
  message: fc.constant(null),
})
const row = fc
  .record({
    at: fc.oneof(fc.nat(3 * hour), fc.nat(40 * day)).map((ms) => now - ms),
    clientId: fc.constantFrom('c1', 'c2'),
    pool: fc.constantFrom('one', 'two'),
    keyId: fc.constantFrom('k1', 'k2'),
    modelServed: fc.constantFrom('big', 'middle', 'small'),
    outcome,
    attempts: fc.array(attempt, { maxLength: 3 }),
    inputTokens: fc.option(fc.nat(50), { nil: null }),
    costNanos: fc.option(fc.nat(5000), { nil: null }),
  })
  .map(request)
const rows = fc.array(row, { maxLength: 40 }).map((all) => all.map((each, index) => ({ ...each, id: `r${index}` })))

function filled(all: RequestRow[]) {
  const usage = newUsage()
  append(usage, { number: 1, rows: all, counted: nothingCounted })
  return usage
}

const nameBy: Record<Exclude<ShareQuery['by'], 'key'>, (row: RequestRow) => string | null> = {
  model: (each) => each.modelServed,
  pool: (each) => each.pool,
  client: (each) => each.clientId,
}

test('shares add up to the raw rows, those beyond the limit together', () => {
  const by = fc.constantFrom<(keyof typeof nameBy)[]>('model', 'pool', 'client')
  fc.assert(
    fc.property(
      rows,
      by,
      fc.constantFrom<ShareQuery['order'][]>('cost', 'calls'),
      fc.integer({ min: 1, max: 3 }),
      (all, kind, order, limit) => {
        const told = shares(filled(all), { from: now - 50 * day, by: kind, order, limit }, now)
        const whole = [...told.rows, ...(told.others ? [told.others] : [])]
        expect(whole.reduce((sum, { calls }) => sum + calls, 0)).toBe(all.length)
        expect(whole.reduce((sum, { costNanos }) => sum + (costNanos ?? 0), 0)).toBe(
          all.reduce((sum, { costNanos }) => sum + (costNanos ?? 0), 0),
        )
        for (const each of told.rows) {
          const own = all.filter((raw) => nameBy[kind](raw) === each.name)
          expect(each).toMatchObject({
            calls: own.length,
            failed: own.filter((raw) => raw.outcome !== 'ok').length,
            inputTokens: own.reduce((sum, raw) => sum + (raw.inputTokens ?? 0), 0),
            costUnknown: own.filter((raw) => raw.outcome === 'ok' && raw.costNanos === null).length,
          })
          expect(each.costNanos === null).toBe(own.every((raw) => raw.costNanos === null))
        }
        expect(told.rows.length + (told.others?.names ?? 0)).toBe(new Set(all.map(nameBy[kind])).size)
        const most = told.rows.map(({ calls, costNanos }) => (order === 'calls' ? calls : (costNanos ?? 0)))
        expect(most).toEqual(most.toSorted((a, b) => b - a))
      },
    ),
    { numRuns: 25 },
  )
})

test('by key attempts are counted, and cost for the key that served', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const told = shares(filled(all), { from: now - 50 * day, by: 'key', order: 'calls', limit: 10 }, now)
      for (const each of told.rows) {
        const attempts = all.flatMap((raw) => raw.attempts).filter(({ keyId }) => keyId === each.name)
        const served = all.filter(({ keyId }) => keyId === each.name)
        expect(each.calls).toBe(attempts.length)
        expect(each.failed).toBe(attempts.filter((tried) => tried.outcome !== 'ok').length)
        expect(each.costUnknown).toBe(served.filter((raw) => raw.outcome === 'ok' && raw.costNanos === null).length)
      }
    }),
    { numRuns: 15 },
  )
})

test('shares say which whole hours they count', () => {
  const told = shares(newUsage(), { from: now - hour, to: now, by: 'key', order: 'calls', limit: 1 }, now)
  expect(told).toEqual({ from: Date.UTC(2026, 4, 20, 11), to: Date.UTC(2026, 4, 20, 13), rows: [], others: null })
})

test('days of a zone hold what was called on them, and add up to the summary', () => {
  const zones = fc.constantFrom('Asia/Shanghai', 'America/Los_Angeles', 'UTC')
  fc.assert(
    fc.property(rows, zones, (all, zone) => {
      const usage = filled(all)
      const asked = { from: now - 41 * day, to: now + 1 }
      const days = dayStarts(zone, asked.from, asked.to)
      const told = series(usage, { ...asked, bucket: 'day', starts: days }, now)
      expect(told.points.map(({ at }) => at)).toEqual(days)
      expect(told.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(summary(usage, asked, now).requests)
      told.points.forEach(({ at, requests }, index) => {
        const end = days[index + 1] ?? asked.to
        expect(requests).toBe(all.filter((raw) => raw.at >= at && raw.at < end).length)
      })
      for (const each of models(usage, { ...asked, bucket: 'day', starts: days }, now)) {
        const end = days[days.indexOf(each.at) + 1] ?? asked.to
        const own = all.filter((raw) => raw.at >= each.at && raw.at < end && raw.modelServed === each.model)
        expect(each.requests).toBe(own.length)
        expect(each.costUnknown).toBe(own.filter((raw) => raw.outcome === 'ok' && raw.costNanos === null).length)
      }
    }),
    { numRuns: 15 },
  )
})

test('the log says since when it counts: by the minute lately, by the day long ago', () => {
  const since = (at: number, pool?: string) =>
    summary(filled([request({ at, pool: 'one' })]), { ...(pool && { pool }) }, now).since
  expect(summary(newUsage(), {}, now).since).toBeNull()
  expect(since(now - hour)).toBe(Math.floor((now - hour) / minute) * minute)
  expect(since(now - 5 * day)).toBe(Math.floor((now - 5 * day) / hour) * hour)
  expect(since(now - 200 * day)).toBe(Math.floor((now - 200 * day) / day) * day)
  expect(since(now - hour, 'two')).toBeNull()
})
