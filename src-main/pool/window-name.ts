/** Windows as text, for stores and maps: `slide:60000`, `day:America/Los_Angeles`, `month:UTC`, `forever`. */
import type { Window } from './types.ts'

export function nameOf(window: Window): string {
  if (window === 'forever') return 'forever'
  return 'slideMs' in window ? `slide:${window.slideMs}` : `${window.calendar}:${window.zone}`
}

/** Undefined for what `nameOf` never wrote. */
export function windowNamed(name: string): Window | undefined {
  if (name === 'forever') return 'forever'
  const colon = name.indexOf(':')
  const [kind, rest] = [name.slice(0, colon), name.slice(colon + 1)]
  if (kind === 'slide' && Number(rest) > 0) return { slideMs: Number(rest) }
  return (kind === 'day' || kind === 'month') && rest !== '' ? { calendar: kind, zone: rest } : undefined
}
