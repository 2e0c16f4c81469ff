/** Waiting in several queues at once: the first key counts, and no other is kept. */
import type { LeaseQuery, LeaseResult, PoolEngine } from '../../pool/types.ts'

export type Settled = Exclude<LeaseResult, { kind: 'wait' }>

interface Until {
  /** Mono ms. */
  deadlineMs: number
  gone: AbortSignal
}

/** The first lease of any of these places, or of their refusals the one that says to come back soonest. Rejects with the reason of `gone`. */
export async function firstOf(
  engine: Pick<PoolEngine, 'acquire' | 'cancel'>,
  queries: readonly LeaseQuery[],
  { deadlineMs, gone }: Until,
): Promise<Settled> {
  const stop = new AbortController()
  const signal = AbortSignal.any([gone, stop.signal])
  let found: Settled | null = null
  let refused: Settled | null = null
  const wait = async (query: LeaseQuery) => {
    try {
      const result = await engine.acquire(query, { deadlineMs, signal })
      if (result.kind === 'exhausted') refused = sooner(refused, result)
      else if (found === null) found = result
      // Given in the same moment as the first one.
      else engine.cancel(result.lease)
      if (found !== null) stop.abort()
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
  }
  const ends = await Promise.allSettled(queries.map(wait))
  const settled = (found ?? refused) as Settled | null
  if (settled !== null && found !== null) return settled
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled ?? { kind: 'exhausted', reason: 'queue-timeout', retryAfterMs: null }
}

/** Of two refusals the one that ends first; one that no wait ends only when there is no other. */
export function sooner(one: Settled | null, other: Settled): Settled {
  if (one === null || one.kind === 'lease' || other.kind === 'lease') return one ?? other
  if (other.retryAfterMs === null) return one
  return one.retryAfterMs === null || other.retryAfterMs < one.retryAfterMs ? other : one
}
