import { expect, test } from 'vitest'
import { bucketOf, percentile } from '../../src-main/usage/histogram.ts'
import * as fc from '../support/fast-check.ts'

function counted(times: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const ms of times) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1)
  return counts
}

const times = fc.array(fc.double({ min: 1, max: 2_000_000_000, noNaN: true }), { minLength: 1, maxLength: 300 })

test('a percentile is within 10 % of the exact one', () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 1), (all, q) => {
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(q * all.length) - 1] as number
      const told = percentile(counted(all), q) as number
      expect(Math.abs(told - exact) / exact).toBeLessThan(0.1)
    }),
  )
})

test('counts of two histograms add up to the histogram of both', () => {
  fc.assert(
    fc.property(times, times, (left, right) => {
      const sum = counted(left)
      for (const [bucket, count] of counted(right)) sum.set(bucket, (sum.get(bucket) ?? 0) + count)
      expect(sum).toEqual(counted([...left, ...right]))
    }),
  )
})

test('times below a millisecond, and senseless ones, have a bucket too', () => {
  expect([0, 0.2, -5, Number.NaN].map(bucketOf)).toEqual([0, 0, 0, 0])
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(1e300))
  expect(percentile(counted([0.2]), 0.5)).toBeLessThan(1)
})

test('nothing counted, nothing told', () => {
  expect(percentile(new Map(), 0.5)).toBeNull()
})
