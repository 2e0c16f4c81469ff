/** A pool's configuration as the engine's rules and limits. */
import { type PoolConfig, poolConfig } from '../../../src-preload/contract/index.ts'
import type { Limits, PoolRules } from '../../pool/types.ts'
import { findProvider } from '../../providers/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import { limitsOf } from '../keys/limit-rules.ts'
import { livingTargets } from './fallback-targets.ts'

/** A pool's whole configuration: what was set, over the defaults. */
export function configOf(row: Pick<PoolRow, 'config'>): PoolConfig {
  return poolConfig.parse(row.config)
}

/** In seconds: a route may let its calls wait longer than their pool does. */
const longestRouteTimeout = 3600

/** `isPool` = there is a live pool of that name. */
export function rulesOf(row: PoolRow, isPool: (slug: string) => boolean): PoolRules {
  const config = configOf(row)
  return {
    strategy: row.strategy,
    concurrency: config.concurrency,
    keyConcurrency: config.keyConcurrency,
    rateLimit: config.rateLimit,
    rateIntervalMs: config.rateLimitInterval * 1000,
    cooldownBaseMs: config.cooldownBase * 1000,
    // Each has a range of its own; the first cool-down is never cut to less.
    cooldownMaxMs: Math.max(config.cooldownBase, config.cooldownMax) * 1000,
    // A provider's own limits are by the minute as a rule: its first refusal is worth the minute that it costs.
    inferAfter: 1,
    dailyMs: config.dailyCooldown * 1000,
    noCreditMs: config.noCreditCooldown * 1000,
    modelUnavailableMs: config.modelCooldown * 1000,
    hintMaxMs: config.hintMax * 1000,
    // Longer than any call may stay silent, so that only a lost lease is ever taken back.
    leaseMs: (Math.max(config.timeout, longestRouteTimeout) + config.connectTimeout + config.idleTimeout) * 1000 + 60_000,
    upstream: upstreamOf(row),
    breakerFailures: config.breakerFailures,
    breakerMs: config.breakerCooldown * 1000,
    interactiveReserve: config.interactiveReserve,
    fallback: livingTargets(config.fallback, isPool),
    fallbackAfterMs: config.fallbackAfter * 1000,
  }
}

/** Pools of one origin share its troubles. The demo pool's address changes at each start. */
function upstreamOf({ provider, baseUrl }: PoolRow): string {
  return provider === 'demo' ? 'demo' : new URL(baseUrl).origin
}

/** What each account of the pool may use; its days end where the pool says, else where its provider's do. */
export function accountLimitsOf(row: PoolRow): Limits {
  const { limits, limitZone } = configOf(row)
  return limitsOf(limits, limitZone ?? findProvider(row.provider)?.resetZone ?? 'UTC')
}
