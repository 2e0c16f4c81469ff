/** Folding of usage into chart rows. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomes, type SeriesPoint } from '../../src-preload/contract/index.ts'
import {
  barStep,
  bucketMs,
  foldModels,
  foldOutcomes,
  namedModels,
  otherModels,
} from '../../src-renderer/screens/overview/series.ts'
import { seriesPoint } from './build-rows.ts'

const hour = bucketMs.hour
const grid = { from: 10 * hour + 1, to: 14 * hour, step: hour }
const series = (points: SeriesPoint[]) => ({ bucket: 'hour' as const, zone: 'UTC', from: grid.from, to: grid.to, points })

describe('requests by outcome', () => {
  it('fills hours without a request with zeros, from the bucket that holds the start', () => {
    expect(foldOutcomes(series([seriesPoint(12 * hour, { ok: 3 })]))).toEqual({
      series: [{ name: 'ok', sum: 3 }],
      steps: [10, 11, 12, 13].map((at) => ({ at: at * hour, values: [at === 12 ? 3 : 0] })),
    })
  })

  it('has a series only for outcomes that occur, ok at the bottom', () => {
    const folded = foldOutcomes(
      series([seriesPoint(11 * hour, { network: 1, 'rate-short': 0 }), seriesPoint(12 * hour, { ok: 1 })]),
    )
    expect(folded.series.map(({ name }) => name)).toEqual(['ok', 'network'])
  })

  it('loses and invents no request inside the grid', () => {
    const point = fc
      .record({
        at: fc.integer({ min: grid.from, max: grid.to - 1 }),
        outcome: fc.constantFrom(...outcomes),
        count: fc.nat(1000),
      })
      .map(({ at, outcome, count }) => seriesPoint(at, { [outcome]: count }))
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const folded = foldOutcomes(series(points))
        const drawn = folded.steps.flatMap((step) => step.values).reduce((sum, value) => sum + value, 0)
        const given = points.reduce((sum, { requests }) => sum + requests, 0)
        expect(drawn).toBe(given)
        expect(folded.series.reduce((sum, one) => sum + one.sum, 0)).toBe(given)
      }),
    )
  })
})

describe('tokens by model', () => {
  const usage = (at: number, model: string, inputTokens: number, outputTokens: number) => ({
    at,
    model,
    requests: 1,
    inputTokens,
    outputTokens,
    costNanos: null,
    costUnknown: 0,
  })

  it('names the biggest models, biggest first, and adds up the rest', () => {
    const many = Array.from({ length: namedModels + 2 }, (_, index) => usage(11 * hour, `m${index}`, index + 1, 0))
    const folded = foldModels(many, grid)
    expect(folded.series.map(({ name }) => name)).toEqual(['m7', 'm6', 'm5', 'm4', 'm3', 'm2', otherModels])
    expect(folded.series.at(-1)?.sum).toBe(1 + 2)
    expect(folded.steps[1]?.values).toEqual([8, 7, 6, 5, 4, 3, 3])
  })

  it('puts several buckets of the log into one step', () => {
    const rows = [usage(12 * hour, 'a', 1, 2), usage(13 * hour, 'a', 3, 4)]
    const { steps } = foldModels(rows, { from: 12 * hour, to: 14 * hour, step: 2 * hour })
    expect(steps).toEqual([{ at: 12 * hour, values: [10] }])
  })

  it('has no series for a model without tokens', () => {
    expect(foldModels([usage(12 * hour, 'a', 0, 0)], grid).series).toEqual([])
  })
})

describe('the width of a bar', () => {
  it.each([
    [1 * hour, 'minute', 5 * bucketMs.minute],
    [24 * hour, 'hour', hour],
    [7 * 24 * hour, 'hour', 6 * hour],
    [30 * 24 * hour, 'day', 24 * hour],
    [365 * 24 * hour, 'day', 12 * 24 * hour],
  ] as const)('of %d ms in buckets of a %s is %d ms', (span, bucket, expected) => {
    expect(barStep(0, span, bucket)).toBe(expected)
  })
})
