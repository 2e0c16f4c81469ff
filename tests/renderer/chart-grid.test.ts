/** The steps of time that charts are drawn in. */

import { describe, expect, it } from 'vitest'
import { coarser, countedFrom, endOf, gridOf, stepOf, ticksOf } from '../../src-renderer/parts/charts/grid.ts'
import { placeOf, stepAt } from '../../src-renderer/parts/charts/plot.ts'
import * as fc from '../support/fast-check.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 4, 20, 12, 34)
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const back = (length: number) => gridOf({ from: now - length, end: now + minute }, now, zone)

describe('the grid of a range', () => {
  it.each([
    [hour, 'minute', 61],
    [day, 'hour', 25],
    [7 * day, 'hour', 169],
    [30 * day, 'day', 31],
  ] as const)('of %d ms is cut by the %s', (length, bucket, count) => {
    const grid = back(length)
    expect(grid.bucket).toBe(bucket)
    expect(grid.starts).toHaveLength(count)
  })

  it('takes the days of this machine, and UTC beyond the hours that are kept', () => {
    const grid = back(30 * day)
    expect(grid.zone).toBe(zone)
    for (const start of grid.starts) expect(new Date(start).toTimeString()).toMatch(/^00:00:00/)
    const old = back(200 * day)
    expect(old.zone).toBe('UTC')
    for (const start of old.starts) expect(start % day).toBe(0)
  })

  it('asks for hours where minutes are gone, for days where hours are', () => {
    const stretch = (ago: number) => gridOf({ from: now - ago, end: now - ago + hour }, now, zone).bucket
    expect([stretch(day), stretch(5 * day), stretch(120 * day)]).toEqual(['minute', 'hour', 'day'])
  })

  it('has no gap and holds all of the range; coarser, it has whole steps, at most 31 steps', () => {
    const range = fc.tuple(fc.integer({ min: minute, max: 400 * day }), fc.integer({ min: 1, max: 100 * day }))
    fc.assert(
      fc.property(range, ([ago, length]) => {
        const from = now - ago
        const end = Math.min(now, from + length)
        const fine = gridOf({ from, end }, now, zone)
        expect(fine.starts[0]).toBeLessThanOrEqual(from)
        expect(fine.end).toBeGreaterThanOrEqual(end)
        expect(fine.starts).toEqual(fine.starts.toSorted((a, b) => a - b))
        expect(stepOf(fine, from)).toBe(0)
        expect(stepOf(fine, end - 1)).toBeLessThan(fine.starts.length)
        const coarse = coarser(fine)
        expect(coarse.starts.length).toBeLessThanOrEqual(31)
        expect(coarse.end).toBe(fine.end)
        expect(coarse.starts[0]).toBeLessThanOrEqual(fine.starts[0] ?? 0)
        expect(coarse.starts.slice(1).every((start) => fine.starts.includes(start))).toBe(true)
        expect(stepOf(coarse, from)).toBe(0)
        expect(endOf(coarse, coarse.starts.length - 1)).toBe(fine.end)
      }),
    )
  })

  it('names at most 8 steps on an axis: full quarters, hours and days', () => {
    for (const length of [hour, 6 * hour, day, 7 * day, 30 * day, 400 * day]) {
      const grid = back(length)
      const ticks = ticksOf(grid, 8)
      expect(ticks.length).toBeGreaterThan(2)
      expect(ticks.length).toBeLessThanOrEqual(8)
      expect(ticks.every((at) => grid.starts.includes(at))).toBe(true)
    }
    for (const at of ticksOf(back(7 * day), 8)) expect(new Date(at).getHours()).toBe(0)
  })

  it('knows from when on a range is counted', () => {
    const edges = [day, 5 * day, 200 * day].map((ago) => countedFrom(now - ago + 1, now))
    expect(edges).toEqual([now - day, now - 5 * day - 34 * minute, Date.UTC(2026, 4, 20) - 200 * day])
  })

  it('puts nothing into steps outside', () => {
    const grid = back(hour)
    expect(stepOf(grid, grid.end)).toBe(-1)
    expect(stepOf(grid, (grid.starts[0] ?? 0) - 1)).toBe(-1)
  })
})

describe('the place of a step', () => {
  const around = { left: 50, right: 10, top: 0, bottom: 0 }

  it('is found again under the pointer', () => {
    for (const kind of ['points', 'bands'] as const)
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, seed) => {
          const plot = { count, kind, ...around }
          const index = seed % count
          const share = Number(/\* ([\d.]+)\)/.exec(placeOf(plot, index).middle)?.[1])
          expect(stepAt(plot, 50 + share * 940, 1000)).toBe(index)
        }),
      )
  })

  it('is the first or the last beyond the edges', () => {
    const plot = { count: 5, kind: 'bands', ...around } as const
    expect([stepAt(plot, 0, 1000), stepAt(plot, 1000, 1000)]).toEqual([0, 4])
  })
})
