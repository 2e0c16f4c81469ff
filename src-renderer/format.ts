/** Numbers and times as people read them. Null is what nobody knows, and is said so. */
import { dateFormat, listFormat, numberFormat } from './formatters.ts'
import { codeName } from './privacy/mask.ts'
import { privacy } from './privacy/privacy.ts'

const unknown = '—'

/** Money from billionths of a US dollar; small sums keep enough digits to differ from zero. Hidden in privacy mode. */
export function formatMoney(nanos: number | null, language: string): string {
  if (nanos === null) return unknown
  if (privacy.on()) return '$•••'
  const dollars = nanos / 1e9
  const digits = dollars === 0 || Math.abs(dollars) >= 1 ? 2 : Math.abs(dollars) >= 0.01 ? 3 : 6
  return numberFormat(language, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(dollars)
}

/** A count in short form: 950, 12.3K, 4.1M. */
export function formatShort(count: number | null, language: string): string {
  if (count === null) return unknown
  return numberFormat(language, { notation: count >= 10_000 ? 'compact' : 'standard', maximumFractionDigits: 1 }).format(count)
}

/** Credits of quotas: fractions are real, so small amounts keep three digits of them. */
export function formatCredits(credits: number, language: string): string {
  return numberFormat(language, {
    notation: credits >= 100_000 ? 'compact' : 'standard',
    maximumFractionDigits: credits >= 100_000 ? 1 : 3,
  }).format(credits)
}

export function formatCount(count: number | null, language: string): string {
  return count === null ? unknown : numberFormat(language).format(count)
}

/** A share from 0 to 1 as a percentage; never rounds a failure away. */
export function formatPercent(share: number | null, language: string): string {
  if (share === null) return unknown
  const shown = share < 1 && share > 0.999 ? 0.999 : share
  return numberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(shown)
}

/** A length of time in milliseconds with two units at most: 340 ms, 4.2 sec, 3m 20s, 2h 5m. */
export function formatDuration(ms: number | null, language: string): string {
  if (ms === null) return unknown
  if (ms < 1000) return unit(Math.round(ms), 'millisecond', language)
  if (ms < 59_950) return unit(Math.round(ms / 100) / 10, 'second', language)
  return formatCountdown(ms, language)
}

/** What is left of a time, in whole seconds and at most two units. */
export function formatCountdown(ms: number, language: string): string {
  const total = Math.max(0, Math.ceil(ms / 1000))
  const parts = [
    [Math.floor(total / 86_400), 'day'],
    [Math.floor(total / 3600) % 24, 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ] as const
  const first = parts.findIndex(([amount]) => amount > 0)
  if (first < 0) return unit(0, 'second', language, 'narrow')
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, name]) => unit(amount, name, language, 'narrow'))
    .join(' ')
}

/** How long ago an instant was, in one unit: 5s, 12m, 3h, 8d. */
export function formatAge(ms: number, language: string): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return unit(seconds, 'second', language, 'narrow')
  if (seconds < 3600) return unit(Math.floor(seconds / 60), 'minute', language, 'narrow')
  if (seconds < 86_400) return unit(Math.floor(seconds / 3600), 'hour', language, 'narrow')
  return unit(Math.floor(seconds / 86_400), 'day', language, 'narrow')
}

export function formatBytes(bytes: number | null, language: string): string {
  if (bytes === null) return unknown
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = bytes < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log10(bytes) / 3))
  return unit(Math.round(bytes / 1000 ** step), names[step] ?? 'byte', language)
}

/** Names in a sentence: a, b and c. */
export function formatNames(names: readonly string[], language: string): string {
  return listFormat(language, { type: 'conjunction' }).format(names)
}

/** Values after a colon, in their order: a, b, c. */
export function formatList(values: readonly string[], language: string): string {
  return listFormat(language, { type: 'conjunction', style: 'narrow' }).format(values)
}

/** A pool by its slug. Hidden in privacy mode, as its name is. */
export function formatPool(slug: string): string {
  return privacy.on() ? codeName(slug) : slug
}

/** Date and time in the person's own zone. */
export function formatDateTime(at: number, language: string): string {
  return dateFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at)
}

/** The time of day, with the date in front when it is not today. */
export function formatTime(at: number, now: number, language: string): string {
  return timeOfDay(at, now, language, { second: '2-digit' })
}

/** The same to the minute, for what is only a guess. */
export function formatClock(at: number, now: number, language: string): string {
  return timeOfDay(at, now, language, {})
}

function timeOfDay(at: number, now: number, language: string, seconds: { second?: '2-digit' }): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString()
  const day = sameDay ? {} : ({ month: 'short', day: 'numeric' } as const)
  return dateFormat(language, { ...day, ...seconds, hour: '2-digit', minute: '2-digit' }).format(at)
}

function unit(amount: number, name: string, language: string, unitDisplay: 'short' | 'narrow' = 'short'): string {
  return numberFormat(language, { style: 'unit', unit: name, unitDisplay }).format(amount)
}
