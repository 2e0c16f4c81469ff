/** Whether anything beyond this machine can be reached, by what the calls that are made anyway have shown. Nothing is sent for it. */
import type { ProxyStatus, RequestRow, Unreached } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { PoolRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'
import { isThisMachine } from './outbound/outbound.ts'
import { networkCode } from './provider-call.ts'
import { unreachedBy } from './unreached.ts'

type FetchFor = (keyId: string, pool: PoolRow) => typeof globalThis.fetch

/** The last call to the upstream of a pool, as far as connecting to it goes. */
export interface LastCall {
  baseUrl: string
  /** Null = it answered. */
  unreached: Unreached | null
  /** Wall ms of the first call that ended like this one. */
  since: number
}

export interface Reach {
  /** Takes in how a call through the proxy ended. */
  finished(row: Pick<RequestRow, 'pool' | 'attempts'>): void
  /** The same calls of our own, watched. */
  watched(fetchFor: FetchFor): FetchFor
  offline(): ProxyStatus['offline']
  /** Calls `listener` when an upstream is reached again or no more; gives back an unsubscribe function. */
  onChange(listener: () => void): () => void
}

interface ReachDeps {
  catalog: Pick<Catalog, 'pools' | 'observe'>
  clock: Pick<Clock, 'now'>
  baseUrlOf(pool: PoolRow): string
}

export function createReach({ catalog, clock, baseUrlOf }: ReachDeps): Reach {
  const calls = new Map<string, LastCall>()
  const listeners = new Set<() => void>()
  catalog.observe(({ putPools = [], removePools = [] }) => {
    for (const slug of removePools) calls.delete(slug)
    // What was seen is of the address that it had then.
    for (const row of putPools) {
      const call = calls.get(row.slug)
      if (call && (row.deletedAt !== null || call.baseUrl !== baseUrlOf(row))) calls.delete(row.slug)
    }
  })

  const saw = (slug: string, unreached: Unreached | null) => {
    const before = calls.get(slug)
    // Nearly every call: it answered, like the one before.
    if (before?.unreached === unreached) return
    const row = catalog.pools.get(slug)
    if (!row || row.deletedAt !== null) return
    calls.set(slug, { baseUrl: baseUrlOf(row), unreached, since: clock.now() })
    for (const listener of listeners) listener()
  }
  /** A call that broke later, or was given up here, says neither. */
  const failed = (slug: string, code: string | null) => {
    const unreached = unreachedBy(code)
    if (unreached !== null) saw(slug, unreached)
  }

  return {
    finished({ pool, attempts }) {
      for (const attempt of attempts) {
        const slug = attempt.pool ?? pool
        if (attempt.outcome === 'network') failed(slug, attempt.message)
        else if (attempt.outcome !== 'aborted') saw(slug, null)
      }
    },
    watched: (fetchFor) => (keyId, pool) => {
      const fetch = fetchFor(keyId, pool)
      return async (input, init) => {
        try {
          const answer = await fetch(input, init)
          saw(pool.slug, null)
          return answer
        } catch (error) {
          failed(pool.slug, networkCode(error))
          throw error
        }
      }
    },
    offline: () => offlineOf(calls.values()),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Not while any upstream answers, or refuses connections: then there is a network. Upstreams on this machine prove nothing. */
export function offlineOf(calls: Iterable<LastCall>): ProxyStatus['offline'] {
  const beyond = [...calls].map((call) => ({ ...call, url: new URL(call.baseUrl) })).filter(({ url }) => !isThisMachine(url))
  if (beyond.length === 0) return null
  if (beyond.some(({ unreached }) => unreached === null || unreached === 'upstream')) return null
  return {
    since: Math.max(...beyond.map(({ since }) => since)),
    hosts: [...new Set(beyond.map(({ url }) => url.host))].toSorted(),
    proxy: beyond.every(({ unreached }) => unreached === 'proxy'),
  }
}
