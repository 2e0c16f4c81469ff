/** A pool's rules with nothing set. */
import type { PoolRules } from './types.ts'

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

export const defaultRules: PoolRules = {
  strategy: 'round_robin',
  concurrency: 0,
  keyConcurrency: 0,
  rateLimit: 0,
  rateIntervalMs: 60 * SECOND,
  cooldownBaseMs: SECOND,
  cooldownMaxMs: 300 * SECOND,
  inferAfter: 1,
  dailyMs: HOUR,
  noCreditMs: HOUR,
  modelUnavailableMs: DAY,
  hintMaxMs: DAY,
  leaseMs: 600 * SECOND,
  upstream: '',
  breakerFailures: 5,
  breakerMs: 15 * SECOND,
  interactiveReserve: 0.2,
  fallback: [],
  fallbackAfterMs: 0,
}
