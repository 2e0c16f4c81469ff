/** Folding of usage into chart rows. */

import { describe, expect, it } from 'vitest'
import { outcomes, type SeriesPoint } from '../../src-preload/contract/index.ts'
import type { Grid } from '../../src-renderer/parts/charts/grid.ts'
import { busiest } from '../../src-renderer/parts/charts/steps.ts'
import {
  foldCosts,
  foldOutcomes,
  foldTokens,
  latencySteps,
  namedModels,
  otherModels,
} from '../../src-renderer/screens/overview/charts/series.ts'
import * as fc from '../support/fast-check.ts'
import { seriesPoint } from './build-rows.ts'

const hour = 3_600_000
const grid: Grid = { bucket: 'hour', every: 1, zone: 'UTC', starts: [10, 11, 12, 13].map((at) => at * hour), end: 14 * hour }
const series = (points: SeriesPoint[]) => ({ points })

describe('requests by outcome', () => {
  it('fills hours without a request with zeros, from the bucket that holds the start', () => {
    expect(foldOutcomes(series([seriesPoint(12 * hour, { ok: 3 })]), grid)).toEqual({
      series: [{ name: 'ok', sum: 3 }],
      steps: [10, 11, 12, 13].map((at) => ({ at: at * hour, end: (at + 1) * hour, values: [at === 12 ? 3 : 0] })),
    })
  })

  it('has a series only for outcomes that occur, ok at the bottom', () => {
    const folded = foldOutcomes(
      series([seriesPoint(11 * hour, { network: 1, 'rate-short': 0 }), seriesPoint(12 * hour, { ok: 1 })]),
      grid,
    )
    expect(folded.series.map(({ name }) => name)).toEqual(['ok', 'network'])
  })

  it('loses and invents no request inside the grid', () => {
    const point = fc
      .record({
        at: fc.integer({ min: 10 * hour, max: 14 * hour - 1 }),
        outcome: fc.constantFrom(...outcomes),
        count: fc.nat(1000),
      })
      .map(({ at, outcome, count }) => seriesPoint(at, { [outcome]: count }))
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const folded = foldOutcomes(series(points), grid)
        const drawn = folded.steps.flatMap((step) => step.values).reduce<number>((sum, value) => sum + (value ?? 0), 0)
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
    const folded = foldTokens(many, grid)
    expect(folded.series.map(({ name }) => name)).toEqual(['m7', 'm6', 'm5', 'm4', 'm3', 'm2', otherModels])
    expect(folded.series.at(-1)?.sum).toBe(1 + 2)
    expect(folded.steps[1]?.values).toEqual([8, 7, 6, 5, 4, 3, 3])
  })

  it('puts several buckets of the log into one step', () => {
    const rows = [usage(12 * hour, 'a', 1, 2), usage(13 * hour, 'a', 3, 4)]
    const { steps } = foldTokens(rows, { ...grid, starts: [12 * hour] })
    expect(steps).toEqual([{ at: 12 * hour, end: 14 * hour, values: [10] }])
  })

  it('has no series for a model without tokens', () => {
    expect(foldTokens([usage(12 * hour, 'a', 0, 0)], grid).series).toEqual([])
  })
})

describe('cost by model', () => {
  const usage = (at: number, model: string, costNanos: number | null, costUnknown: number) => ({
    at,
    model,
    requests: 1,
    inputTokens: 1,
    outputTokens: 1,
    costNanos,
    costUnknown,
  })

  it('counts calls of unknown cost beside the sum, by step and by model', () => {
    const costs = foldCosts(
      [usage(11 * hour, 'a', 5, 0), usage(11 * hour, 'b', null, 2), usage(13 * hour, 'b', null, 1), usage(13 * hour, 'a', 4, 1)],
      grid,
    )
    expect(costs.series).toEqual([{ name: 'a', sum: 9 }])
    expect(costs.unknown).toEqual([0, 2, 0, 2])
    expect(costs.unknownModels).toEqual([
      { model: 'b', calls: 3 },
      { model: 'a', calls: 1 },
    ])
  })
})

describe('latency', () => {
  it('is unknown, not zero, where nothing was called', () => {
    const steps = latencySteps(series([{ ...seriesPoint(12 * hour, { ok: 1 }), p50Ms: 5, p95Ms: 9 }]), grid)
    expect(steps.map(({ values }) => values)).toEqual([
      [null, null],
      [null, null],
      [5, 9],
      [null, null],
    ])
    expect(steps.at(-1)?.end).toBe(14 * hour)
  })
})

it('the busiest step is the one with the most of all series together', () => {
  const step = (at: number, values: (number | null)[]) => ({ at, end: at + 1, values })
  expect(busiest([step(1, [3, 0]), step(2, [2, 2]), step(3, [null, 3])])?.step.at).toBe(2)
  expect(busiest([step(1, [0, null])])).toBeNull()
})
