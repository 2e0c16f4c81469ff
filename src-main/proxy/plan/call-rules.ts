/** The times that a call goes by. */
import type { ModelRoute, PoolConfig } from '../../../src-preload/contract/index.ts'
import type { CallRules } from './call-plan.ts'

/** A route's own times come before those of its pools. */
export function rulesOf(config: PoolConfig, route: Pick<ModelRoute, 'timeout' | 'attemptBudget'> | null = null): CallRules {
  return {
    firstByteMs: route === null || route.timeout === null ? null : route.timeout * 1000,
    attemptBudgetMs: (route?.attemptBudget ?? config.attemptBudget) * 1000,
    fallbackAfterMs: config.fallbackAfter * 1000,
  }
}
