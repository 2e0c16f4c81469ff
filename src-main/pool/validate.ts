/** What the engine refuses to take: checked before anything changes. */
import { EngineError } from './errors.ts'
import { type Calendar, type Limit, type Limits, type PoolRules, strategyNames, units, type Window } from './types.ts'

const counts = ['concurrency', 'keyConcurrency', 'rateLimit', 'breakerFailures', 'inferAfter'] as const
const times = [
  'rateIntervalMs',
  'cooldownBaseMs',
  'cooldownMaxMs',
  'dailyMs',
  'noCreditMs',
  'modelUnavailableMs',
  'hintMaxMs',
  'leaseMs',
  'breakerMs',
] as const

/** Throws INVALID_RULE or UNKNOWN_STRATEGY. */
export function checkRules(rules: PoolRules): void {
  if (!strategyNames.includes(rules.strategy)) {
    throw new EngineError('UNKNOWN_STRATEGY', `strategy "${rules.strategy}" is none of ${strategyNames.join(', ')}`, 'strategy')
  }
  for (const name of counts) if (!isCount(rules[name])) refuse(name, 'must be a whole number, 0 or more')
  for (const name of times) if (!(Number.isFinite(rules[name]) && rules[name] > 0)) refuse(name, 'must be a time in ms above 0')
  if (!(Number.isFinite(rules.fallbackAfterMs) && rules.fallbackAfterMs >= 0))
    refuse('fallbackAfterMs', 'must be a time in ms, 0 or more')
  if (rules.cooldownMaxMs < rules.cooldownBaseMs) refuse('cooldownMaxMs', 'must not be below cooldownBaseMs')
  if (!(rules.interactiveReserve >= 0 && rules.interactiveReserve < 1))
    refuse('interactiveReserve', 'must be at least 0 and below 1')
  for (const [at, { model, then }] of rules.fallback.entries()) {
    if (model === '' || then.length === 0 || then.includes(''))
      refuse(`fallback.${at}`, 'needs a model and at least one other to go to')
  }
}

/** Throws INVALID_LIMIT. */
export function checkLimits(limits: Limits, calendar: Calendar): void {
  for (const [model, entries] of Object.entries(limits)) {
    for (const limit of entries) checkLimit(limit, `limits.${model || '*'}`, calendar)
  }
}

/** Throws INVALID_LIMIT for an estimate or a use that cannot be counted. */
export function checkCost(cost: Partial<Record<'input' | 'output' | 'nanos', number>> | undefined, field: string): void {
  if (cost === undefined) return
  for (const name of ['input', 'output', 'nanos'] as const) {
    const amount = cost[name]
    if (amount !== undefined && !isAmount(amount)) {
      throw new EngineError('INVALID_LIMIT', `${field}.${name} must be a number, 0 or more, not ${amount}`, `${field}.${name}`)
    }
  }
}

function checkLimit(limit: Limit, field: string, calendar: Calendar): void {
  if (!units.includes(limit.unit))
    throw new EngineError('INVALID_LIMIT', `${field}: no such unit as "${limit.unit}"`, `${field}.unit`)
  if (!isAmount(limit.amount)) {
    throw new EngineError('INVALID_LIMIT', `${field}: a limit is a number, 0 or more, not ${limit.amount}`, `${field}.amount`)
  }
  if (!isWindow(limit.window, calendar)) {
    throw new EngineError(
      'INVALID_LIMIT',
      `${field}: a window slides over some ms above 0, ends with a day or month of a time zone, or is "forever"`,
      `${field}.window`,
    )
  }
}

function isWindow(window: Window, calendar: Calendar): boolean {
  if (window === 'forever') return true
  if ('slideMs' in window) return Number.isFinite(window.slideMs) && window.slideMs > 0
  if (window.calendar !== 'day' && window.calendar !== 'month') return false
  try {
    return Number.isFinite(calendar.periodEnd(window.calendar, window.zone, 0))
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function refuse(field: string, what: string): never {
  throw new EngineError('INVALID_RULE', `${field} ${what}`, field)
}
