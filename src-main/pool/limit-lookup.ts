/** Which limits hold for a model. Pure. */

import type { Limit, Limits } from './types.ts'
import { nameOf } from './window-name.ts'

export const NO_LIMITS: Limits = Object.freeze({})

/** Those of the model's name, else of the longest `prefix*` that fits; '' = those of all models together. */
export function limitsFor(limits: Limits, model: string): readonly Limit[] {
  if (limits === NO_LIMITS) return []
  // A client may call its model `constructor`, which every object has.
  if (Object.hasOwn(limits, model)) return limits[model] as readonly Limit[]
  if (model === '') return []
  let best = ''
  for (const pattern of Object.keys(limits)) if (pattern.length > best.length && fits(pattern, model)) best = pattern
  return limits[best === '' ? '*' : best] ?? []
}

/** Whether `prefix*` stands for this model. */
export function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1))
}

/** A limit's place among others: its unit and window. */
export function placeOf(limit: Pick<Limit, 'unit' | 'window'>): string {
  return `${limit.unit} ${nameOf(limit.window)}`
}

/** The same, without making names where the windows are the very same object, as they are for each reading of one provider. */
export function isSamePlace(one: Pick<Limit, 'unit' | 'window'>, other: Pick<Limit, 'unit' | 'window'>): boolean {
  return one.unit === other.unit && (one.window === other.window || nameOf(one.window) === nameOf(other.window))
}
