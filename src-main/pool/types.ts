/** The words of the engine. Nothing here knows HTTP, Electron or a disk. */

/** Time, passed in. `mono` never goes backwards and is what every rule counts in; `now` is wall time, for what people and restarts see. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Milliseconds since some moment of this process. */
  mono(): number
  /** Runs once after `ms`; gives back a function that calls it off. */
  after(ms: number, run: () => void): () => void
}

/** Uniform in [0, 1). */
export type Random = () => number

export const outcomeClasses = [
  'ok',
  'rate-short',
  'rate-daily',
  'no-credit',
  'key-invalid',
  'model-unavailable',
  'overloaded',
  'request-bad',
  'network',
  'aborted',
] as const
export type OutcomeClass = (typeof outcomeClasses)[number]

/** How a call on a key ended, as a provider's rules read it. */
export interface Outcome {
  class: OutcomeClass
  /** How long the upstream said to stay away, in ms from now; absent or 0 = it did not say. */
  holdMs?: number
  /** The upstream's own words, for people; never a secret. */
  message?: string
}

export type StrategyName = 'random' | 'round_robin' | 'least_used' | 'lru' | 'weighted' | 'priority'

/** The rules of a pool, all times in ms. 0 = unlimited for concurrency and rate. */
export interface PoolRules {
  strategy: StrategyName
  concurrency: number
  keyConcurrency: number
  rateLimit: number
  rateIntervalMs: number
  cooldownBaseMs: number
  cooldownMaxMs: number
  hintMaxMs: number
  noCreditMs: number
  /** A lease that nobody reported is taken back after this long. */
  leaseMs: number
}

export interface KeySpec {
  id: string
  enabled: boolean
  /** Wall time in ms; null = never. */
  expiresAt: number | null
}

export interface LeaseQuery {
  pool: string
  /** Limits and cool-downs are kept per key and model; absent = the key as a whole. */
  model?: string
  /** Keys already tried for this call. */
  exclude?: ReadonlySet<string>
}

/** A key handed out for one call. Give it back with `report`; a late or second report changes nothing. */
export interface Lease {
  readonly id: number
  readonly keyId: string
  readonly pool: string
  readonly model: string | undefined
  readonly chosenBy: StrategyName
}

export type ExhaustedReason = 'unknown-pool' | 'no-keys' | 'all-tried' | 'none-usable' | 'queue-timeout'

export type LeaseResult =
  | { kind: 'lease'; lease: Lease }
  /** Somebody will be free: at `wakeAt` (mono ms), or when a call under way ends (null). */
  | { kind: 'wait'; wakeAt: number | null }
  /** Nobody will be, or not in time. `retryAfterMs` = when the first key is expected back; null = only by a person's hand. */
  | { kind: 'exhausted'; reason: ExhaustedReason; retryAfterMs: number | null }

export type KeyHealth = 'ready' | 'cooling' | 'exhausted' | 'invalid' | 'disabled'

/** What the engine knows of a key now. `until` is wall time in ms. */
export interface KeyRuntime {
  health: KeyHealth
  reason: string | null
  until: number | null
  inFlight: number
  lastUsedAt: number | null
  /** It has answered at least once, or passed a check, since it was added. */
  proven: boolean
}

/** A mark that must outlive a restart: a cool-down or an invalid key. Times are wall ms. */
export interface KeyMark {
  keyId: string
  /** '' = the whole key. */
  model: string
  outcome: OutcomeClass
  /** null = until a person or a check ends it. */
  until: number | null
  reason: string | null
  /** Failures of this kind in a row, for the backoff. */
  strikes: number
  at: number
}

/** What the rest of the program uses of the engine. */
export interface PoolEngine {
  setPool(slug: string, rules: PoolRules): void
  removePool(slug: string): void
  setKey(key: KeySpec): void
  removeKey(id: string): void
  setMember(pool: string, keyId: string, rank: { priority: number; weight: number }): void
  removeMember(pool: string, keyId: string): void

  /** Synchronous and atomic: check and reserve in one step. It does not queue: callers who may wait use `acquire`. */
  tryLease(query: LeaseQuery): LeaseResult
  /** As tryLease, but waits in a fair queue until `deadlineMs` (mono) or abort. Rejects only with the signal's reason;
   * a lease granted just before an abort is still given, and must be reported. What could only be had after the deadline is
   * `exhausted` at once. */
  acquire(
    query: LeaseQuery,
    options: { deadlineMs: number; signal?: AbortSignal },
  ): Promise<Exclude<LeaseResult, { kind: 'wait' }>>
  /** The first byte of the answer has come: the lease may live as long as the stream does (a day after the last touch). */
  touch(lease: Lease): void
  report(lease: Lease, outcome: Outcome): void

  /** Applies what a check outside any call has shown. `ok` ends key-invalid (and the marks of `model`), not credit or rate marks. */
  observe(keyId: string, outcome: Outcome, model?: string): void
  /** Ends every cool-down and mark of a key ("resume now"). */
  resume(keyId: string): void

  key(id: string): KeyRuntime | undefined
  pool(slug: string): { members: number; ready: number; inFlight: number; waiting: number } | undefined

  /** Marks changed since the last call; `gone` are the ended ones. */
  takeMarks(): { set: KeyMark[]; gone: { keyId: string; model: string }[] }
  /** Brings marks back after a restart; call it after the keys are set. */
  restoreMarks(marks: readonly KeyMark[]): void
  /** Calls `listener` with the id of a key whose health changed. Gives back an unsubscribe function. */
  onKeyChange(listener: (keyId: string) => void): () => void
  close(): void
}
