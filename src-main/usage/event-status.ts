/** How attempts ended, in the words of the apipool protocol. */
import type { RequestOutcome } from '../../src-preload/contract/index.ts'
import type { EventStatus } from './schema.ts'

/** The key met a limit, or has no credit left. */
export function isLimit(outcome: RequestOutcome): boolean {
  return outcome === 'rate-short' || outcome === 'rate-daily' || outcome === 'no-credit'
}

export function statusOf(outcome: RequestOutcome): EventStatus {
  return outcome === 'ok' ? 'success' : isLimit(outcome) ? 'reach_limit' : 'failed'
}
