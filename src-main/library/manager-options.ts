/** What a manager and its calls may be told. */
import type { Clock, Random, StrategyName } from '../pool/types.ts'
import type { ApiKey } from './api-key.ts'
import type { BatchProgress } from './batch.ts'
import type { ReachLimit } from './judge.ts'
import type { PoolConfig, PoolConfigInput } from './pool-config.ts'
import type { OnProblem } from './problems.ts'
import type { StatsCollector } from './stats.ts'
import type { UsageStore } from './usage-store.ts'

export interface ApiKeyManagerOptions<Client> {
  keys?: Iterable<ApiKey<Client>>
  /** Where calls are counted; absent = the newest 100,000 in memory. A store given here is closed by whoever opened it. */
  stats?: StatsCollector | UsageStore
  /** Errors that mean "this key's limit is reached". Absent = the class named in `config`, else the HTTP status 429. */
  reachLimit?: ReachLimit
  config?: PoolConfig | PoolConfigInput
  /** Short for `config.rotationStrategy`. */
  strategy?: StrategyName
  /** Whether a single call waits, up to `config.queueTimeout`, when every key is cooling down. Absent = it is refused at once. */
  waitForCooldown?: boolean
  /** Hears what went wrong where no call could tell of it. Absent = warnings of the process. */
  onProblem?: OnProblem
  /** For tests. */
  clock?: Clock
  random?: Random
}

/** Each falls back to the pool's settings. */
export interface CallOptions {
  /** Seconds per try. */
  timeout?: number
  signal?: AbortSignal
  retryOnFailure?: boolean
  maxRetries?: number
  /** Calls of one session stay on one key under the strategy `sticky`. */
  session?: string
  /** Keys' limits may differ by model. */
  model?: string
}

export interface ConcurrentOptions extends CallOptions {
  /** 0 = all at once. */
  maxConcurrency?: number
  /** One object per call, which becomes its last argument. */
  kwargsList?: readonly object[]
}

export interface BatchOptions extends CallOptions {
  /** 0 = 64. */
  maxConcurrency?: number
  /** Failures of a key in a row. */
  banThreshold?: number
  /** Seconds. */
  banDuration?: number
  onProgress?: (progress: BatchProgress) => void
}
