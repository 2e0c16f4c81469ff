/** A pool's settings as the engine's rules. */
import { defaultRules } from '../pool/rules.ts'
import type { PoolRules } from '../pool/types.ts'
import type { PoolConfig } from './pool-config.ts'

export function rulesOf(config: PoolConfig): PoolRules {
  return {
    ...defaultRules,
    strategy: config.rotationStrategy,
    concurrency: config.concurrency,
    keyConcurrency: config.keyConcurrency,
    rateLimit: config.rateLimit,
    rateIntervalMs: config.rateLimitInterval * 1000,
    cooldownBaseMs: config.cooldownBase * 1000,
    cooldownMaxMs: Math.max(config.cooldownBase, config.cooldownMax) * 1000,
    // One refusal may have many reasons, and not every service counts by the minute: only a key that is refused again after its cool-down is taken to have a limit.
    inferAfter: 2,
    hintMaxMs: config.hintMax * 1000,
    // Longer than any call may take (an option of the call may be up to an hour), so that only a lost lease is taken back.
    leaseMs: 3_700_000,
    // Clients of one pool may speak to different hosts: what one of them does says nothing of the others.
    breakerFailures: 0,
    interactiveReserve: 0,
  }
}
