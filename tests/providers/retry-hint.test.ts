/** Every way of saying "come back later". */

import { describe, expect, it } from 'vitest'
import {
  durationMs,
  messageHintMs,
  momentMs,
  resetMs,
  retryAfterMs,
  untilMidnightMs,
  untilNextMonthMs,
} from '../../src-main/providers/retry-hint.ts'
import * as fc from '../support/fast-check.ts'
import { noon } from './answers.ts'

it.each([
  ['12ms', 12],
  ['1s', 1000],
  ['6m0s', 360_000],
  ['1h2m3.5s', 3_723_500],
  ['510.79ms', 511],
  ['2m59.56s', 179_560],
  ['1d', 86_400_000],
  ['0s', 0],
  ['-1s', undefined],
  ['46', undefined],
  ['', undefined],
  ['1 s', undefined],
  ['1x', undefined],
])('durationMs(%j) = %s', (text, ms) => expect(durationMs(text)).toBe(ms))

it.each([
  ['2026-01-15T12:00:30Z', 30_000],
  ['2026-01-15T13:00:30.250+01:00', 30_250],
  ['Thu, 15 Jan 2026 12:01:00 GMT', 60_000],
  ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
  [String(noon / 1000 + 5), 5000],
  [String(noon + 5), 5],
  ['soon', undefined],
  ['30', undefined],
  ['2026', undefined],
  ['Foo bar 12', undefined],
])('momentMs(%j) = %s', (text, ms) => expect(momentMs(text, noon)).toBe(ms))

it.each<[Record<string, string>, number | undefined]>([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': ' 7 ' }, 7000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '-3' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1m30s' }, 90_000],
  [{ 'retry-after': 'Thu, 15 Jan 2026 12:01:00 GMT' }, 60_000],
  [{ 'retry-after': '1000000000' }, 0],
  [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
  [{ 'x-ms-retry-after-ms': '750', 'retry-after': '1' }, 750],
  [{ 'retry-after-ms': 'x', 'retry-after': '1' }, 1000],
  [{}, undefined],
])('retryAfterMs(%j) = %s', (headers, ms) => expect(retryAfterMs((name) => headers[name], noon)).toBe(ms))

it.each([
  ['6m0s', 360_000],
  ['42', 42_000],
  ['2026-01-15T12:00:30Z', 30_000],
  ['-1', undefined],
  [undefined, undefined],
])('resetMs(%j) = %s', (text, ms) => expect(resetMs(text, noon)).toBe(ms))

it.each([
  ['Please try again in 7m12s. Visit', 432_000],
  ['Please retry in 10h17m5.72s.', 37_025_720],
  ['try again in 20 seconds', 20_000],
  ['Retry after 1 minute', 60_000],
  ['retry after 500 milliseconds', 500],
  ['Please try again in 120ms', 120],
  ['try again later', undefined],
])('messageHintMs(%j) = %s', (text, ms) => expect(messageHintMs(text)).toBe(ms))

describe('calendar', () => {
  it('knows midnight in California', () => {
    expect(untilMidnightMs(noon, 'America/Los_Angeles')).toBe(20 * 3_600_000)
    expect(untilMidnightMs(noon + 500, 'UTC')).toBe(12 * 3_600_000 - 500)
  })

  it.each([
    ['the clocks go forward: 23 hours', '2026-03-08T08:30:00Z', '2026-03-09T07:00:00Z'],
    ['the same day, after the change', '2026-03-08T20:00:00Z', '2026-03-09T07:00:00Z'],
    ['the clocks go back: 25 hours', '2026-11-01T07:30:00Z', '2026-11-02T08:00:00Z'],
    ['the day before', '2026-10-31T20:00:00Z', '2026-11-01T07:00:00Z'],
  ])('knows midnight in California when %s', (_name, now, midnight) => {
    expect(untilMidnightMs(Date.parse(now), 'America/Los_Angeles')).toBe(Date.parse(midnight) - Date.parse(now))
  })

  it('knows the first of the next month', () => {
    expect(untilNextMonthMs(Date.UTC(2026, 11, 31, 23))).toBe(3_600_000)
  })
})

it('never gives anything but a whole number of milliseconds from 0 up', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[0-9.hmsd: -]{0,20}$/),
    fc.date({ noInvalidDate: true }).map(String),
    fc.double().map(String),
  )
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 4e12 }), (hint, now) => {
      const headers = () => hint
      for (const ms of [
        durationMs(hint),
        momentMs(hint, now),
        resetMs(hint, now),
        messageHintMs(`retry in ${hint}`),
        retryAfterMs(headers, now),
      ]) {
        expect(ms === undefined || (Number.isInteger(ms) && ms >= 0)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
