/** How long a refused key stays out. Pure. */
import { periodEnd } from '../base/calendar.ts'
import { KeyPoolError } from './gemini-errors.ts'
import { COOLDOWN_TIERS, parseRateLimitType, type RateLimitType, retryHintMs } from './gemini-rate-limit.ts'
import type { CoolDown } from './gemini-state.ts'

export interface CooldownOptions {
  /** Seconds by kind of limit; COOLDOWN_TIERS by default. */
  cooldowns?: Partial<Record<RateLimitType, number>>
  /** By provider the IANA zone whose midnight gives daily limits back; Gemini's is California. Of others it is not known. */
  resetZones?: Readonly<Record<string, string>>
}

export interface RefusalFacts {
  /** Overrides message and tiers. */
  cooldownSeconds?: number
  /** The upstream's own words, whole: the error as text or its JSON. It is not kept. */
  errorMessage?: string
}

/** Gemini's day (ai.google.dev/gemini-api/docs/rate-limits). */
const knownZones: Readonly<Record<string, string>> = { gemini: 'America/Los_Angeles' }

/** What a message promises is believed up to here. */
const longestHintMs = 7 * 86_400_000

/** `now` in wall ms. Throws KeyPoolError INVALID_COOLDOWN. */
export function cooldownFor(facts: RefusalFacts, provider: string, now: number, options: CooldownOptions): CoolDown {
  const { cooldownSeconds, errorMessage = '' } = facts
  const type = parseRateLimitType(errorMessage)
  if (cooldownSeconds !== undefined) {
    if (!(cooldownSeconds >= 0 && Number.isFinite(cooldownSeconds))) {
      throw new KeyPoolError('INVALID_COOLDOWN', 'cooldownSeconds', 'cooldownSeconds: give 0 or more')
    }
    return { until: now + cooldownSeconds * 1000, type }
  }
  const hint = retryHintMs(errorMessage)
  if (hint !== undefined) return { until: now + Math.min(hint, longestHintMs), type }
  const zone = { ...knownZones, ...options.resetZones }[provider]
  if (type === 'rpd' && zone !== undefined && options.cooldowns?.rpd === undefined)
    return { until: periodEnd('day', zone, now), type }
  return { until: now + (options.cooldowns?.[type] ?? COOLDOWN_TIERS[type]) * 1000, type }
}
