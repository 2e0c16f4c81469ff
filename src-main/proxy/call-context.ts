/** What every call of one proxy shares. */

import type { RetryBudget } from './attempt/retry.ts'
import type { Lessons } from './attempt/trial.ts'
import type { ReplayBudget } from './replay-body.ts'
import type { Forwarder, ProxyDeps } from './types.ts'

export interface CallContext extends Lessons {
  deps: ProxyDeps
  forwarder: Forwarder
  replay: ReplayBudget
  replayBytes: number
  retriesOf(pool: string): RetryBudget
}
