/** How far and how long an outcome takes a key out. Pure. */
import type { Outcome, OutcomeClass, PoolRules, Random } from './types.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export type CooldownRules = Pick<PoolRules, 'cooldownBaseMs' | 'cooldownMaxMs' | 'hintMaxMs' | 'noCreditMs'>

/** For a key that is in no pool when a check speaks of it. All in ms. */
export const defaultCooldowns: CooldownRules = {
  cooldownBaseMs: 1000,
  cooldownMaxMs: 300_000,
  hintMaxMs: DAY_MS,
  noCreditMs: HOUR_MS,
}

/** Overload, network trouble, bad requests and aborted calls are never a key's fault. */
const scopes: Record<OutcomeClass, 'key' | 'model' | 'none'> = {
  ok: 'none',
  'rate-short': 'model',
  'rate-daily': 'model',
  'no-credit': 'key',
  'key-invalid': 'key',
  'model-unavailable': 'model',
  overloaded: 'none',
  'request-bad': 'none',
  network: 'none',
  aborted: 'none',
}

/** What an outcome marks: the whole key, the key for one model, or nothing. A rate limit of a call without a model is the key's. */
export function scopeOf(outcome: OutcomeClass, model: string): 'key' | 'model' | 'none' {
  const scope = scopes[outcome]
  if (scope !== 'model' || model !== '') return scope
  return outcome === 'model-unavailable' ? 'none' : 'key'
}

/**
 * How long to stay away, in ms; Infinity = until a person or a check ends it. The provider's own hint comes
 * first, up to `hintMaxMs`. `strikes` counts failures of this kind in a row, from 1. Never below 0.
 */
export function holdMs(outcome: Outcome, strikes: number, rules: CooldownRules, random: Random): number {
  if (outcome.class === 'key-invalid') return Number.POSITIVE_INFINITY
  // A hint of 0 ("retry at once") would be obeyed as a hammer; backoff is kinder.
  if (outcome.holdMs !== undefined && outcome.holdMs > 0) return Math.min(outcome.holdMs, rules.hintMaxMs)
  if (outcome.class === 'no-credit') return rules.noCreditMs
  if (outcome.class === 'model-unavailable') return DAY_MS
  // Nobody said when the day ends, so it is probed once an hour.
  if (outcome.class === 'rate-daily') return HOUR_MS
  return backoff(strikes, rules, random)
}

/** Doubles from `cooldownBaseMs` to `cooldownMaxMs`; up to a quarter off, so that keys do not all come back at once. */
function backoff(strikes: number, rules: CooldownRules, random: Random): number {
  const full = Math.min(rules.cooldownMaxMs, rules.cooldownBaseMs * 2 ** Math.min(strikes - 1, 40))
  return Math.ceil(full * (1 - random() / 4))
}
