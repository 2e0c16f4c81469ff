/** The keys of one call: the first, and after an attempt that did not serve the next, on the model that was asked for or down its chain. */
import type { Clock, Cost, Lane, Lease, LeaseQuery, PoolEngine } from '../../pool/types.ts'
import type { Step } from '../plan/call-plan.ts'
import type { Exchange } from '../types.ts'
import type { Estimate } from './estimates.ts'
import { firstOf, type Settled, sooner } from './first-lease.ts'

interface SearchInput {
  engine: Pick<PoolEngine, 'acquire' | 'acquireNow' | 'tryLease' | 'cancel'>
  clock: Pick<Clock, 'mono'>
  exchange: Pick<Exchange, 'gone'>
  /** The asked place first. */
  steps: readonly Step[]
  /** They are the engine's own chain: its queue knows the way down. */
  chained: boolean
  fallbackAfterMs: number
  lane: Lane
  session: string | null
  estimate: Estimate | undefined
}

export class KeySearch {
  readonly #input: SearchInput
  #steps: readonly Step[]
  /** What is reserved for the call; undefined = nothing. */
  cost: Cost | undefined
  /** Keys that were tried, by place: what was refused for one model may serve another. */
  #tried: Map<string, Set<string>> | null = null

  constructor(input: SearchInput) {
    this.#input = input
    this.#steps = input.steps
    this.cost = input.estimate?.cost
  }

  /** The place that was asked for, or what is left of those it may be instead. */
  get asked(): Step {
    return this.#steps[0] ?? (this.#input.steps[0] as Step)
  }

  /** No place is left. */
  get isEmpty(): boolean {
    return this.#steps.length === 0
  }

  /** What would be reserved if `cost` were too much. */
  get least(): Cost | undefined {
    return this.#input.estimate?.least
  }

  /** Asks for less from now on; false when it is the least already. */
  lessen(): boolean {
    if (this.least === this.cost) return false
    this.cost = this.least
    return true
  }

  /** That pool can take this call no more. False when no place is left. */
  leaveOut(pool: string): boolean {
    this.#steps = this.#steps.filter((step) => step.pool !== pool)
    return this.#steps.length > 0
  }

  /** The first key if it can be said at once, as nearly always; null = `first` has to wait for it. */
  firstNow(deadlineMs: number): Settled | null {
    const { engine, chained } = this.#input
    return this.#steps.length > 1 && !chained ? null : engine.acquireNow(this.#firstQuery(), deadlineMs)
  }

  /** The first key; waits for it in the engine's queue, which falls back by itself. `deadlineMs` in mono ms. */
  async first(deadlineMs: number): Promise<Settled> {
    const { engine, exchange, chained } = this.#input
    if (this.#steps.length > 1 && !chained) return await this.#firstOfMany(deadlineMs)
    return await engine.acquire(this.#firstQuery(), { deadlineMs, signal: exchange.gone })
  }

  #firstQuery(): LeaseQuery {
    const query = this.#queryAt(this.asked)
    if (this.#steps.length > 1) {
      query.fallback = true
      query.fallbackPools = new Set(this.#steps.map((step) => step.pool))
    }
    return query
  }

  /** Not for this call, at this place, any more. */
  tried({ pool, model, keyId }: Lease): void {
    this.#triedAt({ pool, model }).add(keyId)
  }

  /** It may be used once more after all. */
  untried({ pool, model, keyId }: Lease): void {
    this.#triedAt({ pool, model }).delete(keyId)
  }

  /** Another key of the same pool and model that is ready now. */
  other({ pool, model }: Lease): Lease | null {
    const result = this.#input.engine.tryLease(this.#queryAt({ pool, model }))
    return result.kind === 'lease' ? result.lease : null
  }

  /** The next key, waited for until `deadlineMs` (mono ms); null when there is none in time. */
  async next(deadlineMs: number): Promise<Lease | null> {
    const { engine, exchange, chained } = this.#input
    if (this.#steps.length > 1 && !chained) {
      const found = await this.#firstOfMany(deadlineMs)
      return found.kind === 'lease' ? found.lease : null
    }
    const ready = this.#steps.length > 1 ? this.#readyOrWait() : this.#queryAt(this.asked)
    if (ready === null || 'keyId' in ready) return ready
    const result = await engine.acquire(ready, { deadlineMs, signal: exchange.gone })
    return result.kind === 'lease' ? result.lease : null
  }

  /** A lease, or the place that is worth waiting for: the asked one when it is soon ready, else the first that will be. */
  #readyOrWait(): Lease | LeaseQuery | null {
    const { engine, clock, fallbackAfterMs } = this.#input
    let wait: LeaseQuery | null = null
    for (const step of this.#steps) {
      const query = this.#queryAt(step)
      const result = engine.tryLease(query)
      if (result.kind === 'lease') return result.lease
      if (result.kind === 'exhausted') continue
      const soon = result.wakeAt === null || result.wakeAt - clock.mono() <= fallbackAfterMs
      if (step === this.asked && soon) return query
      wait ??= query
    }
    return wait
  }

  /** Places of a route: whichever has a key first, in their order; the asked one is waited for as long as its pool says. */
  async #firstOfMany(deadlineMs: number): Promise<Settled> {
    const { engine, clock, exchange, fallbackAfterMs } = this.#input
    const { gone } = exchange
    const waiting: LeaseQuery[] = []
    let refused: Settled | null = null
    for (const step of this.#steps) {
      const query = this.#queryAt(step)
      const result = engine.tryLease(query)
      if (result.kind === 'lease') return result
      if (result.kind === 'exhausted') {
        refused = sooner(refused, result)
        continue
      }
      waiting.push(query)
      if (step !== this.asked || fallbackAfterMs === 0) continue
      const first = await engine.acquire(query, {
        deadlineMs: Math.min(deadlineMs, clock.mono() + fallbackAfterMs),
        signal: gone,
      })
      if (first.kind === 'lease') return first
    }
    if (waiting.length === 0) return refused ?? { kind: 'exhausted', reason: 'none-usable', retryAfterMs: null }
    return await firstOf(engine, waiting, { deadlineMs, gone })
  }

  #queryAt({ pool, model }: Step): LeaseQuery {
    const { lane, session } = this.#input
    // Each place is asked by itself, because each has other keys that were tried.
    const query: LeaseQuery = { pool, lane, fallback: false }
    if (model !== undefined) query.model = model
    if (session !== null) query.session = session
    if (this.cost !== undefined) query.cost = this.cost
    const exclude = this.#tried?.get(nameOf({ pool, model }))
    if (exclude !== undefined) query.exclude = exclude
    return query
  }

  #triedAt(step: Step): Set<string> {
    const name = nameOf(step)
    this.#tried ??= new Map()
    const known = this.#tried.get(name) ?? new Set()
    this.#tried.set(name, known)
    return known
  }
}

function nameOf({ pool, model = '' }: Step): string {
  return `${pool}\n${model}`
}
