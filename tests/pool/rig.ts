/** An engine on a clock that stands still, with keys a, b, c… in the pool `p`. */
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import type { Lease, LeaseQuery, Outcome, OutcomeClass, PoolEngine, PoolRules, StrategyName } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'

const everyStrategy: Record<StrategyName, true> = {
  random: true,
  round_robin: true,
  least_used: true,
  lru: true,
  weighted: true,
  priority: true,
}
export const strategyNames = Object.keys(everyStrategy) as StrategyName[]

export const rules: PoolRules = {
  strategy: 'round_robin',
  concurrency: 0,
  keyConcurrency: 0,
  rateLimit: 0,
  rateIntervalMs: 60_000,
  cooldownBaseMs: 1000,
  cooldownMaxMs: 300_000,
  hintMaxMs: 86_400_000,
  noCreditMs: 3_600_000,
  leaseMs: 600_000,
}

export interface Rig {
  engine: PoolEngine
  clock: VirtualClock
  work: { steps: number }
  /** Leases or fails the test. */
  take(query?: Partial<LeaseQuery>): Lease
  /** Leases, reports, and says which key it was. */
  call(outcome?: OutcomeClass | Outcome, query?: Partial<LeaseQuery>): string
  /** The keys of the next `n` calls, as one string. */
  calls(n: number): string
}

export interface RigKey {
  id: string
  priority?: number
  weight?: number
}

export function rig(keys: readonly (string | RigKey)[], changes: Partial<PoolRules> = {}, random = () => 0): Rig {
  const clock = new VirtualClock()
  const work = { steps: 0 }
  const engine = createPoolEngine({ clock, random, work })
  engine.setPool('p', { ...rules, ...changes })
  for (const key of keys) addKey(engine, typeof key === 'string' ? { id: key } : key)
  const take = (query: Partial<LeaseQuery> = {}) => {
    const result = engine.tryLease({ pool: 'p', ...query })
    if (result.kind !== 'lease') throw new Error(`no lease: ${JSON.stringify(result)}`)
    return result.lease
  }
  const call = (outcome: OutcomeClass | Outcome = 'ok', query: Partial<LeaseQuery> = {}) => {
    const lease = take(query)
    engine.report(lease, typeof outcome === 'string' ? { class: outcome } : outcome)
    return lease.keyId
  }
  const calls = (n: number) => Array.from({ length: n }, () => call()).join('')
  return { engine, clock, work, take, call, calls }
}

export function addKey(engine: PoolEngine, key: RigKey, pool = 'p'): void {
  engine.setKey({ id: key.id, enabled: true, expiresAt: null })
  engine.setMember(pool, key.id, { priority: key.priority ?? 0, weight: key.weight ?? 1 })
}

/** A generator of numbers in [0, 1) that is the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/** Lets promises that are settled run their continuations. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}
