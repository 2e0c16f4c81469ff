/**
 * OpenAI's limit headers, and those of everyone who took over their names.
 * Sources: developers.openai.com/api/docs/guides/rate-limits; console.groq.com/docs/rate-limits.
 */
import type { LimitReading, Window } from '../pool/types.ts'
import { type HeaderLimit, headerReadings, resetOf } from './header-limits.ts'
import { minute, slidingDay } from './limits.ts'
import { messageReadings } from './message-limits.ts'
import type { UpstreamAnswer } from './types.ts'

const dayMs = 86_400_000

/** Requests per minute, or per day where only that explains the reset; tokens per minute; both flow back evenly. */
export function openaiReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  const said = headerReadings(answer, now, openaiHeaders)
  for (const reading of said) if (reading.unit === 'requests') reading.window = bucketWindow(reading)
  return withMessage(said, answer)
}

/** Groq: the same names, but requests are per day. */
export function groqReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  return withMessage(headerReadings(answer, now, groqHeaders), answer)
}

/** Of whom nothing is known but the names: a window comes back all at once, and one that lasts longer than a minute is a day. */
export function commonReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  const reset = resetOf(answer.header, 'x-ratelimit-reset-requests', now) ?? 0
  return withMessage(headerReadings(answer, now, reset > 2 * 60_000 ? commonDay : commonMinute), answer)
}

const openaiHeaders = headers(minute, true)
const groqHeaders = headers(slidingDay, true)
const commonMinute = headers(minute, false)
const commonDay = headers(slidingDay, false)

function withMessage(said: LimitReading[], answer: UpstreamAnswer): LimitReading[] {
  const more = messageReadings(answer)
  return more.length === 0 ? said : [...said, ...more]
}

function headers(requests: Window, refills: boolean): readonly HeaderLimit[] {
  return [named('requests', 'requests', requests, refills), named('tokens', 'total', minute, refills)]
}

function named(kind: string, unit: HeaderLimit['unit'], window: Window, refills: boolean): HeaderLimit {
  return {
    unit,
    window,
    refills,
    scope: 'model',
    limit: `x-ratelimit-limit-${kind}`,
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
  }
}

/**
 * The small tiers count requests per day under the same name: of 10,000 a day one use takes 8.64 s to flow back, of 10,000
 * a minute 6 ms. So the reset, the limit and what is used give the length of the window away.
 */
function bucketWindow({ limit, remaining, resetMs }: LimitReading): Window {
  if (limit === null || remaining === null || resetMs === null || remaining >= limit) return minute
  const length = (resetMs * limit) / (limit - remaining)
  return length > 0.8 * dayMs && length < 1.25 * dayMs ? slidingDay : minute
}
