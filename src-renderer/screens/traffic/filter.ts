/** What Traffic shows, as it stands in the address after `#/traffic?`. Pure. */
import { outcomes, type RequestOutcome, type RequestQuery, type RequestRow } from '../../../src-preload/contract/index.ts'
import { parseRange, type Range, rangeBounds, rangeText } from '../../parts/range.ts'

export interface TrafficFilter {
  /** Null = the range last chosen on any screen. */
  range: Range | null
  /** `failed` = everything but ok. */
  outcome?: RequestOutcome | 'failed'
  pool?: string
  /** The key that served it, or that an attempt was made with; its id. */
  key?: string
  client?: string
  model?: string
  /** As a row names it: a route's model, or `prompts/slug`. */
  route?: string
  /** Whether the answer was a kept one; calls that were not to be kept have neither. */
  cache?: 'hit' | 'miss'
  /** `unknown` = answered, and nobody knows at what cost. */
  cost?: 'known' | 'unknown'
  status?: number
  /** Took at least so many milliseconds in all. */
  minMs?: number
  /** More than one key was tried. */
  retried?: true
  q?: string
}

const textFields = ['pool', 'key', 'client', 'model', 'route', 'q'] as const

/** Sets one field, or takes it out. */
export function withField<Field extends keyof TrafficFilter>(
  filter: TrafficFilter,
  field: Field,
  value: TrafficFilter[Field] | null,
): TrafficFilter {
  const { [field]: _before, ...rest } = filter
  return { range: filter.range, ...rest, ...(value === null ? {} : { [field]: value }) }
}

/** Reads an address; whatever is not understood is left out. */
export function filterFromParams(params: URLSearchParams): TrafficFilter {
  const filter: TrafficFilter = { range: parseRange(params.get('range')) }
  const outcome = (['failed', ...outcomes] as const).find((name) => name === params.get('outcome'))
  if (outcome) filter.outcome = outcome
  for (const field of textFields) {
    const value = params.get(field)
    if (value) filter[field] = value
  }
  const cache = (['hit', 'miss'] as const).find((name) => name === params.get('cache'))
  if (cache) filter.cache = cache
  const cost = (['known', 'unknown'] as const).find((name) => name === params.get('cost'))
  if (cost) filter.cost = cost
  const status = params.get('status') ?? ''
  if (/^[1-9]\d\d$/.test(status)) filter.status = Number(status)
  const minMs = params.get('minMs') ?? ''
  if (/^[1-9]\d{0,8}$/.test(minMs)) filter.minMs = Number(minMs)
  if (params.get('retried') === 'true') filter.retried = true
  return filter
}

/** The same filter as parameters of an address. */
export function paramsFromFilter(filter: TrafficFilter): Record<string, string> {
  const { range, ...rest } = filter
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries([
    ...given.map(([name, value]) => [name, String(value)]),
    ...(range ? [['range', rangeText(range)]] : []),
  ])
}

/** The query for the log, as it stands at `now` (wall ms): its end is fixed too, so that later requests never move what is read. */
export function queryFromFilter(filter: TrafficFilter & { range: Range }, now: number): Omit<RequestQuery, 'limit'> {
  const { range, outcome, ...rest } = filter
  return {
    ...rest,
    ...rangeBounds(range, now),
    ...(outcome === undefined ? {} : outcome === 'failed' ? { failed: true } : { outcome }),
  }
}

/** Whether a request that has just ended belongs into the list: the log's own rules, for one row. */
export function matches(row: RequestRow, filter: TrafficFilter): boolean {
  const { range, outcome, pool, key, client, model, route, cache, cost, status, minMs, retried, q } = filter
  if (range?.kind === 'custom' && (row.at < range.from || row.at >= range.to)) return false
  if (outcome === 'failed' ? row.outcome === 'ok' : outcome !== undefined && row.outcome !== outcome) return false
  if (pool !== undefined && row.pool !== pool) return false
  if (route !== undefined && row.route !== route) return false
  if (cache !== undefined && row.cache !== cache) return false
  if (cost === 'known' && row.costNanos === null) return false
  if (cost === 'unknown' && (row.costNanos !== null || row.outcome !== 'ok')) return false
  if (client !== undefined && row.clientId !== client) return false
  if (status !== undefined && row.status !== status) return false
  if (minMs !== undefined && row.msTotal < minMs) return false
  if (retried && row.attempts.length < 2) return false
  if (key !== undefined && row.keyId !== key && !row.attempts.some((attempt) => attempt.keyId === key)) return false
  if (model !== undefined && row.modelAsked !== model && row.modelServed !== model) return false
  return q === undefined || [row.path, row.modelAsked, row.modelServed, row.errorCode].some((text) => includes(text, q))
}

function includes(text: string | null, part: string): boolean {
  return text !== null && text.toLowerCase().includes(part.toLowerCase())
}
