/** Quotas in HTTP's words. */
import type { QuotaDefinition } from '../clients/quota-definition.ts'
import { type BillingError, type BillingResponse, QuotaExceededError } from './billing-errors.ts'

/** A client's tightest quota now. */
export interface QuotaStanding {
  quota: QuotaDefinition
  /** Credits left; −1 = unlimited. */
  remaining: number
  renewsAt: Date
}

/** Rounded up to whole seconds, so that nobody comes back too early; −1 = unlimited. `now` in wall ms. */
export function rateHeaders(standing: QuotaStanding | QuotaExceededError, now: number): Record<string, string> {
  const { quota, remaining, renewsAt } = standing
  const headers: Record<string, string> = {
    'X-RateLimit-Limit': String(quota.credits),
    'X-RateLimit-Remaining': String(remaining),
  }
  if (renewsAt === null) return headers
  headers['X-RateLimit-Reset'] = String(Math.ceil(renewsAt.getTime() / 1000))
  if (standing instanceof QuotaExceededError) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil((renewsAt.getTime() - now) / 1000)))
  }
  return headers
}

/** What a refused client is sent. */
export function refusalResponse(error: BillingError, now: number): BillingResponse {
  const headers = { 'Content-Type': 'application/json', ...(error instanceof QuotaExceededError ? rateHeaders(error, now) : {}) }
  return { status: error.status, headers, body: JSON.stringify({ error: factsOf(error) }) }
}

function factsOf(error: BillingError): Record<string, unknown> {
  const { code, message } = error
  if (!(error instanceof QuotaExceededError)) return { code, message }
  const { remaining, required, renewsAt, quota } = error
  return {
    code,
    message,
    remaining,
    required,
    limit: quota.credits,
    per: quota.duration,
    renewsAt: renewsAt?.toISOString() ?? null,
  }
}
