/** The keys of one call: the first, and after an attempt that did not serve the next, on the model that was asked for or down its chain. */
import type { Clock, Cost, Lane, Lease, LeaseQuery, LeaseResult, PoolEngine } from '../pool/types.ts'
import type { Estimate } from './estimates.ts'
import type { Step } from './fallback.ts'

interface SearchInput {
  engine: Pick<PoolEngine, 'acquire' | 'tryLease'>
  clock: Pick<Clock, 'mono'>
  gone: AbortSignal
  /** The asked place first. */
  steps: readonly Step[]
  fallbackAfterMs: number
  lane: Lane
  session: string | null
  estimate: Estimate | undefined
}

type Settled = Exclude<LeaseResult, { kind: 'wait' }>

export class KeySearch {
  readonly #input: SearchInput
  readonly asked: Step
  /** What is reserved for the call; undefined = nothing. */
  cost: Cost | undefined
  /** Keys that were tried, by place: what was refused for one model may serve another. */
  readonly #tried = new Map<string, Set<string>>()

  constructor(input: SearchInput) {
    this.#input = input
    this.asked = input.steps[0] as Step
    this.cost = input.estimate?.cost
  }

  /** Asks for less from now on; false when it is the least already. */
  lessen(): boolean {
    const least = this.#input.estimate?.least
    if (least === this.cost) return false
    this.cost = least
    return true
  }

  /** The first key; waits for it in the engine's queue, which falls back by itself. `deadlineMs` in mono ms. */
  first(deadlineMs: number): Promise<Settled> {
    const { engine, gone, steps } = this.#input
    const query = this.#queryAt(this.asked)
    if (steps.length > 1) {
      query.fallback = true
      query.fallbackPools = new Set(steps.map((step) => step.pool))
    }
    return engine.acquire(query, { deadlineMs, signal: gone })
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
    const { engine, gone, steps } = this.#input
    const ready = steps.length > 1 ? this.#readyOrWait() : this.#queryAt(this.asked)
    if (ready === null || 'keyId' in ready) return ready
    const result = await engine.acquire(ready, { deadlineMs, signal: gone })
    return result.kind === 'lease' ? result.lease : null
  }

  /** A lease, or the place that is worth waiting for: the asked one when it is soon ready, else the first that will be. */
  #readyOrWait(): Lease | LeaseQuery | null {
    const { engine, clock, steps, fallbackAfterMs } = this.#input
    let wait: LeaseQuery | null = null
    for (const step of steps) {
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

  #queryAt({ pool, model }: Step): LeaseQuery {
    const { lane, session } = this.#input
    // Each place is asked by itself, because each has other keys that were tried.
    const query: LeaseQuery = { pool, lane, fallback: false }
    if (model !== undefined) query.model = model
    if (session !== null) query.session = session
    if (this.cost !== undefined) query.cost = this.cost
    const exclude = this.#tried.get(nameOf({ pool, model }))
    if (exclude !== undefined) query.exclude = exclude
    return query
  }

  #triedAt(step: Step): Set<string> {
    const name = nameOf(step)
    const known = this.#tried.get(name) ?? new Set()
    this.#tried.set(name, known)
    return known
  }
}

function nameOf({ pool, model = '' }: Step): string {
  return `${pool}\n${model}`
}
