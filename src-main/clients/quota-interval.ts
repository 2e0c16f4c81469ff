/**
 * In which interval of a quota a moment lies. Intervals are counted from the start, so that a quota that began on the 31st
 * ends on the last day of a short month and on the 31st again afterwards. They go on before the start as well: a quota
 * whose start lies ahead is in force at once, and the start only says when its intervals begin.
 */
import { Temporal } from 'temporal-polyfill'
import type { QuotaDefinition, QuotaDuration } from './quota-definition.ts'

/** Wall ms; the end is the first moment of the next interval. */
export interface Interval {
  start: number
  end: number
}

type CalendarDuration = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR'

const fixedMs: Record<Exclude<QuotaDuration, CalendarDuration>, number> = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000 }
const calendarUnit = { DAY: 'days', WEEK: 'weeks', MONTH: 'months', YEAR: 'years' } as const satisfies Record<
  CalendarDuration,
  string
>

/** The interval that holds `now` (wall ms). Days keep the start's time on the clocks of the zone: one of them may have 23 or 25 hours. */
export function intervalOf({ duration, start, zone = 'UTC' }: QuotaDefinition, now: number): Interval {
  switch (duration) {
    case 'SECOND':
    case 'MINUTE':
    case 'HOUR': {
      const length = fixedMs[duration]
      const from = start + Math.floor((now - start) / length) * length
      return { start: from, end: from + length }
    }
    case 'DAY':
    case 'WEEK':
    case 'MONTH':
    case 'YEAR':
      return calendarInterval(calendarUnit[duration], start, zone, now)
    default:
      return duration satisfies never
  }
}

function calendarInterval(unit: (typeof calendarUnit)[CalendarDuration], start: number, zone: string, now: number): Interval {
  const local = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime()
  const anchor = local(start)
  const nth = (n: number) => anchor.add({ [unit]: n }).toZonedDateTime(zone).epochMilliseconds
  let n = anchor.until(local(now), { largestUnit: unit })[unit]
  // Clamped month ends, changes of summer time and times before the start put that off by one or two.
  while (nth(n + 1) <= now) n++
  while (nth(n) > now) n--
  return { start: nth(n), end: nth(n + 1) }
}
