/** What a quota is, as plain data, and what is refused before it counts anything. */

/** Shortest first. SECOND to HOUR have a fixed length; DAY to YEAR go by the calendar of the quota's zone. */
export const quotaDurations = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'] as const
export type QuotaDuration = (typeof quotaDurations)[number]

export const unlimited = -1

/** Above this a millionth of a credit is lost in a double. */
const mostCredits = 9e9

/** Credits that may be used per interval; the intervals are counted from `start`, forwards and backwards. */
export interface QuotaDefinition {
  duration: QuotaDuration
  /** 0 to 9e9, in millionths; −1 = unlimited. */
  credits: number
  /** Wall ms. */
  start: number
  /** IANA zone; absent = UTC. */
  zone?: string
}

export class QuotaError extends Error {
  override readonly name = 'QuotaError'
  readonly code: 'INVALID_QUOTA' | 'INVALID_CREDITS'
  readonly field: string

  constructor(code: QuotaError['code'], field: string, message: string) {
    super(`${field}: ${message}`)
    this.code = code
    this.field = field
  }
}

/** Throws QuotaError INVALID_QUOTA that names the field. */
export function checkDefinition({ duration, credits, start, zone = 'UTC' }: QuotaDefinition): void {
  if (!quotaDurations.includes(duration)) throw invalid('duration', `give one of ${quotaDurations.join(', ')}`)
  if (credits !== unlimited && !(Number.isFinite(credits) && credits >= 0 && credits <= mostCredits)) {
    throw invalid('credits', `give 0 to ${mostCredits}, or ${unlimited} for unlimited`)
  }
  // The outermost moments that a Date can hold.
  if (!(Number.isFinite(start) && Math.abs(start) <= 8.64e15)) throw invalid('start', 'give a moment, in ms since 1970')
  if (!isZone(zone)) throw invalid('zone', 'give a time zone such as Europe/Paris or UTC')
}

/** Shortest first; each checked. Throws QuotaError INVALID_QUOTA also for two of one duration. */
export function sortedDefinitions(definitions: readonly QuotaDefinition[]): QuotaDefinition[] {
  for (const definition of definitions) checkDefinition(definition)
  const sorted = definitions.toSorted((a, b) => rankOf(a) - rankOf(b))
  const twice = sorted.find((definition, index) => definition.duration === sorted[index - 1]?.duration)
  if (twice) throw invalid('duration', `there are two quotas per ${twice.duration}; give one`)
  return sorted
}

export function rankOf(definition: QuotaDefinition): number {
  return quotaDurations.indexOf(definition.duration)
}

/** Whether it is an IANA zone that this machine knows. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function invalid(field: string, message: string): QuotaError {
  return new QuotaError('INVALID_QUOTA', field, message)
}
