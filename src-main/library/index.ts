/** The library `keywheel`: the pool engine for any Node program, under apipool's names. */
// The engine itself, for programs that lease and report on their own.
export { periodEnd } from '../base/calendar.ts'
export { systemClock } from '../pool/clock.ts'
export { createPoolEngine } from '../pool/engine.ts'
export { EngineError } from '../pool/errors.ts'
export { defaultRules } from '../pool/rules.ts'
export type {
  Clock,
  KeyRuntime,
  Lease,
  LeaseQuery,
  Limit,
  Limits,
  Outcome,
  PoolEngine,
  PoolRules,
  StrategyName,
} from '../pool/types.ts'
export * from './aixplain.ts'
export { ApiKey } from './api-key.ts'
export { type BatchItem, type BatchProgress, BatchResult } from './batch.ts'
export * from './billing.ts'
export type { CallArgs, CallContext } from './caller.ts'
export type { AnyChain, Pooled } from './chain.ts'
export type { UsabilityReport } from './check.ts'
export type { PoolConfigFields } from './config-fields.ts'
export * from './connect.ts'
export * from './connect-names.ts'
export { AsyncDynamicKeyManager, DynamicKeyManager, type DynamicKeyManagerOptions } from './dynamic.ts'
export {
  CallTimeoutError,
  ChainError,
  ConcurrentCallError,
  PoolError,
  type PoolErrorCode,
  PoolExhaustedError,
} from './errors.ts'
export * from './gemini.ts'
export * from './gemini-task.ts'
export type { ReachLimit } from './judge.ts'
export { ApiKeyManager } from './manager.ts'
export type { ApiKeyManagerOptions, BatchOptions, CallOptions, ConcurrentOptions } from './manager-options.ts'
export { MemoryUsageStore } from './memory-store.ts'
export { PoolConfig, type PoolConfigInput } from './pool-config.ts'
export type { OnProblem, Problem } from './problems.ts'
export type { RefreshReport } from './reconcile.ts'
export type { ServiceCallOptions, ServiceClient, ServiceResponse } from './service-client.ts'
export { ServiceError } from './service-error.ts'
export type { ServiceRawKey } from './service-http.ts'
export { Login, type LoginTokens, login, type ServiceAuth, type ServiceOptions } from './service-login.ts'
export { type RecordedEvent, StatsCollector, type StatsFilter } from './stats.ts'
export { type Status, StatusCollection, type StatusId } from './status.ts'
export type { EventFilter, KeyCount, StoredEvent, UsageEvent, UsageStore } from './usage-store.ts'
