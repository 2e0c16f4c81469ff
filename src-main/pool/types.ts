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

/** The calendar of a time zone, passed in: the engine knows no zones. */
export interface Calendar {
  /** Wall ms of the next midnight (`day`) or the next first of the month (`month`) in an IANA zone, after `now`. Throws RangeError for an unknown zone. */
  periodEnd(period: 'day' | 'month', zone: string, now: number): number
}

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

/** What a limit counts: calls, tokens (`total` = input + output), or money in billionths of a dollar. */
export const units = ['requests', 'input', 'output', 'total', 'nanos'] as const
export type Unit = (typeof units)[number]

/** Over which time: the last `slideMs`, or until the calendar's next midnight or first of the month in a zone, or for ever. */
export type Window = { slideMs: number } | { calendar: 'day' | 'month'; zone: string } | 'forever'

/** At most `amount` (≥ 0, finite) units per window. */
export interface Limit {
  unit: Unit
  window: Window
  amount: number
}

/** Limits by model: '' = all calls together, `name` = that model alone, `prefix*` = each model of that prefix alone (the longest match wins). */
export type Limits = Readonly<Record<string, readonly Limit[]>>

/** One limit as an answer of the upstream announced it. */
export interface LimitReading {
  unit: Exclude<Unit, 'nanos'>
  window: Window
  /** Null = the answer does not say. 0 means that the model is not to be had. */
  limit: number | null
  remaining: number | null
  /** Ms from now until the window is whole again; null = the answer does not say. */
  resetMs: number | null
  /** True = what was used flows back evenly until then (token bucket); false = it comes back all at once. */
  refills: boolean
  /** Of this model alone, or of all calls of the account. */
  scope: 'model' | 'account'
}

/** Tokens and money of one call; before it an estimate, after it what the answer said. */
export interface Cost {
  input: number
  output: number
  nanos: number
}

export const strategyNames = [
  'random',
  'round_robin',
  'least_used',
  'lru',
  'weighted',
  'priority',
  'sticky',
  'least_latency',
] as const
export type StrategyName = (typeof strategyNames)[number]

/** Who is waiting for the answer: a person, or a job that can take its time. */
export type Lane = 'interactive' | 'background'

/** Where calls for `model` go when none of its keys is ready: names of models of the same pool, or `pool/model`. */
export interface Fallback {
  /** A model's name, or `prefix*`, or `*`; the first entry that fits is used. */
  model: string
  then: readonly string[]
}

/** The rules of a pool, all times in ms. 0 = unlimited for concurrency and rate. `defaultRules` (rules.ts) has each default. */
export interface PoolRules {
  strategy: StrategyName
  concurrency: number
  keyConcurrency: number
  rateLimit: number
  rateIntervalMs: number
  /** First and longest cool-down after a short rate limit without a hint; it doubles in between. */
  cooldownBaseMs: number
  cooldownMaxMs: number
  /** Short refusals in a row without a hint, each after the cool-down of the one before, that tell a limit nobody names; 0 = never. */
  inferAfter: number
  /** Hold after a daily limit without a hint. */
  dailyMs: number
  noCreditMs: number
  modelUnavailableMs: number
  /** A hint is believed up to here; then the key is tried again. */
  hintMaxMs: number
  /** A lease that nobody reported is taken back after this long. */
  leaseMs: number
  /** What the pool's calls reach. Pools of one upstream share its breaker and its blame. */
  upstream: string
  /** Overloads in a row, over all keys, that open the breaker of upstream × model; 0 = it never opens, and failures of many keys at once are the keys'. */
  breakerFailures: number
  breakerMs: number
  /** Part of every window kept for the interactive lane, in [0, 1). */
  interactiveReserve: number
  fallback: readonly Fallback[]
  /** A call waits this long for the model it asked for before it falls back. */
  fallbackAfterMs: number
}

export interface KeySpec {
  id: string
  enabled: boolean
  /** Wall time in ms; null = never. */
  expiresAt: number | null
  /** The account whose quota the key draws on; absent = an account of its own, named by the key's id. */
  bucket?: string
  /** What its owner allows this key, whatever the account may do. */
  limits?: Limits
}

export interface LeaseQuery {
  pool: string
  /** Limits and cool-downs are kept per account and model; absent = the account as a whole. */
  model?: string
  /** Keys already tried for this call. */
  exclude?: ReadonlySet<string>
  /** Estimate, reserved until the report; absent = nothing but the call itself. */
  cost?: Cost
  /** Absent = interactive. */
  lane?: Lane
  /** Calls of one session stay on one key under the strategy `sticky`. */
  session?: string
  /** Leases the key that was reserved under this number, and no other. */
  reservation?: number
  /** Whether the pool's fallback rules may be used (absent = yes), and into which pools they may lead (absent = any). */
  fallback?: boolean
  fallbackPools?: ReadonlySet<string>
}

/** A key handed out for one call. Give it back with `report`; a late or second report changes nothing. */
export interface Lease {
  readonly id: number
  readonly keyId: string
  /** The pool and model that serve the call: after a fallback not those that were asked for. */
  readonly pool: string
  readonly model: string | undefined
  readonly chosenBy: StrategyName | 'session' | 'reservation'
  /** How many steps of the fallback chain were taken; 0 = served as asked. */
  readonly step: number
}

export type ExhaustedReason =
  | 'unknown-pool'
  | 'no-keys'
  | 'all-tried'
  | 'none-usable'
  | 'too-large'
  | 'upstream-down'
  | 'queue-timeout'

export type LeaseResult =
  | { kind: 'lease'; lease: Lease }
  /** Somebody will be free: at `wakeAt` (mono ms), or when a call under way ends (null). */
  | { kind: 'wait'; wakeAt: number | null }
  /** Nobody will be, or not in time. `retryAfterMs` = when the first key is expected back; null = only by a person's hand. */
  | { kind: 'exhausted'; reason: ExhaustedReason; retryAfterMs: number | null }

/** A key set aside, for `ttlMs` at most; it does not outlive the process. */
export interface Reservation {
  readonly id: number
  readonly keyId: string
}

export type KeyHealth = 'ready' | 'cooling' | 'exhausted' | 'invalid' | 'disabled'

/** What the engine knows of a key now. `until` is wall time in ms. */
export interface KeyRuntime {
  health: KeyHealth
  reason: string | null
  /** Which model it is about; '' = all of them. */
  model: string
  until: number | null
  inFlight: number
  lastUsedAt: number | null
  /** It has answered at least once, or passed a check, since it was added. */
  proven: boolean
  bucket: string
}

/** How much of one limit is used now. Times are wall ms. */
export interface MeterView {
  scope: 'key' | 'bucket'
  /** '' = all models together. */
  model: string
  unit: Unit
  window: Window
  limit: number
  used: number
  /** Taken by calls under way. */
  reserved: number
  /** When a calendar window starts anew, or an announced one is whole; null = it slides, or never. */
  resetsAt: number | null
  /** Set by a person or preset, announced by the upstream, or found out by a refusal that named no limit. */
  source: 'set' | 'announced' | 'inferred'
  /** Units per hour at present. */
  pace: number
  /** When it is used up at that pace; null = not before its reset. */
  endsAt: number | null
}

/** A mark that must outlive a restart: a cool-down, an empty account or an invalid key. Times are wall ms. */
export interface StoredMark {
  scope: 'key' | 'bucket'
  /** Id of the key or bucket. */
  owner: string
  /** '' = the whole of it. */
  model: string
  outcome: OutcomeClass
  /** null = until a person or a check ends it. */
  until: number | null
  reason: string | null
  /** Failures of this kind in a row, for the backoff. */
  strikes: number
  at: number
}
export type MarkName = Pick<StoredMark, 'scope' | 'owner' | 'model'>

/** A counter or learned limit that must outlive a restart. Times are wall ms. */
export interface StoredMeter {
  scope: 'key' | 'bucket'
  owner: string
  model: string
  unit: Unit
  /** `nameOf(window)` in window-name.ts, e.g. `slide:60000`, `day:UTC`, `forever`; of learned limits after their source: `announced slide:60000`. */
  window: string
  source: MeterView['source']
  /** -1 = none is known yet; it only counts. */
  limit: number
  /** Units used in the window as of `at`; comes back as used at that moment. */
  used: number
  at: number
  /** What was announced last: units left then, and when it is whole again. */
  remaining: number | null
  resetsAt: number | null
  /** It flows back evenly until then; otherwise all at once. */
  refills: boolean
}
export type MeterName = Pick<StoredMeter, 'scope' | 'owner' | 'model' | 'unit' | 'window'>

/** What changed since it was last taken; `gone…` are the ended ones. */
export interface MemoryChanges {
  marks: StoredMark[]
  goneMarks: MarkName[]
  meters: StoredMeter[]
  goneMeters: MeterName[]
}

/** What the rest of the program uses of the engine. Bad values throw EngineError (errors.ts) and change nothing. */
export interface PoolEngine {
  /** Throws INVALID_RULE, UNKNOWN_STRATEGY or FALLBACK_CYCLE (the chain through all pools is looked at). */
  setPool(slug: string, rules: PoolRules): void
  removePool(slug: string): void
  /** Throws INVALID_LIMIT. A key that changes its bucket takes what it has used along. */
  setKey(key: KeySpec): void
  removeKey(id: string): void
  /** Limits of an account, before or after its keys are set; gone with its last key. Throws INVALID_LIMIT. */
  setBucket(id: string, limits: Limits): void
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
  /** What `acquire` would give at once; null = it would wait. */
  acquireNow(query: LeaseQuery, deadlineMs: number): Exclude<LeaseResult, { kind: 'wait' }> | null
  /** The first byte of the answer has come: the call has arrived, and the lease may live as long as the stream does (a day after the last touch). */
  touch(lease: Lease): void
  /** What the answer's head said about limits. A lease that is not out any more changes nothing. */
  learn(lease: Lease, readings: readonly LimitReading[]): void
  /** Ends a lease. `used` absent = the estimate stands, or nothing when the upstream did not take the call. Throws UNKNOWN_LEASE for what the engine never gave out. */
  report(lease: Lease, outcome: Outcome, used?: Partial<Cost>): void

  /** Ends a lease whose call was never sent, as if it had not been given. Throws UNKNOWN_LEASE as `report` does. */
  cancel(lease: Lease): void

  /** Sets a ready key aside. Exclusive: nobody else gets it; otherwise it only counts as one call under way. Gone after `ttlMs`. */
  reserve(
    query: Pick<LeaseQuery, 'pool' | 'model' | 'exclude'>,
    options: { ttlMs: number; exclusive?: boolean },
  ): { kind: 'reserved'; reservation: Reservation } | Exclude<LeaseResult, { kind: 'lease' }>
  /** False when it had ended already. */
  release(reservationId: number): boolean

  /** Applies what a check outside any call has shown. `ok` ends key-invalid (and the marks of `model`), not credit or rate marks. */
  observe(keyId: string, outcome: Outcome, model?: string): void
  /** Ends every cool-down and mark of a key and of its bucket, and forgets the limits learned for them ("resume now"). What was counted of limits that were set stays. */
  resume(keyId: string): void

  key(id: string): KeyRuntime | undefined
  /** Every limit that the key lives under, its own and its bucket's. */
  meters(keyId: string): MeterView[]
  /** `buckets` = accounts among the members; `ready` counts keys. */
  pool(slug: string): { members: number; buckets: number; ready: number; inFlight: number; waiting: number } | undefined
  /** For each model whether a small call for it would get a key now; nothing is taken. All false for an unknown pool. */
  servable(pool: string, models: readonly string[]): boolean[]
  /** The models that a call for `model` may be served by, in order, the asked one first. */
  chain(pool: string, model: string): readonly { pool: string; model: string }[]

  /** What changed since the last call, for the store. */
  takeMemory(): MemoryChanges
  /** Brings it back after a restart; call it after the keys and buckets are set. */
  restoreMemory(memory: { marks: readonly StoredMark[]; meters: readonly StoredMeter[] }): void
  /** Calls `listener` with the id of a key whose health changed. Gives back an unsubscribe function. */
  onKeyChange(listener: (keyId: string) => void): () => void
  close(): void
}
