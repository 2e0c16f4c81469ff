/** Days and months of a time zone, by the calendar: right on changes of summer time and on days without a midnight. */
import { Temporal } from 'temporal-polyfill'

/** Wall ms of the next midnight (`day`) or the next first of the month (`month`) in an IANA zone, after `now` (wall ms, fractions are dropped). RangeError for an unknown zone. */
export function periodEnd(period: 'day' | 'month', zone: string, now: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(zone).toPlainDate()
  const next = period === 'day' ? today.add({ days: 1 }) : today.with({ day: 1 }).add({ months: 1 })
  return next.toZonedDateTime(zone).epochMilliseconds
}
