import { expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { keys, summary } from '../../src-main/usage/queries.ts'
import { list } from '../../src-main/usage/requests.ts'
import { retainSlice } from '../../src-main/usage/retain.ts'
import { periodMs } from '../../src-main/usage/schema.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'

const { day, hour } = periodMs
const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)
const keep = { days: 30, megabytes: 100 }

function filledEvery(step: number, count: number, fields: Parameters<typeof request>[0] = {}) {
  const usage = newUsage()
  const rows = Array.from({ length: count }, (_, index) => request({ ...fields, id: `r${index}`, at: now - index * step }))
  append(usage, { number: 1, rows, counted: nothingCounted })
  return usage
}

function untilDone(slice: () => number): number[] {
  const slices: number[] = []
  do slices.push(slice())
  while (slices.at(-1) !== 0)
  return slices
}

test('request rows older than the days go, and what they counted for stays', () => {
  const usage = filledEvery(day, 60)
  untilDone(() => retainSlice(usage, keep, now))
  const page = list(usage, { from: 0, limit: 100 }, now)
  expect(page.items).toHaveLength(31)
  expect(Math.min(...page.items.map(({ at }) => at))).toBeGreaterThanOrEqual(now - 30 * day)
  expect(summary(usage, { from: now - 365 * day }, now).requests).toBe(60)
  expect(keys(usage, { from: now - 365 * day }, now)).toMatchObject([{ attempts: 60 }])
})

test('no slice deletes more than 500 rows', () => {
  const usage = filledEvery(1, 1800, {})
  const later = now + 200 * day
  const slices = untilDone(() => retainSlice(usage, keep, later))
  expect(Math.max(...slices)).toBeLessThanOrEqual(500)
  expect(slices.reduce((sum, deleted) => sum + deleted, 0)).toBeGreaterThanOrEqual(1800)
  expect(list(usage, { from: 0, limit: 1 }, later).items).toEqual([])
})

test('rollups go by their own terms, and every range is answered the same before and after', () => {
  const usage = filledEvery(hour * 7, 400)
  const ranges = [
    { from: now - 47 * hour },
    { from: now - 13 * day, to: now - 5 * day },
    { from: now - 89 * day, to: now - 60 * day },
  ]
  const told = () => ranges.map((range) => [summary(usage, range, now), keys(usage, range, now)])
  const before = told()
  untilDone(() => retainSlice(usage, keep, now))
  expect(told()).toEqual(before)
  expect(leftOf(usage, 'coarse', 'minute')).toBeLessThan(8)
  expect(leftOf(usage, 'coarse', 'hour')).toBeLessThan(400)
  expect(leftOf(usage, 'latency', 'minute')).toBeLessThan(8)
  expect(leftOf(usage, 'fine', 'hour')).toBeLessThan(120)
  expect(leftOf(usage, 'coarse', 'day')).toBe(117)
})

function leftOf(usage: ReturnType<typeof newUsage>, table: string, period: string): number {
  return usage.all<{ count: number }>({
    sql: `SELECT count(*) AS count FROM ${table} WHERE period = ?`,
    parameters: [period],
  })[0]?.count as number
}

test('while there is too much, the oldest rows go first', () => {
  const usage = filledEvery(1000, 3000, { path: '/'.padEnd(1000, 'x') })
  untilDone(() => retainSlice(usage, { days: 30, megabytes: 2 }, now))
  const left = list(usage, { from: 0, limit: 3000 }, now).items
  expect(left.length).toBeGreaterThan(500)
  expect(left.length).toBeLessThan(2500)
  expect(left.map(({ id }) => id)).toEqual(left.map((_, index) => `r${index}`))
  expect(summary(usage, {}, now).requests).toBe(3000)
})
