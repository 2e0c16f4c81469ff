/**
 * Quotas in force: how much of each is used, and check-and-deduct over several at once. Synchronous, so nothing can come
 * between check and deduction. Credits are counted in whole millionths: fractions never drift.
 */
import { checkDefinition, type QuotaDefinition, QuotaError, rankOf, unlimited } from './quota-definition.ts'
import { intervalOf } from './quota-interval.ts'

/** What a store keeps of a quota. */
export interface QuotaState {
  readonly definition: QuotaDefinition
  /** Credits used in the interval, a whole number of millionths. */
  usedUp: number
  /** Wall ms. */
  intervalStart: number
}

/** A quota in use. It knows when its interval ends, so that the calendar is asked only then. */
export interface Quota extends QuotaState {
  intervalEnd: number
}

/** What was taken, so that it can be given back. */
export interface Deduction {
  readonly granted: true
  readonly taken: readonly { readonly quota: Quota; readonly intervalStart: number }[]
  /** Credits that are not given back yet. */
  left: number
}

/** Why nothing was taken. */
export interface Shortage {
  readonly granted: false
  readonly required: number
  /** Every quota that is too short, in the order given. */
  readonly short: readonly Quota[]
  /** The one of them that makes the caller wait longest. */
  readonly quota: Quota
  readonly remaining: number
  /** Wall ms; null = never, for more is asked than a whole interval holds. */
  readonly renewsAt: number | null
}

/** A quota as of `now` (wall ms), new or from a store. Throws QuotaError INVALID_QUOTA. */
export function openQuota(
  definition: QuotaDefinition,
  now: number,
  stored?: Pick<QuotaState, 'usedUp' | 'intervalStart'>,
): Quota {
  checkDefinition(definition)
  const { start, end } = intervalOf(definition, stored?.intervalStart ?? now)
  const quota = { definition, usedUp: stored?.usedUp ?? 0, intervalStart: start, intervalEnd: end }
  renew(quota, now)
  return quota
}

/** Starts a new interval when the present one is over. A clock that was set back gives nothing back: what is used stays used. */
export function renew(quota: Quota, now: number): void {
  if (now >= quota.intervalStart && now < quota.intervalEnd) return
  const { start, end } = intervalOf(quota.definition, now)
  if (start > quota.intervalStart) quota.usedUp = 0
  // One interval back may be a clock put right by a second; further back it was wrong before, and is followed.
  else if (end >= quota.intervalStart) return
  quota.intervalStart = start
  quota.intervalEnd = end
}

/**
 * Other rules for the same quota from `now` on: what is used of the running interval counts in the new one as well.
 * Throws QuotaError INVALID_QUOTA.
 */
export function redefine(quota: Quota, definition: QuotaDefinition, now: number): void {
  checkDefinition(definition)
  renew(quota, now)
  const { start, end } = intervalOf(definition, now)
  Object.assign(quota, { definition, intervalStart: start, intervalEnd: end } satisfies Partial<Quota>)
}

/** Credits left, never below 0; −1 = unlimited. */
export function remainingOf(quota: Quota, now: number): number {
  renew(quota, now)
  if (quota.definition.credits === unlimited) return unlimited
  return Math.max(0, fromMicros(toMicros(quota.definition.credits) - toMicros(quota.usedUp)))
}

/** Takes `credits` from all of the quotas, or from none. Throws QuotaError INVALID_CREDITS for a negative amount or NaN. */
export function checkAndDeduct(quotas: readonly Quota[], credits: number, now: number): Deduction | Shortage {
  const cost = costOf(credits)
  const short = quotas.filter((quota) => !fits(quota, cost, now))
  const [first] = short
  if (first) return shortage(first, short, cost, now)
  for (const quota of quotas) quota.usedUp = fromMicros(toMicros(quota.usedUp) + cost)
  return { granted: true, taken: quotas.map((quota) => ({ quota, intervalStart: quota.intervalStart })), left: fromMicros(cost) }
}

/** Counts what has been used already, even beyond the quota. Throws QuotaError INVALID_CREDITS. */
export function charge(quotas: readonly Quota[], credits: number, now: number): void {
  const cost = costOf(credits)
  for (const quota of quotas) {
    renew(quota, now)
    quota.usedUp = fromMicros(toMicros(quota.usedUp) + cost)
  }
}

/**
 * Gives back `credits` of a deduction, all that is left of it by default and never more. An interval that has ended since
 * gets nothing: it would be credit that the new one never lost. Throws QuotaError INVALID_CREDITS.
 */
export function refund(deduction: Deduction, credits: number, now: number): void {
  const back = Math.min(costOf(credits), toMicros(deduction.left))
  deduction.left = fromMicros(toMicros(deduction.left) - back)
  for (const { quota, intervalStart } of deduction.taken) {
    renew(quota, now)
    if (quota.intervalStart === intervalStart) quota.usedUp = fromMicros(Math.max(0, toMicros(quota.usedUp) - back))
  }
}

/**
 * Makes a deduction what the call has really cost: gives back what is left over, or counts what is missing, even beyond the quota.
 * Throws QuotaError INVALID_CREDITS.
 */
export function settle(deduction: Deduction, credits: number, now: number): void {
  const cost = costOf(credits)
  const left = toMicros(deduction.left)
  if (cost < left) refund(deduction, fromMicros(left - cost), now)
  else if (cost > left) {
    const missing = fromMicros(cost - left)
    charge(
      deduction.taken.map(({ quota }) => quota),
      missing,
      now,
    )
    deduction.left = fromMicros(cost)
  }
}

/** The quota with the fewest credits left; an unlimited one only when all are; of equals the shorter. Undefined without quotas. */
export function lowestQuota(quotas: readonly Quota[], now: number): Quota | undefined {
  const weight = (quota: Quota) => {
    const left = remainingOf(quota, now)
    return left === unlimited ? Number.POSITIVE_INFINITY : left
  }
  return quotas.toSorted((a, b) => {
    const [left, right] = [weight(a), weight(b)]
    return left === right ? rankOf(a.definition) - rankOf(b.definition) : left - right
  })[0]
}

function fits(quota: Quota, cost: number, now: number): boolean {
  renew(quota, now)
  const { credits } = quota.definition
  // What costs nothing is always granted, also where a former limit was higher and more is used than there is.
  return credits === unlimited || cost === 0 || toMicros(quota.usedUp) + cost <= toMicros(credits)
}

function shortage(first: Quota, short: readonly Quota[], cost: number, now: number): Shortage {
  const wait = (quota: Quota) => (cost > toMicros(quota.definition.credits) ? Number.POSITIVE_INFINITY : quota.intervalEnd)
  const quota = short.reduce((worst, other) => (wait(other) > wait(worst) ? other : worst), first)
  const renewsAt = wait(quota)
  return {
    granted: false,
    required: fromMicros(cost),
    short,
    quota,
    remaining: remainingOf(quota, now),
    renewsAt: Number.isFinite(renewsAt) ? renewsAt : null,
  }
}

/** In millionths. Nothing that costs anything is free: less than one counts as one. Throws QuotaError INVALID_CREDITS. */
export function costOf(credits: number): number {
  if (!(credits >= 0 && Number.isFinite(credits)))
    throw new QuotaError('INVALID_CREDITS', 'credits', 'give a number of 0 or more')
  return credits > 0 ? Math.max(1, toMicros(credits)) : 0
}

/** Credits in whole millionths, to the nearest. */
export function toMicros(credits: number): number {
  return Math.round(credits * 1e6)
}

export function fromMicros(micros: number): number {
  return micros / 1e6
}
