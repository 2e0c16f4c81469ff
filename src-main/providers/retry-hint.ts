/** How long an upstream asks to stay away, in all the ways they write it. Milliseconds from now; undefined = it does not say. */
import type { HeaderReader } from './types.ts'

const dayMs = 86_400_000
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: dayMs }

/**
 * A Go or protobuf duration: `1h2m3.5s`, `510.79ms`, `46s`, `6m0s`. Negative ones and anything else: undefined.
 * Source: OpenAI's x-ratelimit-reset-*, Gemini's RetryInfo.retryDelay and messages.
 */
export function durationMs(text: string): number | undefined {
  // One number and its unit, as nearly every answer has it.
  const one = /^(\d+(?:\.\d*)?)(ms|[smhd])$/.exec(text)
  if (one !== null) return sane(Number(one[1]) * (unitMs[one[2] ?? ''] ?? 0))
  if (!/^(?:\d+(?:\.\d*)?(?:ms|[smhd]))+$/.test(text)) return undefined
  let ms = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ms|[smhd])/g)) ms += Number(number) * (unitMs[unit ?? ''] ?? 0)
  return sane(ms)
}

/** A moment: RFC 3339, an HTTP date, or seconds or milliseconds since 1970. A past one is 0. `now` is wall time in ms. */
export function momentMs(text: string, now: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    // Seconds stay below 1e11 until the year 5138; milliseconds passed it in 1973.
    return number < 1e9 ? undefined : sane((number < 1e11 ? number * 1000 : number) - now)
  }
  // Date.parse takes almost any text with a number in it; only the two written forms are meant.
  if (!/^\d{4}-\d\d-\d\dT/.test(text) && !/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d/.test(text)) return undefined
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? undefined : sane(moment - now)
}

/** `retry-after-ms`, `x-ms-retry-after-ms` (Azure), then `retry-after`: seconds, a date, a duration or a moment since 1970. */
export function retryAfterMs(header: HeaderReader, now: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const exact = header(name)?.trim() ?? ''
    if (/^\d+(\.\d+)?$/.test(exact)) return sane(Number(exact))
  }
  const text = header('retry-after')?.trim() ?? ''
  const moment = momentMs(text, now)
  if (moment !== undefined) return moment
  return /^\d+(\.\d+)?$/.test(text) ? sane(Number(text) * 1000) : durationMs(text)
}

/** A reset header: a duration, a moment, or seconds. */
export function resetMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const trimmed = text.trim()
  const moment = durationMs(trimmed) ?? momentMs(trimmed, now)
  return moment ?? (/^\d+(\.\d+)?$/.test(trimmed) ? sane(Number(trimmed) * 1000) : undefined)
}

/** `Please try again in 7m12s`, `Please retry in 10h17m5.72s`, `try again in 20 seconds`. */
export function messageHintMs(message: string): number | undefined {
  const found =
    /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|[smhd]))+|\d+(?:\.\d+)? ?(?:milliseconds?|seconds?|minutes?|hours?))/i.exec(
      message,
    )?.[1]
  if (found === undefined) return undefined
  const exact = durationMs(found)
  if (exact !== undefined) return exact
  const [, number, word] = /^([\d.]+) ?(milli|[a-z])/i.exec(found) ?? []
  return sane(Number(number) * (unitMs[word === 'milli' ? 'ms' : (word ?? '').toLowerCase()] ?? Number.NaN))
}

/** The longest of what is known: a shorter hint never replaces a longer one. */
export function longest(...hints: readonly (number | undefined)[]): number | undefined {
  const known = hints.filter((hint) => hint !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Time until the next midnight of a zone, for quotas that come back with the day there; right on days of 23 and 25 hours too. */
export function untilMidnightMs(now: number, timeZone: string): number {
  const left = dayMs - sinceMidnightMs(now, timeZone)
  const over = sinceMidnightMs(now + left, timeZone)
  return over < dayMs / 2 ? left - over : left + dayMs - over
}

/** What the clocks of a zone show, in ms since their midnight. */
function sinceMidnightMs(now: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]))
  return ((part['hour'] ?? 0) * 3600 + (part['minute'] ?? 0) * 60 + (part['second'] ?? 0)) * 1000 + (now % 1000)
}

/** Time until 00:00 UTC on the first of the next month: when Anthropic's spend limits start again. */
export function untilNextMonthMs(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - now
}

/** Whole milliseconds, never negative; undefined for what is not a number. How much of it is believed is the pool's setting. */
function sane(ms: number): number | undefined {
  return Number.isFinite(ms) ? Math.max(0, Math.ceil(ms)) : undefined
}
