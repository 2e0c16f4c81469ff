/** What a monitoring system is told: Prometheus' text, from what the bus says and from how things stand. No keys, clients or models in it. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ProxyStatus, RequestRow } from '../../../src-preload/contract/index.ts'
import type { ProxyDeps } from '../../proxy/types.ts'
import type { Catalog } from '../catalog.ts'
import { addProcessMetrics } from './process.ts'

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
  const others = new Map<string, Place>()
  const nowhere = { pool: 'none', provider: 'none' }
  const otherOf = (provider: string) => {
    const place = others.get(provider) ?? { pool: 'other', provider }
    others.set(provider, place)
    return place
  }
  return (slug) => {
    const provider = catalog.pools.get(slug)?.provider
    const known = seen.get(slug)
    if (known !== undefined && (provider === undefined || provider === known.provider)) return known
    if (provider === undefined) return nowhere
    if (known === undefined && seen.size >= poolsMax) return otherOf(provider)
    const place = { pool: slug, provider }
    seen.set(slug, place)
    return place
  }
}

type Counters = ReturnType<typeof requestMetrics>

function requestMetrics(register: Registry) {
  const registers = [register]
  const counter = (name: string, help: string, ...labels: string[]) => {
    const tally = createTally(labels, (values, value) => made.inc(values, value))
    const collect = () => tally.settle()
    const made = new Counter({ name: `keywheel_${name}`, help, labelNames: [...where, ...labels], registers, collect })
    return tally
  }
  const histogram = (name: string, help: string) => {
    const times = createTimes((place, value) => made.observe({ ...place }, value))
    const collect = () => times.settle()
    const made = new Histogram({ name: `keywheel_${name}`, help, labelNames: [...where], buckets: seconds, registers, collect })
    return times
  }
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

interface Tally {
  /** `values` of the labels after the place's, with a space between two. */
  add(place: Place, values: string, more: number): void
  settle(): void
}

/** What came since a counter was read last. Calls are many and readings few, and telling a counter takes as long as fifty additions. */
function createTally(labels: readonly string[], tell: (labels: Record<string, string>, more: number) => void): Tally {
  const places = new Map<Place, Map<string, number>>()
  return {
    add(place, values, more) {
      const known = places.get(place)
      if (known) known.set(values, (known.get(values) ?? 0) + more)
      else places.set(place, new Map([[values, more]]))
    },
    settle() {
      for (const [place, sums] of places) {
        for (const [values, more] of sums) {
          const said = values.split(' ')
          tell({ ...place, ...Object.fromEntries(labels.map((label, at) => [label, said[at] ?? ''])) }, more)
        }
      }
      places.clear()
    },
  }
}

interface Times {
  add(place: Place, seconds: number): void
  settle(): void
}

const timesMax = 500

/** Times that the histogram is told of together, when it is read or when they are many: one by one each of them takes four times as long. */
function createTimes(tell: (place: Place, seconds: number) => void): Times {
  const places: Place[] = []
  const times: number[] = []
  const settle = () => {
    for (const [at, place] of places.entries()) tell(place, times[at] ?? 0)
    places.length = 0
    times.length = 0
  }
  return {
    add(place, time) {
      places.push(place)
      times.push(time)
      if (times.length >= timesMax) settle()
    },
    settle,
  }
}

function count(counters: Counters, row: RequestRow, placeOf: (slug: string) => Place): void {
  const place = placeOf(row.pool)
  counters.requests.add(place, `${row.outcome} ${statusClass(row.status)}`, 1)
  for (const { pool, outcome } of row.attempts) counters.attempts.add(placeOf(pool ?? row.pool), outcome, 1)
  const tokens = (kind: string, more: number | null) => more !== null && counters.tokens.add(place, kind, more)
  tokens('input', row.inputTokens)
  tokens('output', row.outputTokens)
  tokens('cache_read', row.cacheReadTokens)
  tokens('cache_write', row.cacheWriteTokens)
  tokens('reasoning', row.reasoningTokens)
  if (row.costNanos !== null) counters.cost.add(place, '', row.costNanos / 1e9)
  else if (row.inputTokens !== null || row.outputTokens !== null) counters.costUnknown.add(place, '', 1)
  if (row.cache !== null) counters.cached.add(place, row.cache, 1)
  counters.duration.add(place, row.msTotal / 1000)
  if (row.msFirstByte !== null) counters.firstByte.add(place, row.msFirstByte / 1000)
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
