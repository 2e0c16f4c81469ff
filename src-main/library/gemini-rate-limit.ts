/** Which limit an error message of Gemini speaks of, and how long to stay away. By words, never by parts of words. */
import { durationMs, longest, messageHintMs } from '../providers/retry-hint.ts'

export const rateLimitTypes = ['rpm', 'tpm', 'ipm', 'rpd', 'quota', 'unknown'] as const
/** Requests, tokens or images per minute; anything per day; a plan without that quota; anything else. */
export type RateLimitType = (typeof rateLimitTypes)[number]

/** Seconds to stay away when the message does not say. `rpd` counts only where the provider's day has no known end. */
export const COOLDOWN_TIERS: Readonly<Record<RateLimitType, number>> = {
  rpm: 90,
  tpm: 90,
  ipm: 90,
  rpd: 3600,
  quota: 7200,
  unknown: 300,
}

const byUnit: Readonly<Record<string, RateLimitType>> = { request: 'rpm', token: 'tpm', image: 'ipm' }
const named = /\b(?:(request|token|image)s?(?: \w+){0,6}? per (minute|day)|(rpm|tpm|ipm|rpd|tpd)|per (minute|day))\b/g

/**
 * The limit that `message` names; Google's own quota ids count before its prose. Of several the one that is said to be
 * exceeded, else one per minute: a key that is tried too early costs one call, one that is left out costs a day.
 */
export function parseRateLimitType(message: string | null | undefined): RateLimitType {
  if (!message) return 'unknown'
  const ids = [...message.matchAll(/quotaId\W{1,5}([\w-]+)/gi)].map(([, id = '']) => limitsNamed(wordsOf(id))[0]?.type)
  const told = ids.includes('rpd') ? 'rpd' : ids.find((type) => type !== undefined)
  if (told) return told

  const words = wordsOf(message)
  const exceeded = words.search(/\b(?:exceeded|reached|exhausted|hit)\b/)
  const limits = limitsNamed(words)
  const meant = limits.find(({ at }) => exceeded >= 0 && at > exceeded) ?? limits.find(({ type }) => type !== 'rpd') ?? limits[0]
  if (meant) return meant.type
  if (/\bupgrade\b/.test(words) || (/\bbilling\b/.test(words) && /\benable\b/.test(words))) return 'quota'
  return /\bexceeded\b/.test(words) && /\bquota\b/.test(words) ? 'rpd' : 'unknown'
}

/** What the message itself says, in ms: RetryInfo's `retryDelay`, else "retry in 46s". Undefined = it does not. */
export function retryHintMs(message: string): number | undefined {
  const delays = [...message.matchAll(/retryDelay\W{1,5}([\d.]+m?s|(?:\d+[dhm])+(?:[\d.]+s)?)/gi)].map(([, text = '']) =>
    durationMs(text),
  )
  return longest(...delays) ?? messageHintMs(message)
}

/** `GenerateRequestsPerDay-FreeTier` and `requests_per_minute` in plain words: lower case, one space apart. */
function wordsOf(text: string): string {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z\d]+/g, ' ')
    .toLowerCase()
    .replaceAll(/(request|token|image)sper(minute|day)/g, '$1s per $2')
}

function limitsNamed(words: string): { type: RateLimitType; at: number }[] {
  return [...words.matchAll(named)].map(({ index, 1: unit, 2: period, 3: short, 4: bare }) => ({
    type: typeOf(unit ?? 'request', period ?? bare, short),
    at: index,
  }))
}

function typeOf(unit: string, period: string | undefined, short: string | undefined): RateLimitType {
  if (period === 'day' || short === 'rpd' || short === 'tpd') return 'rpd'
  return (short as RateLimitType | undefined) ?? byUnit[unit] ?? 'unknown'
}
