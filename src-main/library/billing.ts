/**
 * Billing of API calls: each client has quotas per duration, and a call is counted against all of them or refused.
 * The store counts; nothing of it is kept here, so several programs may share one store and none exceeds a quota.
 */
import {
  checkAndDeduct,
  costOf,
  fromMicros,
  lowestQuota,
  openQuota,
  type Quota,
  remainingOf,
  renew,
  type Shortage,
} from '../clients/quota.ts'
import { type QuotaDefinition, sortedDefinitions } from '../clients/quota-definition.ts'
import type { Interval } from '../clients/quota-interval.ts'
import { BillingError, type BillingResponse, QuotaExceededError, unknownClient } from './billing-errors.ts'
import { type QuotaStanding, rateHeaders, refusalResponse } from './billing-response.ts'
import type { BillingStore, DailyUsage } from './billing-store.ts'

export { type QuotaDefinition, type QuotaDuration, QuotaError, unlimited } from '../clients/quota-definition.ts'
export { BillingError, type BillingResponse, QuotaExceededError } from './billing-errors.ts'
export { MemoryBillingStore } from './billing-memory.ts'
export { billingMiddleware } from './billing-middleware.ts'
export type { QuotaStanding } from './billing-response.ts'
export type { BillingStore, BillingStoreOptions, DailyUsage } from './billing-store.ts'

export class ApiBilling {
  readonly #clients = new Map<string, readonly Quota[]>()
  readonly #store: BillingStore
  readonly #now: () => number

  /** `now` gives wall ms; the machine's clock by default. */
  constructor(store: BillingStore, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * Replaces a client's quotas, at most one per duration; without any the client is unknown from now on. What it has used in
   * the intervals of the new ones counts. Throws QuotaError INVALID_QUOTA and changes nothing.
   */
  updateClientQuotas(clientId: string, definitions: readonly QuotaDefinition[]): void {
    const now = this.#now()
    const quotas = sortedDefinitions(definitions).map((definition) => openQuota(definition, now))
    if (quotas.length === 0) this.#clients.delete(clientId)
    else this.#clients.set(clientId, quotas)
  }

  /**
   * Counts `credits` (0 or more, fractions allowed) against every quota of the client, or against none.
   * Throws QuotaExceededError (429) when one is too short, BillingError UNKNOWN_CLIENT (403) for a client without quotas, and
   * QuotaError INVALID_CREDITS. With `useAbort` the refusal carries the `response` to send.
   */
  async trackClientUsage(clientId: string, credits = 1, useAbort = true): Promise<QuotaStanding> {
    const exact = fromMicros(costOf(credits))
    const now = this.#now()
    try {
      return await this.#track(clientId, exact, now)
    } catch (error) {
      if (useAbort && error instanceof BillingError) error.response = refusalResponse(error, now)
      throw error
    }
  }

  /** The quota with the fewest credits left; an unlimited one only when all are; of equals the shorter. Null for an unknown client. */
  async getLowestQuota(clientId: string): Promise<QuotaStanding | null> {
    const now = this.#now()
    const quotas = this.#quotasAt(clientId, now)
    const totals = await Promise.all(
      quotas.map(async (quota) => this.#store.total(clientId, quota.intervalStart, quota.intervalEnd)),
    )
    return standingOf(withTotals(quotas, totals), now)
  }

  /**
   * A JSON answer with `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds since 1970) of the client's lowest quota, or
   * of the one that `error` names, then with `Retry-After` (seconds). An unknown client gets none of them.
   */
  async createResponseWithHeader(
    clientId: string,
    body: unknown,
    status = 200,
    error?: QuotaExceededError,
  ): Promise<BillingResponse> {
    const standing = error ?? (await this.getLowestQuota(clientId))
    const headers = { 'Content-Type': 'application/json', ...(standing ? rateHeaders(standing, this.#now()) : {}) }
    return { status, headers, body: JSON.stringify(body) ?? 'null' }
  }

  /** Usage per day of the store's zone, in order; the span holds its start and not its end (wall ms). */
  async getDailyUsage(clientId: string, start?: number, end?: number): Promise<DailyUsage[]> {
    return this.#store.daily(clientId, start, end)
  }

  /** Forgets what the client used in a span, all of it by default: the quotas have it back at once. */
  async deleteClientUsage(clientId: string, start?: number, end?: number): Promise<void> {
    await this.#store.delete(clientId, start, end)
  }

  async #track(clientId: string, credits: number, at: number): Promise<QuotaStanding> {
    const quotas = this.#quotasAt(clientId, at)
    if (quotas.length === 0) throw unknownClient()
    let shortage: Shortage | undefined
    const admit = (totals: readonly number[]) => {
      const verdict = checkAndDeduct(withTotals(quotas, totals), credits, at)
      shortage = verdict.granted ? undefined : verdict
      return verdict.granted
    }
    const granted = await this.#store.track({ clientId, credits, at }, quotas.map(spanOf), admit)
    if (!granted) throw new QuotaExceededError(shortage as Shortage)
    return standingOf(quotas, at) as QuotaStanding
  }

  /** Copies, because a call that waits for its store must not see those of another moment. */
  #quotasAt(clientId: string, now: number): Quota[] {
    const quotas = this.#clients.get(clientId) ?? []
    for (const quota of quotas) renew(quota, now)
    return quotas.map((quota) => ({ ...quota }))
  }
}

function spanOf({ intervalStart, intervalEnd }: Quota): Interval {
  return { start: intervalStart, end: intervalEnd }
}

function withTotals(quotas: readonly Quota[], totals: readonly number[]): readonly Quota[] {
  for (const [index, quota] of quotas.entries()) quota.usedUp = totals[index] ?? 0
  return quotas
}

function standingOf(quotas: readonly Quota[], now: number): QuotaStanding | null {
  const lowest = lowestQuota(quotas, now)
  if (!lowest) return null
  return { quota: lowest.definition, remaining: remainingOf(lowest, now), renewsAt: new Date(lowest.intervalEnd) }
}
