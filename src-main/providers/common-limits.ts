/**
 * Limits of any HTTP API: the IETF's `RateLimit` and `RateLimit-Policy` fields, the three `RateLimit-…` names of its older
 * drafts, and the same with `X-`. Source: datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers.
 */
import type { LimitReading, Window } from '../pool/types.ts'
import { count, resetOf } from './header-limits.ts'
import { minute, slidingDay } from './limits.ts'
import type { HeaderReader, UpstreamAnswer } from './types.ts'

const hour: Window = { slideMs: 3_600_000 }

/** Requests of the whole account, coming back all at once. */
export function plainReadings({ status, header }: UpstreamAnswer, now: number): LimitReading[] {
  const found = structured(header) ?? threeNames(header, 'ratelimit', now) ?? threeNames(header, 'x-ratelimit', now)
  return found === null || (found.limit === 0 && status < 400) ? [] : [found]
}

/** `RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60`. Of several policies the first is read. */
function structured(header: HeaderReader): LimitReading | null {
  const text = header('ratelimit')
  const remaining = parameter(text, 'r') ?? parameter(text, 'remaining')
  if (remaining === null) return null
  const policy = header('ratelimit-policy')
  const resetS = parameter(text, 't') ?? parameter(text, 'reset')
  const windowS = parameter(policy, 'w')
  return reading(parameter(policy, 'q') ?? parameter(text, 'limit'), remaining, resetS === null ? null : resetS * 1000, windowS)
}

function threeNames(header: HeaderReader, prefix: string, now: number): LimitReading | null {
  const said = header(`${prefix}-limit`)
  // The older drafts write the window beside the limit: `100, 100;w=60`.
  const limit = count(said?.split(/[,;]/, 1)[0])
  const remaining = count(header(`${prefix}-remaining`))
  if (limit === null || remaining === null) return null
  const windowS = parameter(header(`${prefix}-policy`), 'w') ?? parameter(said, 'w') ?? parameter(said, 'window')
  return reading(limit, remaining, resetOf(header, `${prefix}-reset`, now), windowS)
}

function reading(limit: number | null, remaining: number, resetMs: number | null, windowS: number | null): LimitReading | null {
  const window = windowS === null ? around(resetMs) : { slideMs: windowS * 1000 }
  if (window === null) return null
  return { unit: 'requests', window, limit, remaining, resetMs, refills: false, scope: 'account' }
}

/** An API that does not say how long its window is has the shortest usual one that its reset fits into. */
function around(resetMs: number | null): Window | null {
  if (resetMs === null) return null
  if (resetMs <= 60_000) return minute
  return resetMs <= 3_600_000 ? hour : slidingDay
}

/** A whole number given as `;name=42`; null when there is none. A window of 0 is none. */
function parameter(text: string | undefined, name: string): number | null {
  const digits = new RegExp(`(?:^|[;,\\s])${name}=(\\d{1,9})(?!\\d)`).exec(text?.slice(0, 500) ?? '')?.[1]
  const number = digits === undefined ? null : Number(digits)
  return number === 0 && name.startsWith('w') ? null : number
}
