/** What billing refuses, ready to be sent: status, headers and a JSON body. */
import type { Shortage } from '../clients/quota.ts'
import type { QuotaDefinition } from '../clients/quota-definition.ts'

/** An answer as plain data: any HTTP server can send it. */
export interface BillingResponse {
  status: number
  headers: Record<string, string>
  /** JSON. */
  body: string
}

/** A client is refused. `response` is what to send, or null when it was asked for the bare error (`useAbort` false). */
export class BillingError extends Error {
  override readonly name: string = 'BillingError'
  readonly code: 'UNKNOWN_CLIENT' | 'QUOTA_EXCEEDED'
  readonly status: number
  response: BillingResponse | null = null

  constructor(code: BillingError['code'], status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** 403: the client has no quota at all. */
export function unknownClient(): BillingError {
  return new BillingError('UNKNOWN_CLIENT', 403, 'You do not have any available quota')
}

/** 429: a quota is too short for the call. Nothing was deducted. */
export class QuotaExceededError extends BillingError {
  override readonly name = 'QuotaExceededError'
  readonly remaining: number
  readonly required: number
  /** When the call would be granted; null = never, for it needs more than the whole quota. */
  readonly renewsAt: Date | null
  /** Of the quotas that are too short the one that makes the client wait longest. */
  readonly quota: QuotaDefinition

  constructor({ remaining, required, renewsAt, quota: { definition } }: Shortage) {
    const renewal = renewsAt === null ? null : new Date(renewsAt)
    const when = renewal ? `It renews at ${renewal.toISOString()}` : 'The whole quota is smaller than that'
    super(
      'QUOTA_EXCEEDED',
      429,
      `The quota per ${definition.duration} has ${remaining} credits left, ${required} are required. ${when}.`,
    )
    this.remaining = remaining
    this.required = required
    this.renewsAt = renewal
    this.quota = definition
  }
}
