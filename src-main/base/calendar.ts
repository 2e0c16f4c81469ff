/** Days and months of a time zone, by the calendar: right on changes of summer time and on days without a midnight. */
import { Temporal } from 'temporal-polyfill'

/** Wall ms of the next midnight (`day`) or the next first of the month (`month`) in an IANA zone, after `now` (wall ms, fractions are dropped). RangeError for an unknown zone. */
export function periodEnd(period: 'day' | 'month', zone: string, now: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(now)).toZonedDateTimeISO(zone).toPlainDate()
  const next = period === 'day' ? today.add({ days: 1 }) : today.with({ day: 1 }).add({ months: 1 })
  return next.toZonedDateTime(zone).epochMilliseconds
}

/** The midnights (wall ms) that begin the days of an IANA zone from the one that holds `from` to the last before `to`. RangeError for an unknown zone. */
export function dayStarts(zone: string, from: number, to: number): number[] {
  let day = Temporal.Instant.fromEpochMilliseconds(Math.floor(from)).toZonedDateTimeISO(zone).startOfDay()
  const starts: number[] = []
  while (day.epochMilliseconds < to) {
    starts.push(day.epochMilliseconds)
    day = day.add({ days: 1 }).startOfDay()
  }
  return starts
}
