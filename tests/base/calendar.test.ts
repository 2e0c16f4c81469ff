import { describe, expect, it } from 'vitest'
import { dayStarts, periodEnd } from '../../src-main/base/calendar.ts'

const at = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString()
const hours = (from: number, to: number) => (to - from) / 3_600_000

describe('the end of a day', () => {
  it('is the next local midnight, and never now', () => {
    expect(iso(periodEnd('day', 'UTC', at('2026-05-04T10:00:00Z')))).toBe('2026-05-05T00:00:00.000Z')
    expect(iso(periodEnd('day', 'UTC', at('2026-05-05T00:00:00Z')))).toBe('2026-05-06T00:00:00.000Z')
    expect(iso(periodEnd('day', 'Asia/Kolkata', at('2026-05-04T18:29:59.999Z')))).toBe('2026-05-04T18:30:00.000Z')
  })

  it('takes moments between milliseconds', () => {
    expect(iso(periodEnd('day', 'UTC', at('2026-05-04T23:59:59.999Z') + 0.7))).toBe('2026-05-05T00:00:00.000Z')
  })

  it('comes after 23 hours when summer time begins in Los Angeles, and after 25 when it ends', () => {
    const spring = at('2026-03-08T08:00:00Z')
    expect(hours(spring, periodEnd('day', 'America/Los_Angeles', spring))).toBe(23)
    const autumn = at('2026-11-01T07:00:00Z')
    expect(hours(autumn, periodEnd('day', 'America/Los_Angeles', autumn))).toBe(25)
  })

  it('is the first moment of the next day where midnight does not exist', () => {
    expect(iso(periodEnd('day', 'America/Santiago', at('2026-09-05T12:00:00Z')))).toBe('2026-09-06T04:00:00.000Z')
  })

  it('skips a day that a zone left out', () => {
    expect(iso(periodEnd('day', 'Pacific/Apia', at('2011-12-30T09:00:00Z')))).toBe('2011-12-30T10:00:00.000Z')
  })
})

describe('the days of a range', () => {
  it('begin with the one that holds its beginning, and end before its end', () => {
    const days = (from: string, to: string) => dayStarts('Asia/Shanghai', at(from), at(to)).map(iso)
    expect(days('2026-05-04T15:59:00Z', '2026-05-05T16:00:00Z')).toEqual(['2026-05-03T16:00:00.000Z', '2026-05-04T16:00:00.000Z'])
    expect(days('2026-05-04T16:00:00Z', '2026-05-05T16:00:01Z')).toEqual(['2026-05-04T16:00:00.000Z', '2026-05-05T16:00:00.000Z'])
  })

  it('are 23 and 25 hours long where summer time begins and ends', () => {
    const lengths = (from: string, to: string) => {
      const starts = dayStarts('America/Los_Angeles', at(from), at(to))
      return starts.slice(1).map((start, index) => hours(starts[index] ?? 0, start))
    }
    expect(lengths('2026-03-07T12:00:00Z', '2026-03-10T00:00:00Z')).toEqual([24, 23])
    expect(lengths('2026-10-31T12:00:00Z', '2026-11-03T00:00:00Z')).toEqual([24, 25])
  })

  it('leave out one that a zone skipped', () => {
    expect(dayStarts('Pacific/Apia', at('2011-12-29T12:00:00Z'), at('2011-12-31T12:00:00Z')).map(iso)).toEqual([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
      '2011-12-31T10:00:00.000Z',
    ])
  })
})

describe('the end of a month', () => {
  it('is the next first, whatever the day', () => {
    expect(iso(periodEnd('month', 'UTC', at('2026-01-31T12:00:00Z')))).toBe('2026-02-01T00:00:00.000Z')
    expect(iso(periodEnd('month', 'UTC', at('2028-02-29T23:59:59.999Z')))).toBe('2028-03-01T00:00:00.000Z')
    expect(iso(periodEnd('month', 'UTC', at('2026-12-01T00:00:00Z')))).toBe('2027-01-01T00:00:00.000Z')
  })

  it('is of the zone: in Los Angeles it may still be the month before', () => {
    expect(iso(periodEnd('month', 'America/Los_Angeles', at('2026-04-01T03:00:00Z')))).toBe('2026-04-01T07:00:00.000Z')
  })
})

it('an unknown zone is a RangeError', () => {
  expect(() => periodEnd('day', 'Mars/Olympus', 0)).toThrow(RangeError)
})
