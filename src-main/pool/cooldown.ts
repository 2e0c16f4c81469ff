/** How far and how long an outcome takes a key or its bucket out. Pure. */
import type { Outcome, OutcomeClass, PoolRules, Random } from './types.ts'

export type CooldownRules = Pick<
  PoolRules,
  'cooldownBaseMs' | 'cooldownMaxMs' | 'hintMaxMs' | 'noCreditMs' | 'dailyMs' | 'modelUnavailableMs'
>

/** Whom an outcome marks, and whether for the call's model or as a whole. */
type MarkScope = { owner: 'key' | 'bucket'; whole: boolean }

/** Quotas belong to the account, secrets to the key; overload, network trouble, bad requests and aborted calls are never a key's fault. */
const scopes: Record<OutcomeClass, MarkScope | null> = {
  ok: null,
  'rate-short': { owner: 'bucket', whole: false },
  'rate-daily': { owner: 'bucket', whole: false },
  'no-credit': { owner: 'bucket', whole: true },
  'key-invalid': { owner: 'key', whole: true },
  'model-unavailable': { owner: 'key', whole: false },
  overloaded: null,
  'request-bad': null,
  network: null,
  aborted: null,
}

/** What an outcome of a call for `model` ('' = none) marks; null = nothing. */
export function scopeOf(outcome: OutcomeClass, model: string): MarkScope | null {
  return outcome === 'model-unavailable' && model === '' ? null : scopes[outcome]
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
  if (outcome.class === 'model-unavailable') return rules.modelUnavailableMs
  // Nobody said when the day ends, so it is tried now and then.
  if (outcome.class === 'rate-daily') return rules.dailyMs
  return backoff(strikes, rules, random)
}

/** Doubles from `cooldownBaseMs` to `cooldownMaxMs`; up to a quarter off, so that keys do not all come back at once. */
function backoff(strikes: number, rules: CooldownRules, random: Random): number {
  const full = Math.min(rules.cooldownMaxMs, rules.cooldownBaseMs * 2 ** Math.min(strikes - 1, 40))
  return Math.ceil(full * (1 - random() / 4))
}
