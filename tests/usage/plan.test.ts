import { describe, expect, test } from 'vitest'
import { coarseTiers, fineTiers, grainAt, plan, rangeOf, storedMs } from '../../src-main/usage/plan.ts'
import { type Period, periodMs } from '../../src-main/usage/schema.ts'
import * as fc from '../support/fast-check.ts'

const { minute, hour, day } = periodMs
const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)
/** Anywhere, and often about where a kind of rollup ends. */
const ago = fc.oneof(
  fc.integer({ min: 0, max: 400 * day }),
  ...[2, 14, 90].map((days) => fc.integer({ min: -2 * hour, max: 2 * hour }).map((ms) => days * day + ms)),
)
const range = fc.tuple(ago, ago).map(([a, b]) => ({ from: now - Math.max(a, b) - 1, to: now - Math.min(a, b) }))
const tiers = fc.constantFrom(coarseTiers, fineTiers)

test('segments follow each other without a gap and hold the whole range', () => {
  fc.assert(
    fc.property(range, tiers, (asked, kinds) => {
      const segments = plan(asked, kinds, now)
      for (const [index, segment] of segments.entries()) {
        expect(segment.from % periodMs[segment.period]).toBe(0)
        expect(segment.to % periodMs[segment.period]).toBe(0)
        expect(segment.to).toBeGreaterThan(segment.from)
        expect(segment.from).toBe(segments[index - 1]?.to ?? segment.from)
      }
      const first = segments[0]?.from ?? 0
      const last = segments.at(-1)?.to ?? 0
      expect(asked.from - first).toBeGreaterThanOrEqual(0)
      expect(asked.from - first).toBeLessThan(periodMs[grainAt(asked.from, kinds, now)])
      expect(last - asked.to).toBeGreaterThanOrEqual(0)
      expect(last - asked.to).toBeLessThan(periodMs[grainAt(asked.to, kinds, now)])
    }),
  )
})

test('no segment reads rollups that retention may have deleted', () => {
  fc.assert(
    fc.property(range, tiers, fc.constantFrom<Period>('hour', 'day'), (asked, kinds, coarsest) => {
      // A series is never cut finer than what is left at its beginning.
      fc.pre(periodMs[coarsest] >= periodMs[grainAt(asked.from, kinds, now)])
      for (const { period, from } of plan(asked, kinds, now, coarsest))
        expect(from).toBeGreaterThanOrEqual(now - storedMs(kinds, period))
    }),
  )
})

test('a month up to now reads days, and finer ones only at its ends', () => {
  const segments = plan({ from: now - 30 * day, to: now }, coarseTiers, now)
  expect(segments.map(({ period, from, to }) => [period, (to - from) / periodMs[period]])).toEqual([
    ['hour', 12],
    ['day', 29],
    ['hour', 12],
    ['minute', 35],
  ])
})

describe('the range when none is given', () => {
  test('is the last 24 hours, this millisecond included', () => {
    expect(rangeOf({}, now)).toEqual({ from: now + 1 - day, to: now + 1 })
  })
  test('is the 24 hours before a given end', () => {
    expect(rangeOf({ to: 5 * day }, now)).toEqual({ from: 4 * day, to: 5 * day })
  })
  test('must not end before it begins', () => {
    expect(() => rangeOf({ from: hour, to: minute }, now)).toThrow(/^to: /)
  })
})

test('a moment that no calendar knows is refused by name', () => {
  for (const at of [1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => rangeOf({ from: -at }, now)).toThrow('from: this is no moment')
    expect(() => rangeOf({ from: 0, to: at }, now)).toThrow('to: this is no moment')
  }
})
