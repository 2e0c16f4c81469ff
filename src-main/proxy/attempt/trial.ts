/** One attempt of a call, and what its answer teaches. */
import type { Cost, Lease } from '../../pool/types.ts'
import type { UpstreamAnswer } from '../../providers/types.ts'
import type { RelayEnd } from '../answer/relay.ts'
import type { Serving } from '../plan/call-plan.ts'
import type { Priced, ProxyDeps } from '../types.ts'
import type { AccountWatch } from './account-watch.ts'
import { type Estimates, usedBy } from './estimates.ts'

export interface Trial {
  lease: Lease
  serving: Serving
  secret: string
  /** Ms of the call. */
  since: number
}

export interface Lessons {
  deps: Pick<ProxyDeps, 'clock' | 'cost' | 'engine'>
  accounts: AccountWatch
  estimates: Estimates
}

/** Takes in what an answer says about the account behind the key and its limits. */
export function learnFrom(answer: UpstreamAnswer, { lease, serving }: Trial, { deps, accounts }: Lessons): void {
  const { provider } = serving.pool
  const readings = provider.readings(answer, deps.clock.now())
  if (readings.length > 0) deps.engine.learn(lease, readings)
  accounts.saw(lease.keyId, provider.account(answer))
}

/** What an answer cost; null = unknown. */
export function costOf({ usage }: RelayEnd, { lease, serving }: Trial, { deps }: Lessons): Priced | null {
  return usage === null ? null : deps.cost(serving.pool.provider.id, usage.model ?? lease.model ?? null, usage)
}

interface Used {
  /** Null = unknown. */
  nanos: number | null
  trial: Trial
  estimate: Cost | undefined
}

/** What an answer that was passed on has used. */
export function usedIn(end: RelayEnd, { nanos, trial, estimate }: Used, { estimates }: Lessons): Partial<Cost> {
  const { lease, serving } = trial
  const { usage } = end
  if (end.outcome.class === 'ok' && lease.model !== undefined && usage !== null && usage.outputTokens !== null) {
    estimates.learn(lease.pool, lease.model, usage.outputTokens)
  }
  const said = usage === null ? {} : usedBy(serving.pool.provider.id, usage, nanos)
  // What an answer does not say stays at the estimate, unless it was an error and so no answer.
  return end.errorCode === 'UPSTREAM_ERROR_IN_ANSWER' ? said : { ...estimate, ...said }
}
