/** An apipool-server as its clients see it. Source of the requests: apipool's own SDK. */
import {
  type Invoked,
  type RawKeys,
  readConfig,
  readInvoked,
  readKeys,
  readPools,
  readRanks,
  readReported,
  readStatus,
  type ServerConfig,
  type ServerPool,
  type ServerRank,
  type ServerStatus,
} from './answers.ts'
import { ApipoolError, notApipool } from './error.ts'
import type { Session } from './session.ts'

/** One call for the server to make with one of its keys: `["get"]`, `["/hello"]`, `{ params: { a: 1 } }`. */
export interface Invocation {
  attrPath: readonly string[]
  args: readonly unknown[]
  kwargs: Readonly<Record<string, unknown>>
}

/** A call that was made here. `key` = the key's identifier at the server, never the secret. */
export interface CallEvent {
  key: string
  status: 'success' | 'failed' | 'reach limit'
  /** Seconds. */
  latency: number | null
  method: string | null
  /** ISO 8601 without a zone: the time as clocks show it here. */
  finishedAt: string
}

export interface AskOptions {
  signal?: AbortSignal | undefined
  /** Absent = 30 s. */
  timeoutMs?: number
  /** Absent = JSON.parse. */
  parse?: (text: string) => unknown
}

const mib = 1024 * 1024
const usual = { timeoutMs: 30_000, maxBytes: mib }
const keysMax = 64 * mib
/** What a call answers may be larger than what the server says of itself. */
const invokedMax = 64 * mib
const pageSize = 100
const pagesMax = 100

/** Every method rejects with ApipoolError, or with the reason of a signal. Identifiers may hold any character. */
export class ApipoolClient {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  /** Every pool that the user sees there. */
  async pools(options: AskOptions = {}): Promise<ServerPool[]> {
    const pools: ServerPool[] = []
    for (let page = 1; page <= pagesMax; page += 1) {
      const { items, total } = readPools(await this.#get(`/pools?page=${page}&page_size=${pageSize}`, options))
      pools.push(...items)
      if (items.length < pageSize || pools.length >= total) return pools
    }
    throw notApipool(`its list of pools has more than ${pagesMax} pages`)
  }

  /** The keys of a pool, in the clear. */
  async keys(pool: string, options: AskOptions = {}): Promise<RawKeys> {
    const path = `/keys/raw?pool_identifier=${encodeURIComponent(pool)}`
    return readKeys(await this.#get(path, options, keysMax))
  }

  async config(pool: string, options: AskOptions = {}): Promise<ServerConfig> {
    return readConfig(await this.rawConfig(pool, options))
  }

  /** The same as it came. */
  async rawConfig(pool: string, options: AskOptions = {}): Promise<unknown> {
    return this.#get(`/pools/${segment(pool)}/config`, options)
  }

  /** How the keys of a pool stand in it, by their identifiers. */
  async ranks(pool: string, options: AskOptions = {}): Promise<Map<string, ServerRank>> {
    return readRanks(await this.#get(`/pools/${segment(pool)}`, options, keysMax))
  }

  async status(pool: string, options: AskOptions = {}): Promise<ServerStatus> {
    return readStatus(await this.#get(`/proxy/${segment(pool)}/status`, options))
  }

  /** A call that failed there is an answer as well (`success: false`). */
  async invoke(pool: string, { attrPath, args, kwargs }: Invocation, options: AskOptions = {}): Promise<Invoked> {
    const body = { attr_path: attrPath, args, kwargs }
    return readInvoked(await this.#post(`/proxy/${segment(pool)}/invoke`, body, options, invokedMax))
  }

  /** At most 500 events at a time. `clientId` says which program tells of them, in at most 64 characters. */
  async report(
    pool: string,
    clientId: string,
    events: readonly CallEvent[],
    options: AskOptions = {},
  ): Promise<{ accepted: number; duplicates: number }> {
    const told = events.map(({ key, status, latency, method, finishedAt }) => ({
      key_identifier: key,
      status,
      latency,
      method,
      finished_at: finishedAt,
    }))
    const body = { pool_identifier: pool, client_id: clientId, events: told }
    return readReported(await this.#post('/stats/report', body, options))
  }

  #get(path: string, options: AskOptions, maxBytes = usual.maxBytes): Promise<unknown> {
    return this.#session.ask({ ...usual, ...options, method: 'GET', path, maxBytes })
  }

  #post(path: string, body: unknown, options: AskOptions, maxBytes = usual.maxBytes): Promise<unknown> {
    return this.#session.ask({ ...usual, ...options, method: 'POST', path, body, maxBytes })
  }
}

/** An identifier as one part of a path. A dot or two would be a step in the path, however it is written. */
function segment(identifier: string): string {
  if (identifier !== '' && identifier !== '.' && identifier !== '..') return encodeURIComponent(identifier)
  throw new ApipoolError('refused', `A pool named "${identifier}" cannot be asked for.`)
}

/** Wall ms as the reports have it: local time without a zone, in microseconds. */
export function reportTime(ms: number, micros = 0): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const fraction = String(at.getMilliseconds() * 1000 + micros).padStart(6, '0')
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${fraction}`
}
