/** What every call of one proxy shares. */
import type { ReplayBudget } from './replay-body.ts'
import type { RetryBudget } from './retry.ts'
import type { Lessons } from './trial.ts'
import type { Forwarder, ProxyDeps } from './types.ts'

export interface CallContext extends Lessons {
  deps: ProxyDeps
  forwarder: Forwarder
  replay: ReplayBudget
  replayBytes: number
  retriesOf(pool: string): RetryBudget
}
