/**
 * The provider of the simulation. Each of its accounts has, for each model, limits of requests and tokens a minute and of
 * requests a day, kept by its own exact accounting, which shares nothing with the engine's meters:
 * - a minute slides (each arrival counts for 60 s), or is fixed (from one full minute to the next), or is a bucket that
 *   refills evenly, as OpenAI's does; a day ends at 08:00 UTC, which is midnight in Los Angeles in January;
 * - a call counts when it arrives, with all its tokens, also those of the answer: that it knows them beforehand is
 *   simplified; so is that a call it refuses counts for nothing;
 * - what it announces is what is left after a call has arrived, and comes with the answer, later.
 */
import type { LimitReading } from '../../src-main/pool/types.ts'

type Minutes = 'sliding' | 'fixed' | 'refilling'

export interface Quota {
  minutes: Minutes
  /** Infinity = no such limit. */
  rpm: number
  tpm: number
  rpd: number
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const MIDNIGHT = 8 * HOUR

export type Verdict = 'taken' | 'rate-short' | 'rate-daily'

/** One account × model. Times are wall ms. */
export class UpstreamCell {
  readonly #quota: Quota
  readonly #requests: Gauge
  readonly #tokens: Gauge
  #day = 0
  #today = 0
  /** Moments of refusals. */
  readonly refusals: number[] = []
  taken = 0
  tokens = 0

  constructor(quota: Quota) {
    this.#quota = quota
    this.#requests = gauges[quota.minutes](quota.rpm)
    this.#tokens = gauges[quota.minutes](quota.tpm)
  }

  arrive(tokens: number, now: number): Verdict {
    const day = Math.floor((now - MIDNIGHT) / DAY)
    if (day !== this.#day) this.#today = 0
    this.#day = day
    const isFull = this.#today >= this.#quota.rpd
    if (isFull || this.#requests.left(now) < 1 || this.#tokens.left(now) < tokens) {
      this.refusals.push(now)
      return isFull ? 'rate-daily' : 'rate-short'
    }
    this.#today++
    this.#requests.take(1, now)
    this.#tokens.take(tokens, now)
    this.taken++
    this.tokens += tokens
    return 'taken'
  }

  /** As the head of an answer puts it. */
  announced(now: number): LimitReading[] {
    const { minutes, rpm, tpm, rpd } = this.#quota
    const scope = 'model' as const
    const window = { slideMs: MINUTE }
    const refills = minutes === 'refilling'
    const readings: LimitReading[] = []
    const minute = (unit: 'requests' | 'total', limit: number, gauge: Gauge) => {
      if (limit === Number.POSITIVE_INFINITY) return
      readings.push({ unit, window, limit, remaining: Math.floor(gauge.left(now)), resetMs: gauge.wholeIn(now), refills, scope })
    }
    minute('requests', rpm, this.#requests)
    minute('total', tpm, this.#tokens)
    if (rpd < Number.POSITIVE_INFINITY) {
      const resetMs = (this.#day + 1) * DAY + MIDNIGHT - now
      const calendar = { calendar: 'day', zone: 'America/Los_Angeles' } as const
      readings.push({
        unit: 'requests',
        window: calendar,
        limit: rpd,
        remaining: rpd - this.#today,
        resetMs,
        refills: false,
        scope,
      })
    }
    return readings
  }
}

interface Gauge {
  left(now: number): number
  take(units: number, now: number): void
  /** Ms until it is as if nothing had been taken. */
  wholeIn(now: number): number
}

const gauges: Record<Minutes, (limit: number) => Gauge> = {
  sliding: (limit) => {
    const arrivals: { at: number; units: number }[] = []
    let used = 0
    const forget = (now: number) => {
      while (arrivals[0] && arrivals[0].at <= now - MINUTE) used -= arrivals.shift()?.units ?? 0
    }
    return {
      left(now) {
        forget(now)
        return limit - used
      },
      take(units, now) {
        if (limit === Number.POSITIVE_INFINITY) return
        arrivals.push({ at: now, units })
        used += units
      },
      wholeIn: (now) => (arrivals.at(-1)?.at ?? now - MINUTE) + MINUTE - now,
    }
  },
  fixed: (limit) => {
    let [minute, used] = [0, 0]
    const turn = (now: number) => {
      if (Math.floor(now / MINUTE) !== minute) used = 0
      minute = Math.floor(now / MINUTE)
    }
    return {
      left(now) {
        turn(now)
        return limit - used
      },
      take(units) {
        used += units
      },
      wholeIn: (now) => (minute + 1) * MINUTE - now,
    }
  },
  refilling: (limit) => {
    let [level, at] = [limit, 0]
    const fill = (now: number) => {
      if (limit < Number.POSITIVE_INFINITY) level = Math.min(limit, level + ((now - at) * limit) / MINUTE)
      at = now
    }
    return {
      left(now) {
        fill(now)
        return level
      },
      take(units) {
        level -= units
      },
      wholeIn: () => ((limit - level) * MINUTE) / limit,
    }
  },
}
