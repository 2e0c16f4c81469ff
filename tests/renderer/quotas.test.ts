import { expect, test } from 'vitest'
import type { QuotaStanding } from '../../src-preload/contract/index.ts'
import { nearestQuota, quotaLevel, quotaShare } from '../../src-renderer/parts/quotas.ts'
import { daysCsv, rangeOfDay, withoutGaps } from '../../src-renderer/screens/connect/clients/usage-days.ts'

const quota = (credits: number, used: number, renewsAt = 1): QuotaStanding => ({
  duration: 'DAY',
  credits,
  start: 0,
  zone: 'UTC',
  used,
  remaining: Math.max(0, credits - used),
  renewsAt,
})

test('the nearest quota is the one with the biggest part used; an unlimited one never is, a quota of nothing always', () => {
  const [half, most, unlimited, nothing] = [quota(10, 5), quota(100, 90), quota(-1, 1e6), quota(0, 0)]
  expect(nearestQuota([half, unlimited, most])).toBe(most)
  expect(nearestQuota([most, nothing])).toBe(nothing)
  expect(nearestQuota([quota(10, 5, 1), quota(10, 5, 9)])?.renewsAt).toBe(9)
  expect(nearestQuota([quota(-1, 9, 99), quota(10, 0, 1)])?.credits).toBe(10)
  expect(nearestQuota([])).toBeUndefined()
  expect([half, most, unlimited, nothing].map(quotaLevel)).toEqual(['free', 'near', 'free', 'full'])
  expect(quotaShare(quota(10, 25))).toBe(1)
})

test('days without a call are zeros in the chart, over month ends and leap days', () => {
  const days = [
    { day: '2028-03-01', calls: 2, credits: 2.5 },
    { day: '2028-02-27', calls: 1, credits: 1 },
  ]
  expect(withoutGaps(days, '2028-03-01', 3)).toEqual([
    { day: '2028-02-27', calls: 1, credits: 1 },
    { day: '2028-02-28', calls: 0, credits: 0 },
    { day: '2028-02-29', calls: 0, credits: 0 },
    { day: '2028-03-01', calls: 2, credits: 2.5 },
  ])
  // This machine's day may be ahead of the page's.
  expect(withoutGaps(days.slice(0, 1), '2028-02-29', 2).map(({ day }) => day)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  expect(withoutGaps([], '2028-03-01', 2).map(({ calls }) => calls)).toEqual([0, 0])
  expect(daysCsv(days)).toBe('day,calls,credits\r\n2028-03-01,2,2.5\r\n2028-02-27,1,1')
})

test('a day of the table is a range of this machine, from midnight to midnight', () => {
  const { kind, ...range } = rangeOfDay('2028-02-29')
  expect(kind).toBe('custom')
  expect(range).toEqual({ from: new Date(2028, 1, 29).getTime(), to: new Date(2028, 2, 1).getTime() })
})
