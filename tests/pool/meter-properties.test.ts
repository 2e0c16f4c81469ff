/** Meters against the plainest accounting there is: a list of arrivals, each anywhere between a call's start and its settling. */

import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import type { Unit, Window } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'
import * as fc from '../support/fast-check.ts'
import { MeterRig } from './meter-rig.ts'

interface Arrival {
  /** Wall ms, the furthest that the clock has shown: a clock put back over midnight does not begin the day before again. */
  wall: number
  mono: number
  units: number
}

interface Plan {
  unit: Unit
  window: Window
  amount: number
  steps: { ms: number; cost: number; used: number; keep: number; where: number; jumpMs: number }[]
}

/** Makes each call that fits, lets up to `keep` of them stay under way, and gives back what arrived. */
function play(plan: Plan, rig: MeterRig): Arrival[] {
  let furthest = 0
  const open: { since: number; wall: number; cost: number; used: number; where: number }[] = []
  const arrivals: Arrival[] = []
  const arrive = () => {
    const call = open.shift()!
    const mono = call.since + call.where * (rig.clock.mono() - call.since)
    const wall = call.wall + call.where * (furthest - call.wall)
    arrivals.push({ mono, wall, units: call.used })
    rig.settle(call.cost, call.used)
  }
  for (const { ms, cost, used, keep, where, jumpMs } of plan.steps) {
    rig.clock.advance(ms)
    rig.clock.shiftWall(jumpMs)
    furthest = Math.max(furthest, rig.clock.now())
    const units = plan.unit === 'requests' ? 1 : cost
    if (rig.free(units) === 0) {
      rig.open(units)
      open.push({ since: rig.clock.mono(), wall: furthest, cost: units, used: Math.min(units, Math.max(1, used)), where })
    }
    while (open.length > keep) arrive()
  }
  while (open.length > 0) arrive()
  return arrivals
}

function mostInAnySpan(arrivals: readonly Arrival[], spanMs: number): number {
  const sorted = arrivals.toSorted((a, b) => a.mono - b.mono)
  let [most, sum, first] = [0, 0, 0]
  for (const { mono, units } of sorted) {
    sum += units
    for (; sorted[first]!.mono <= mono - spanMs; first++) sum -= sorted[first]!.units
    most = Math.max(most, sum)
  }
  return most
}

const share = fc.double({ min: 0, max: 1, noNaN: true })

function steps(longestMs: number, jumps: fc.Arbitrary<number> = fc.constant(0)) {
  const step = {
    ms: fc.nat({ max: longestMs }),
    cost: fc.integer({ min: 1, max: 60 }),
    used: fc.nat({ max: 60 }),
    keep: fc.nat({ max: 5 }),
    where: share,
    jumpMs: jumps,
  }
  return fc.array(fc.record(step), { maxLength: 400, size: 'max' })
}

describe('no window is ever exceeded', () => {
  it.each(['requests', 'total'] as const)('by %s over a sliding window, wherever calls arrive between start and end', (unit) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2000 }), steps(40), (amount, slideMs, moves) => {
        const window = { slideMs }
        const arrivals = play({ unit, window, amount, steps: moves }, new MeterRig({ unit, window, amount }))
        expect(mostInAnySpan(arrivals, slideMs)).toBeLessThanOrEqual(amount)
      }),
      { numRuns: 400 },
    )
  })

  it.each([
    ['day', 'America/Los_Angeles', '2026-03-07T20:00:00Z'],
    ['day', 'America/Los_Angeles', '2026-10-31T20:00:00Z'],
    ['month', 'Europe/Berlin', '2028-02-27T00:00:00Z'],
  ] as const)('in a calendar %s of %s from %s on, over small steps of the wall clock too', (calendar, zone, from) => {
    const longest = calendar === 'day' ? 1_200_000 : 36_000_000
    const jumps = fc.oneof(fc.constant(0), fc.integer({ min: -3_600_000, max: 0 }))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), steps(longest, jumps), (amount, moves) => {
        const window = { calendar, zone }
        const rig = new MeterRig({ unit: 'total', window, amount }, 'set', new VirtualClock(Date.parse(from)))
        const byPeriod = new Map<string, number>()
        for (const { wall, units } of play({ unit: 'total', window, amount, steps: moves }, rig)) {
          const date = Temporal.Instant.fromEpochMilliseconds(Math.floor(wall)).toZonedDateTimeISO(zone).toPlainDate().toString()
          const period = calendar === 'day' ? date : date.slice(0, 7)
          byPeriod.set(period, (byPeriod.get(period) ?? 0) + units)
        }
        for (const units of byPeriod.values()) expect(units).toBeLessThanOrEqual(amount)
      }),
      { numRuns: 150 },
    )
  })

  it('that an upstream announces, until its reset', () => {
    const readings = fc.record({
      at: fc.nat({ max: 60 }),
      remaining: fc.nat({ max: 50 }),
      resetMs: fc.integer({ min: 1, max: 3000 }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 200 }), readings, steps(40), (amount, reading, moves) => {
        const window = { slideMs: 1000 }
        const rig = new MeterRig({ unit: 'total', window, amount }, 'announced')
        play({ unit: 'total', window, amount, steps: moves.slice(0, reading.at) }, rig)
        rig.announce({ remaining: reading.remaining, resetMs: reading.resetMs })
        const said = rig.clock.mono()
        const after = play({ unit: 'total', window, amount, steps: moves.slice(reading.at) }, rig)
        const sum = after.filter(({ mono }) => mono < said + reading.resetMs).reduce((all, { units }) => all + units, 0)
        expect(sum).toBeLessThanOrEqual(reading.remaining)
      }),
      { numRuns: 300 },
    )
  })
})

describe('nobody is kept out longer than said', () => {
  it.each([
    ['requests', { slideMs: 1000 }],
    ['total', { slideMs: 1000 }],
    ['total', { calendar: 'day', zone: 'America/Los_Angeles' }],
  ] as const)('for %s over %j: what did not fit fits at the moment that was named, and not a slot before', (unit, window) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 200 }),
        steps('slideMs' in window ? 20 : 3_600_000),
        fc.integer({ min: 1, max: 60 }),
        (amount, moves, more) => {
          const rig = new MeterRig({ unit, window, amount })
          play({ unit, window, amount, steps: moves }, rig)
          const wait = rig.free(more)
          expect(wait).toBeGreaterThanOrEqual(0)
          rig.clock.advance(Math.max(0, wait - 1e-3))
          expect(wait > 1 && rig.free(more) === 0).toBe(false)
          rig.clock.advance(Math.min(wait, 1e-3))
          expect(rig.free(more)).toBeLessThan(1e-3)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('what was counted is not lost', () => {
  const windows: Window[] = [
    { slideMs: 1000 },
    { calendar: 'day', zone: 'America/Los_Angeles' },
    { calendar: 'month', zone: 'UTC' },
    'forever',
  ]

  it('by a restart: nothing is widened, however long it took and whatever the wall clock did backwards', () => {
    const plan = fc.record({
      amount: fc.integer({ min: 1, max: 200 }),
      gapMs: fc.nat({ max: 3000 }),
      backMs: fc.nat({ max: 3000 }),
      moves: steps(20),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...windows),
        fc.constantFrom('requests' as const, 'total' as const),
        plan,
        (window, unit, { amount, gapMs, backMs, moves }) => {
          const before = new MeterRig({ unit, window, amount })
          play({ unit, window, amount, steps: moves }, before)
          const stored = before.stored()
          before.clock.advance(gapMs)
          const after = new MeterRig({ unit, window, amount }, 'set', new VirtualClock(before.clock.now() - backMs))
          after.restore(stored)
          expect(after.view().used).toBeGreaterThanOrEqual(before.view().used)
          expect(gapMs === 0 && after.view().used > before.view().used).toBe(false)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('by a key that moves to another account: both counts go on as one, each for as long as its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(...windows), steps(20), steps(20), fc.nat({ max: 1500 }), (window, one, other, ms) => {
        const clock = new VirtualClock()
        const rigs = [one, other].map((moves) => {
          const rig = new MeterRig({ unit: 'total', window, amount: 1e6 }, 'set', clock)
          play({ unit: 'total', window, amount: 1e6, steps: moves }, rig)
          return rig
        })
        const sum = rigs[0]!.view().used + rigs[1]!.view().used
        rigs[0]!.meter.absorb(rigs[1]!.meter, clock.mono())
        expect(rigs[0]!.view().used).toBe(sum)
        clock.advance(ms)
        expect(rigs[0]!.view().used).toBeGreaterThanOrEqual(rigs[1]!.view().used)
      }),
      { numRuns: 300, endOnFailure: true },
    )
  })

  it('of what an upstream announced: it comes back as far as it had gone', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.nat({ max: 100 }),
        fc.boolean(),
        (remaining, resetMs, calls, refills) => {
          const before = new MeterRig({ amount: 100 }, 'announced')
          before.announce({ limit: 100, remaining, resetMs, refills })
          for (let i = 0; i < calls && before.free() === 0; i++) before.call()
          const after = new MeterRig({ amount: 500 }, 'announced', new VirtualClock(before.clock.now()))
          after.restore(before.stored())
          expect(after.view().limit).toBe(100)
          expect(after.drain()).toBeLessThanOrEqual(before.drain())
        },
      ),
    )
  })
})
