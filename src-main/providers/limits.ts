/** Limits and windows in few words. */
import type { Limit, Unit, Window } from '../pool/types.ts'

export const minute: Window = { slideMs: 60_000 }
/** A day that slides: what was used comes back 24 hours later. */
export const slidingDay: Window = { slideMs: 86_400_000 }

export function dayIn(zone: string): Window {
  return { calendar: 'day', zone }
}

export function monthIn(zone: string): Window {
  return { calendar: 'month', zone }
}

export function limit(unit: Unit, window: Window, amount: number): Limit {
  return { unit, window, amount }
}
