/** Limits as headers announce them: three names for one window. */
import type { LimitReading } from '../pool/types.ts'
import { resetMs } from './retry-hint.ts'
import type { HeaderReader, UpstreamAnswer } from './types.ts'

/** Where a limit stands in the headers, and what it limits. */
export interface HeaderLimit extends Pick<LimitReading, 'unit' | 'window' | 'refills' | 'scope'> {
  limit: string
  remaining: string
  /** Absent = it is never said. */
  reset?: string
}

/** A window that ends later than this is nonsense. */
const resetMax = 366 * 86_400_000

/** All limits that the headers name; one of which they say nothing (or -1, which means unknown) is left out. */
export function headerReadings(answer: UpstreamAnswer, now: number, limits: readonly HeaderLimit[]): LimitReading[] {
  const readings: LimitReading[] = []
  for (const place of limits) {
    const reading = headerReading(answer, now, place)
    if (reading !== null) readings.push(reading)
  }
  return readings
}

function headerReading({ status, header }: UpstreamAnswer, now: number, place: HeaderLimit): LimitReading | null {
  const { unit, window, refills, scope } = place
  const said = header(place.limit)
  const limit = count(said)
  // A limit of -1 is not known (Azure says so beside a remaining 0), and no call succeeds under a limit of 0.
  if (said !== undefined && (limit === null || (limit === 0 && status < 400))) return null
  const remaining = count(header(place.remaining))
  if (limit === null && remaining === null) return null
  return { unit, window, limit, remaining, resetMs: resetOf(header, place.reset, now), refills, scope }
}

/** A whole number from 0 up to 1e15; null for everything else. Fractions are cut off: half a token is none. */
export function count(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? ''
  if (!/^\d{1,15}(\.\d{1,9})?$/.test(trimmed)) return null
  return Math.floor(Number(trimmed))
}

export function resetOf(header: HeaderReader, name: string | undefined, now: number): number | null {
  const ms = name === undefined ? undefined : resetMs(header(name), now)
  return ms === undefined || ms > resetMax ? null : ms
}
