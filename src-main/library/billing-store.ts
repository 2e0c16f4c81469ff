/**
 * Where usage is kept. Every row carries the running total of its client, so that the usage of any span is the difference
 * of two rows: a year costs no more to look up than a second.
 */
import { Temporal } from 'temporal-polyfill'
import type { Interval } from '../clients/quota-interval.ts'

type Awaitable<T> = T | Promise<T>

/** Usage of one local day; `timestamp` is its midnight, in seconds since 1970. */
export interface DailyUsage {
  clientId: string
  timestamp: number
  credits: number
}

/** All times are wall ms; a span holds its start and not its end; a bound left out is open. */
export interface BillingStore {
  /**
   * Adds usage at `at` when `admit` says so: it is asked with the client's usage in each of `spans`. Nothing of the client
   * may be tracked between question and answer, not by another process either. Gives back what `admit` said.
   */
  track(
    usage: { clientId: string; credits: number; at: number },
    spans: readonly Interval[],
    admit: (totals: readonly number[]) => boolean,
  ): Awaitable<boolean>
  total(clientId: string, start?: number, end?: number): Awaitable<number>
  /** Days of the store's zone that have usage, in order. */
  daily(clientId: string, start?: number, end?: number): Awaitable<DailyUsage[]>
  delete(clientId: string, start?: number, end?: number): Awaitable<void>
}

export interface BillingStoreOptions {
  /** IANA zone whose days `daily` adds up; UTC by default. */
  zone?: string
  /** Usage older than this many days is forgotten, but never what a quota still counts; for ever by default. */
  keepDays?: number
}

/** Old rows are put together: what is older than `age` keeps one row per `step`. All zones' midnights are whole quarters of an hour. */
export const thinnings = [
  { age: 60_000, step: 1000 },
  { age: 86_400_000, step: 900_000 },
] as const

const DAY_MS = 86_400_000

/** What `daily` needs of a store. `firstAt` = time of the first usage in a span. */
export interface Ledger {
  total(start: number, end: number): number
  firstAt(start: number, end: number): number | undefined
}

/** Goes from one day with usage to the next. */
export function dailyOf(ledger: Ledger, clientId: string, zone: string, start: number, end: number): DailyUsage[] {
  const days: DailyUsage[] = []
  for (let at = ledger.firstAt(start, end); at !== undefined; ) {
    const day = dayOf(at, zone)
    const credits = ledger.total(Math.max(start, day.start), Math.min(end, day.end))
    days.push({ clientId, timestamp: Math.floor(day.start / 1000), credits })
    at = ledger.firstAt(day.end, end)
  }
  return days
}

function dayOf(at: number, zone: string): Interval {
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).epochMilliseconds
  return { start: midnight(date), end: midnight(date.add({ days: 1 })) }
}

/** The time before which usage may be forgotten, given the spans that quotas still count. */
export function forgetBefore(now: number, keepDays: number, spans: readonly Interval[]): number {
  return Math.min(now - keepDays * DAY_MS, ...spans.map(({ start }) => start))
}
