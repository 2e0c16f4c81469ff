/** An engine on a clock that stands still, with keys a, b, c… in the pool `p`. */
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import {
  type KeySpec,
  type Lease,
  type LeaseQuery,
  type Outcome,
  type OutcomeClass,
  type PoolEngine,
  type PoolRules,
  strategyNames,
} from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'

export { strategyNames }

/** The defaults, without a breaker: what an upstream's failures do to a pool is tested by itself. */
export const rules: PoolRules = { ...defaultRules, breakerFailures: 0 }

export const calendar = { periodEnd }

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

export interface RigKey extends Partial<Omit<KeySpec, 'id'>> {
  id: string
  priority?: number
  weight?: number
}

export function rig(keys: readonly (string | RigKey)[], changes: Partial<PoolRules> = {}, random = () => 0): Rig {
  const clock = new VirtualClock()
  const work = { steps: 0 }
  const engine = createPoolEngine({ clock, random, calendar, work })
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
  const { priority = 0, weight = 1, ...spec } = key
  engine.setKey({ enabled: true, expiresAt: null, ...spec })
  engine.setMember(pool, key.id, { priority, weight })
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
