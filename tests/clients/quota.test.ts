/** Quotas as data: which interval a moment lies in, and what may be taken in it. */

import { describe, expect, test } from 'vitest'
import {
  charge,
  checkAndDeduct,
  type Deduction,
  lowestQuota,
  openQuota,
  type Quota,
  redefine,
  refund,
  remainingOf,
  settle,
} from '../../src-main/clients/quota.ts'
import {
  type QuotaDefinition,
  type QuotaDuration,
  QuotaError,
  quotaDurations,
  sortedDefinitions,
  unlimited,
} from '../../src-main/clients/quota-definition.ts'
import { intervalOf } from '../../src-main/clients/quota-interval.ts'
import * as fc from '../support/fast-check.ts'

const at = (iso: string) => Date.parse(iso)
const text = ({ start, end }: { start: number; end: number }) => [start, end].map((ms) => new Date(ms).toISOString().slice(0, 16))
const quota = (duration: QuotaDuration, credits: number, start = at('2026-01-01T00:00:00Z'), zone = 'UTC'): QuotaDefinition => ({
  duration,
  credits,
  start,
  zone,
})
const now = at('2026-03-15T12:00:00Z')

function deduct(quotas: readonly Quota[], credits: number, when = now): Deduction {
  const result = checkAndDeduct(quotas, credits, when)
  if (!result.granted) throw new Error(`short of ${result.quota.definition.duration}`)
  return result
}

describe('intervals', () => {
  const interval = (duration: QuotaDuration, start: string, moment: string, zone = 'UTC') =>
    text(intervalOf(quota(duration, 1, at(start), zone), at(moment)))

  test.each([
    ['SECOND', '2026-01-01T00:00:00.250Z', '2026-01-01T00:00:07.100Z', '2026-01-01T00:00:06.250Z', '2026-01-01T00:00:07.250Z'],
    ['MINUTE', '2026-01-01T00:00:20Z', '2026-01-01T05:10:19Z', '2026-01-01T05:09:20Z', '2026-01-01T05:10:20Z'],
    ['HOUR', '2026-01-01T00:10:00Z', '2026-01-02T07:10:00Z', '2026-01-02T07:10:00Z', '2026-01-02T08:10:00Z'],
    ['DAY', '2026-01-01T06:00:00Z', '2026-01-05T05:59:59Z', '2026-01-04T06:00:00Z', '2026-01-05T06:00:00Z'],
    ['WEEK', '2026-01-05T00:00:00Z', '2026-01-18T00:00:00Z', '2026-01-12T00:00:00Z', '2026-01-19T00:00:00Z'],
  ] as const)('%s: whole intervals since the start', (duration, start, moment, from, to) => {
    expect(intervalOf(quota(duration, 1, at(start)), at(moment))).toEqual({ start: at(from), end: at(to) })
  })

  test('a month that began on the 31st ends on the last day of short months and comes back to the 31st', () => {
    expect(interval('MONTH', '2026-01-31T09:00:00Z', '2026-02-15T00:00:00Z')).toEqual(['2026-01-31T09:00', '2026-02-28T09:00'])
    expect(interval('MONTH', '2026-01-31T09:00:00Z', '2026-03-01T00:00:00Z')).toEqual(['2026-02-28T09:00', '2026-03-31T09:00'])
    expect(interval('MONTH', '2026-01-31T09:00:00Z', '2026-04-30T09:00:00Z')).toEqual(['2026-04-30T09:00', '2026-05-31T09:00'])
  })

  test.each([29, 30])('a month that began on the %ith has twelve intervals a year, none in the future', (day) => {
    const definition = quota('MONTH', 1, at(`2023-12-${day}T00:00:00Z`))
    const starts = new Set<number>()
    for (let moment = at('2026-01-01T00:00:00Z'); moment < at('2027-01-01T00:00:00Z'); moment += 6 * 3_600_000) {
      const { start, end } = intervalOf(definition, moment)
      expect(start <= moment && moment < end).toBe(true)
      starts.add(start)
    }
    expect(starts.size).toBe(13)
  })

  test('a start later in the month than today does not put the interval into the future', () => {
    expect(interval('MONTH', '2025-11-20T10:00:00Z', '2026-03-15T12:00:00Z')).toEqual(['2026-02-20T10:00', '2026-03-20T10:00'])
  })

  test('a year that began on 29 February ends on the 28th, and on the 29th in leap years', () => {
    expect(interval('YEAR', '2024-02-29T00:00:00Z', '2025-06-01T00:00:00Z')).toEqual(['2025-02-28T00:00', '2026-02-28T00:00'])
    expect(interval('YEAR', '2024-02-29T00:00:00Z', '2028-06-01T00:00:00Z')).toEqual(['2028-02-29T00:00', '2029-02-28T00:00'])
  })

  test('a start later in the year than today does not put the interval into the future', () => {
    expect(interval('YEAR', '2020-10-01T00:00:00Z', '2026-03-15T00:00:00Z')).toEqual(['2025-10-01T00:00', '2026-10-01T00:00'])
  })

  test('the time of day is that of the start, not that of the first look', () => {
    expect(interval('MONTH', '2026-01-10T08:30:00Z', '2026-05-22T17:45:00Z')).toEqual(['2026-05-10T08:30', '2026-06-10T08:30'])
  })

  test('days keep their time on the clocks of the zone when summer time begins and ends', () => {
    const day = (moment: string) => intervalOf(quota('DAY', 1, at('2026-01-01T08:00:00Z'), 'America/Los_Angeles'), at(moment))
    const hours = ({ start, end }: { start: number; end: number }) => (end - start) / 3_600_000
    expect(hours(day('2026-03-08T12:00:00Z'))).toBe(23)
    expect(hours(day('2026-11-01T12:00:00Z'))).toBe(25)
    expect(text(day('2026-07-01T12:00:00Z'))).toEqual(['2026-07-01T07:00', '2026-07-02T07:00'])
  })

  test('an hour has 3600 seconds also where the clocks are changed', () => {
    const { start, end } = intervalOf(
      quota('HOUR', 1, at('2026-01-01T08:00:00Z'), 'America/Los_Angeles'),
      at('2026-03-08T10:30:00Z'),
    )
    expect(end - start).toBe(3_600_000)
  })

  test('a day that its zone skipped has no interval of its own', () => {
    const definition = quota('DAY', 1, at('2011-12-01T10:00:00Z'), 'Pacific/Apia')
    const last = intervalOf(definition, at('2011-12-30T09:00:00Z'))
    const next = intervalOf(definition, last.end)
    expect(next.start).toBe(last.end)
    expect(next.end - next.start).toBe(86_400_000)
  })

  test.each([
    ['DAY', ['2026-03-15T09:00', '2026-03-16T09:00']],
    ['WEEK', ['2026-03-11T09:00', '2026-03-18T09:00']],
    ['MONTH', ['2026-03-01T09:00', '2026-04-01T09:00']],
    ['YEAR', ['2025-04-01T09:00', '2026-04-01T09:00']],
  ] as const)('%s: a start that lies ahead: the intervals before it count too', (duration, expected) => {
    expect(interval(duration, '2026-04-01T09:00:00Z', '2026-03-15T12:00:00Z')).toEqual(expected)
  })

  test('of a fixed length are those of frappy: whole lengths since the start, before it as well', () => {
    const lengths = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000, WEEK: 604_800_000 }
    const moment = fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') })
    const duration = fc.constantFrom(...(Object.keys(lengths) as (keyof typeof lengths)[]))
    fc.assert(
      fc.property(duration, moment, moment, (name, start, when) => {
        const k = Math.floor((when - start) / lengths[name])
        expect(intervalOf(quota(name, 1, start), when)).toEqual({
          start: start + k * lengths[name],
          end: start + (k + 1) * lengths[name],
        })
      }),
    )
  })

  test('intervals hold their moment, follow one another without gap, and are counted from the start', () => {
    const zones = ['UTC', 'America/Los_Angeles', 'Europe/London', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu']
    const moment = fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') })
    fc.assert(
      fc.property(
        fc.constantFrom(...quotaDurations),
        fc.constantFrom(...zones),
        moment,
        moment,
        (duration, zone, start, when) => {
          const definition = quota(duration, 1, start, zone)
          const here = intervalOf(definition, when)
          expect(here.start <= when && when < here.end).toBe(true)
          expect(intervalOf(definition, here.start)).toEqual(here)
          expect(intervalOf(definition, here.end - 1)).toEqual(here)
          expect(intervalOf(definition, here.end).start).toBe(here.end)
          expect(intervalOf(definition, start).start).toBe(start)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a quota', () => {
  test('holds what it grants, per interval', () => {
    const day = openQuota(quota('DAY', 3), now)
    deduct([day], 2)
    expect(remainingOf(day, now)).toBe(1)
    expect(checkAndDeduct([day], 2, now)).toMatchObject({
      granted: false,
      remaining: 1,
      required: 2,
      renewsAt: at('2026-03-16T00:00:00Z'),
    })
    expect(remainingOf(day, at('2026-03-16T00:00:00Z'))).toBe(3)
  })

  test('the interval ends at its end, not a moment after', () => {
    const minute = openQuota(quota('MINUTE', 1), now)
    deduct([minute], 1)
    expect(checkAndDeduct([minute], 1, now + 59_999).granted).toBe(false)
    expect(checkAndDeduct([minute], 1, now + 60_000).granted).toBe(true)
  })

  test('fractions do not drift: a tenth, ten times, is one', () => {
    const day = openQuota(quota('DAY', 1), now)
    for (let i = 0; i < 10; i++) deduct([day], 0.1)
    expect(remainingOf(day, now)).toBe(0)
    expect(checkAndDeduct([day], 0.000_001, now).granted).toBe(false)
  })

  test('nothing that costs anything is free', () => {
    const day = openQuota(quota('DAY', 0.000_002), now)
    deduct([day], 1e-9)
    deduct([day], 1e-9)
    expect(checkAndDeduct([day], 1e-9, now).granted).toBe(false)
  })

  test('unlimited grants everything and says -1', () => {
    const day = openQuota(quota('DAY', unlimited), now)
    deduct([day], 1e9)
    expect(remainingOf(day, now)).toBe(unlimited)
    expect(day.usedUp).toBe(1e9)
  })

  test('is never negative, whatever was charged to it, and lets pass what costs nothing', () => {
    const day = openQuota(quota('DAY', 5), now)
    charge([day], 8, now)
    expect(remainingOf(day, now)).toBe(0)
    expect(checkAndDeduct([day], 0, now).granted).toBe(true)
  })

  test('more than a whole interval holds is never granted: it names no time', () => {
    const day = openQuota(quota('DAY', 5), now)
    expect(checkAndDeduct([day], 6, now)).toMatchObject({ granted: false, renewsAt: null })
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%d credits are refused and take nothing', (credits) => {
    const day = openQuota(quota('DAY', 5), now)
    expect(() => checkAndDeduct([day], credits, now)).toThrow(QuotaError)
    expect(() => charge([day], credits, now)).toThrow(QuotaError)
    expect(day.usedUp).toBe(0)
  })

  test('comes back from a store as it was, and new when its interval is over', () => {
    const state = openQuota(quota('DAY', 5), now)
    deduct([state], 1.25)
    const { definition, usedUp, intervalStart } = JSON.parse(JSON.stringify(state)) as Quota
    expect(openQuota(definition, now + 1000, { usedUp, intervalStart })).toEqual(state)
    expect(remainingOf(openQuota(definition, now + 86_400_000, { usedUp, intervalStart }), now + 86_400_000)).toBe(5)
  })

  test('a clock set back gives nothing back', () => {
    const day = openQuota(quota('DAY', 5), at('2026-03-15T00:00:01Z'))
    deduct([day], 5, at('2026-03-15T00:00:01Z'))
    expect(checkAndDeduct([day], 1, at('2026-03-14T23:59:59Z')).granted).toBe(false)
    expect(checkAndDeduct([day], 1, at('2026-03-15T00:00:00Z')).granted).toBe(false)
  })

  test('a clock that was years ahead and is put right does not hold the quota for years', () => {
    const day = openQuota(quota('DAY', 5), at('2050-01-01T00:00:00Z'))
    deduct([day], 5, at('2050-01-01T00:00:00Z'))
    expect(checkAndDeduct([day], 1, now).granted).toBe(false)
    expect(checkAndDeduct([day], 1, now + 86_400_000).granted).toBe(true)
  })
})

describe('several quotas', () => {
  const both = (minute: number, day: number) => [openQuota(quota('MINUTE', minute), now), openQuota(quota('DAY', day), now)]

  test('all are charged or none', () => {
    const quotas = both(10, 3)
    deduct(quotas, 2)
    expect(checkAndDeduct(quotas, 2, now).granted).toBe(false)
    expect(quotas.map(({ usedUp }) => usedUp)).toEqual([2, 2])
  })

  test('a refusal names the one that makes the caller wait longest, and lists all that are short', () => {
    const quotas = both(2, 2)
    deduct(quotas, 2)
    const short = checkAndDeduct(quotas, 1, now)
    expect(short).toMatchObject({ granted: false, quota: { definition: { duration: 'DAY' } } })
    expect(short.granted ? [] : short.short).toHaveLength(2)
  })

  test('the lowest has the fewest credits left', () => {
    const quotas = both(10, 9)
    expect(lowestQuota(quotas, now)?.definition.duration).toBe('DAY')
    charge(quotas.slice(0, 1), 5, now)
    expect(lowestQuota(quotas, now)?.definition.duration).toBe('MINUTE')
  })

  test('of equals the lowest is the shorter, in whatever order they are given', () => {
    expect(lowestQuota(both(7, 7).toReversed(), now)?.definition.duration).toBe('MINUTE')
  })

  test('an unlimited quota is the lowest only when all are', () => {
    expect(lowestQuota(both(unlimited, 900), now)?.definition.duration).toBe('DAY')
    expect(lowestQuota(both(unlimited, unlimited), now)?.definition.duration).toBe('MINUTE')
    expect(lowestQuota([], now)).toBeUndefined()
  })
})

describe('a refund', () => {
  test('gives back once, and not more than was taken', () => {
    const day = openQuota(quota('DAY', 10), now)
    deduct([day], 4)
    const deduction = deduct([day], 3)
    refund(deduction, 1, now)
    expect(day.usedUp).toBe(6)
    refund(deduction, 99, now)
    refund(deduction, 99, now)
    expect(day.usedUp).toBe(4)
  })

  test('leaves the interval that has begun since alone', () => {
    const minute = openQuota(quota('MINUTE', 10), now)
    const deduction = deduct([minute], 3)
    deduct([minute], 2, now + 60_000)
    refund(deduction, 3, now + 60_001)
    expect(minute.usedUp).toBe(2)
  })
})

describe('a settlement', () => {
  test('makes a deduction what the call has cost, be it less, more or the same', () => {
    const day = openQuota(quota('DAY', 10), now)
    const [less, more, same] = [deduct([day], 3), deduct([day], 3), deduct([day], 3)] as [Deduction, Deduction, Deduction]
    settle(less, 0.5, now)
    settle(more, 8.25, now)
    settle(same, 3, now)
    expect(day.usedUp).toBe(11.75)
    expect([less.left, more.left, same.left]).toEqual([0.5, 8.25, 3])
    expect(checkAndDeduct([day], 0.1, now).granted).toBe(false)
  })

  test('in a later interval gives it nothing back, and counts there what is missing', () => {
    const minute = openQuota(quota('MINUTE', 10), now)
    const [less, more] = [deduct([minute], 3), deduct([minute], 3)] as [Deduction, Deduction]
    settle(less, 1, now + 60_000)
    expect(minute.usedUp).toBe(0)
    settle(more, 5, now + 60_000)
    expect(minute.usedUp).toBe(2)
  })
})

describe('another definition', () => {
  test('keeps what is used, and what calls under way have taken can be given back', () => {
    const day = openQuota(quota('DAY', 10), now)
    const under = deduct([day], 4)
    redefine(day, quota('DAY', 5), now)
    expect(remainingOf(day, now)).toBe(1)
    settle(under, 0, now)
    expect(remainingOf(day, now)).toBe(5)
  })

  test('of other intervals begins its own, with what was used in the one that ran', () => {
    const day = openQuota(quota('DAY', 10), now)
    deduct([day], 4)
    redefine(day, quota('DAY', 10, at('2026-01-01T09:00:00Z')), now)
    expect([day.intervalStart, day.intervalEnd]).toEqual([at('2026-03-15T09:00:00Z'), at('2026-03-16T09:00:00Z')])
    expect(remainingOf(day, now)).toBe(6)
    expect(remainingOf(day, at('2026-03-16T00:00:00Z'))).toBe(6)
    expect(remainingOf(day, at('2026-03-16T09:00:00Z'))).toBe(10)
  })

  test('brings nothing of an interval that is over', () => {
    const day = openQuota(quota('DAY', 10), now)
    deduct([day], 4)
    redefine(day, quota('DAY', 10, at('2026-01-01T09:00:00Z')), now + 86_400_000)
    expect(day.usedUp).toBe(0)
  })

  test('that makes no sense is refused, and the old one holds', () => {
    const day = openQuota(quota('DAY', 10), now)
    expect(() => redefine(day, quota('DAY', -3), now)).toThrow(QuotaError)
    expect(remainingOf(day, now)).toBe(10)
  })
})

describe('definitions', () => {
  test('are sorted shortest first', () => {
    const sorted = sortedDefinitions([quota('YEAR', 1), quota('SECOND', 1), quota('DAY', 1)])
    expect(sorted.map(({ duration }) => duration)).toEqual(['SECOND', 'DAY', 'YEAR'])
  })

  test('two of one duration are refused', () => {
    expect(() => sortedDefinitions([quota('DAY', 1), quota('DAY', 2)])).toThrow(/two quotas per DAY/)
  })

  test.each([
    ['duration', { duration: 'DECADE' as QuotaDuration }],
    ['credits', { credits: -2 }],
    ['credits', { credits: Number.NaN }],
    ['credits', { credits: 1e10 }],
    ['credits', { credits: '5' as unknown as number }],
    ['start', { start: Number.NaN }],
    ['start', { start: new Date() as unknown as number }],
    ['zone', { zone: 'Atlantis/Capital' }],
  ])('a bad %s is refused by name', (field, change) => {
    expect(() => openQuota({ ...quota('DAY', 1), ...change }, now)).toThrow(
      expect.objectContaining({ code: 'INVALID_QUOTA', field }),
    )
  })
})

test('no interval ever grants more than its quota, in whatever order things happen', () => {
  const step = fc.record({
    credits: fc.constantFrom(0.1, 0.25, 1, 2.5, 7),
    after: fc.constantFrom(0, 500, 20_000, 3_600_000, -700),
    back: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const quotas = [openQuota(quota('MINUTE', 8), now), openQuota(quota('DAY', 20), now)]
      const granted = new Map<string, number>()
      let when = now
      for (const { credits, after, back } of steps) {
        when += after
        const result = checkAndDeduct(quotas, credits, when)
        if (!result.granted) continue
        if (back) {
          refund(result, credits, when)
          continue
        }
        for (const { definition, intervalStart } of quotas) {
          const name = `${definition.duration} ${intervalStart}`
          granted.set(name, (granted.get(name) ?? 0) + Math.round(credits * 1e6))
          expect(granted.get(name)).toBeLessThanOrEqual(definition.credits * 1e6)
        }
      }
    }),
    { numRuns: 300 },
  )
})
