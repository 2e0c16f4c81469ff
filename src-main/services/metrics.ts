/** What a monitoring system is told: Prometheus' text, from what the bus says and from how things stand. No keys, clients or models in it. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ProxyStatus, RequestRow } from '../../src-preload/contract/index.ts'
import type { ProxyDeps } from '../proxy/types.ts'
import type { Catalog } from './catalog.ts'
import { addProcessMetrics } from './metrics-process.ts'

export interface MetricsDeps {
  catalog: Pick<Catalog, 'pools'>
  /** Keys of a pool that could serve now. */
  readyKeys(slug: string): number
  proxy(): Pick<ProxyStatus, 'state' | 'inFlight'>
}

export interface Metrics {
  requestFinished(row: RequestRow): void
  read: ProxyDeps['metrics']
}

/** Pools come and go; from here on new ones are counted together. */
const poolsMax = 1000

const states = ['off', 'starting', 'on', 'degraded', 'stopping', 'error'] as const satisfies ProxyStatus['state'][]
const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const where = ['pool', 'provider'] as const

export function createMetrics(deps: MetricsDeps): Metrics {
  const register = new Registry()
  const counters = requestMetrics(register)
  addStanding(register, deps)
  addProcessMetrics(register)
  const placeOf = createPlaces(deps.catalog)
  return {
    requestFinished: (row) => count(counters, row, placeOf),
    read: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  }
}

interface Place {
  pool: string
  provider: string
}

/** The labels of a pool, bounded: names that no pool has, or that came after so many others, share one. */
function createPlaces(catalog: Pick<Catalog, 'pools'>): (slug: string) => Place {
  const seen = new Map<string, Place>()
  const nowhere = { pool: 'none', provider: 'none' }
  return (slug) => {
    const provider = catalog.pools.get(slug)?.provider
    const known = seen.get(slug)
    if (known !== undefined && (provider === undefined || provider === known.provider)) return known
    if (provider === undefined) return nowhere
    if (known === undefined && seen.size >= poolsMax) return { pool: 'other', provider }
    const place = { pool: slug, provider }
    seen.set(slug, place)
    return place
  }
}

type Counters = ReturnType<typeof requestMetrics>

function requestMetrics(register: Registry) {
  const registers = [register]
  const counter = <const L extends string>(name: string, help: string, ...labels: L[]) =>
    new Counter({ name: `keywheel_${name}`, help, labelNames: [...where, ...labels], registers })
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `keywheel_${name}`, help, labelNames: [...where], buckets: seconds, registers })
  return {
    requests: counter('requests_total', 'Calls that have ended.', 'outcome', 'status'),
    attempts: counter('attempts_total', 'Tries on a key, by how they ended.', 'outcome'),
    tokens: counter('tokens_total', 'Tokens that answers reported; input without cache, output with reasoning.', 'kind'),
    cost: counter('cost_dollars_total', 'Cost of the calls whose price is known, in US dollars.'),
    costUnknown: counter('cost_unknown_total', 'Calls with tokens whose price is not known.'),
    cached: counter('cache_total', 'Calls that might have been answered from the cache.', 'result'),
    duration: histogram('request_duration_seconds', 'From the request to the end of its answer.'),
    firstByte: histogram('first_byte_seconds', "From the request to its answer's first byte."),
  }
}

function count(counters: Counters, row: RequestRow, placeOf: (slug: string) => Place): void {
  const place = placeOf(row.pool)
  counters.requests.inc({ ...place, outcome: row.outcome, status: statusClass(row.status) })
  for (const { pool, outcome } of row.attempts) counters.attempts.inc({ ...placeOf(pool ?? row.pool), outcome })
  const tokens = {
    input: row.inputTokens,
    output: row.outputTokens,
    cache_read: row.cacheReadTokens,
    cache_write: row.cacheWriteTokens,
    reasoning: row.reasoningTokens,
  }
  for (const [kind, tokenCount] of Object.entries(tokens)) {
    if (tokenCount !== null) counters.tokens.inc({ ...place, kind }, tokenCount)
  }
  if (row.costNanos !== null) counters.cost.inc({ ...place }, row.costNanos / 1e9)
  else if (row.inputTokens !== null || row.outputTokens !== null) counters.costUnknown.inc({ ...place })
  if (row.cache !== null) counters.cached.inc({ ...place, result: row.cache })
  counters.duration.observe({ ...place }, row.msTotal / 1000)
  if (row.msFirstByte !== null) counters.firstByte.observe({ ...place }, row.msFirstByte / 1000)
}

function statusClass(status: number | null): string {
  return status === null ? 'none' : `${Math.floor(status / 100)}xx`
}

/** How things stand when they are asked for. */
function addStanding(register: Registry, { catalog, readyKeys, proxy }: MetricsDeps): void {
  const registers = [register]
  const gauge = (name: string, help: string, labelNames: string[], collect: (this: Gauge) => void) =>
    void new Gauge({ name: `keywheel_${name}`, help, labelNames, registers, collect })
  gauge('keys_ready', 'Keys that could serve now.', [...where], function () {
    this.reset()
    const live = [...catalog.pools.values()].filter(({ deletedAt }) => deletedAt === null)
    for (const { slug, provider } of live.slice(0, poolsMax)) this.set({ pool: slug, provider }, readyKeys(slug))
  })
  gauge('requests_in_flight', 'Calls under way.', [], function () {
    this.set(proxy().inFlight)
  })
  gauge('proxy_state', '1 for the state that the proxy is in.', ['state'], function () {
    for (const state of states) this.set({ state }, proxy().state === state ? 1 : 0)
  })
}
