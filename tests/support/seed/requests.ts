/** Requests that look like a month of a busy team: the same ones for the same numbers. */
import type { Attempt, RequestOutcome, RequestRow } from '../../../src-preload/contract/index.ts'

/** Who may appear in them. Keys by pool. */
export interface Cast {
  pools: readonly {
    slug: string
    keys: readonly { id: string; label: string }[]
    /** Those asked for there; without, of several providers. */
    models?: readonly string[]
  }[]
  clients: readonly { id: string; name: string }[]
}

const models = [
  'gpt-4o',
  'gpt-4o-mini',
  'o3-mini',
  'gpt-5',
  'gpt-5-mini',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
  'gemini-2.5-pro',
]
/** How calls end, one in so many; the rest is ok. */
const failures: readonly { every: number; outcome: RequestOutcome; status: number | null; code: string }[] = [
  { every: 40, outcome: 'rate-short', status: 429, code: 'RATE_LIMITED' },
  { every: 90, outcome: 'overloaded', status: 503, code: 'UPSTREAM_FAILED' },
  { every: 150, outcome: 'request-bad', status: 400, code: 'invalid_request_error' },
  { every: 700, outcome: 'network', status: 502, code: 'ECONNRESET' },
  { every: 2500, outcome: 'aborted', status: null, code: 'CLIENT_CLOSED' },
  { every: 4000, outcome: 'no-credit', status: 402, code: 'insufficient_quota' },
]
/** One call in so many needs a second key. */
const retriedEvery = 16

/** An even number from 0 to 1 for each pair of whole numbers (a mix by multiplication, as in splitmix32). */
function chance(index: number, salt: number): number {
  let mixed = (index + salt * 0x9e3779b9) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

/** Few get much, many get little. */
function skewed<Item>(items: readonly Item[], share: number): Item {
  const item = items[Math.floor(share * share * items.length)]
  if (item === undefined) throw new Error('nobody is there to choose from')
  return item
}

/** Request number `index` (whole, from 0), at wall ms `at`. */
export function seededRequest(index: number, at: number, cast: Cast): RequestRow {
  const pool = skewed(cast.pools, chance(index, 1))
  const client = skewed(cast.clients, chance(index, 2))
  const model = skewed(pool.models ?? models, chance(index, 3))
  const key = skewed(pool.keys, chance(index, 4))
  const failure = failures.find(({ every }, which) => chance(index, 10 + which) * every < 1)
  const msTotal = Math.round(120 * Math.exp(4.6 * chance(index, 5) * chance(index, 6)))
  const last: Attempt = {
    keyId: key.id,
    keyLabel: key.label,
    outcome: failure?.outcome ?? 'ok',
    status: failure ? failure.status : 200,
    ms: msTotal,
    message: failure?.code ?? null,
  }
  const other = skewed(pool.keys, chance(index, 7))
  const isRetried = chance(index, 8) * retriedEvery < 1
  const before: Attempt = { ...last, keyId: other.id, keyLabel: other.label, outcome: 'rate-short', status: 429, ms: 80 }
  const input = Math.round(200 + 4000 * chance(index, 9) ** 3)
  const output = failure ? null : Math.round(40 + 900 * chance(index, 20) ** 2)
  return {
    id: `seed-${index.toString(36).padStart(6, '0')}`,
    at,
    clientId: client.id,
    clientName: client.name,
    pool: pool.slug,
    keyId: key.id,
    keyLabel: key.label,
    lane: 'interactive',
    estimatedTokens: null,
    credits: null,
    chosenBy: 'round_robin',
    method: 'POST',
    path: '/v1/chat/completions',
    modelAsked: model,
    modelServed: model,
    status: failure ? failure.status : 200,
    outcome: failure?.outcome ?? 'ok',
    attempts: isRetried ? [before, last] : [last],
    streamed: index % 2 === 0,
    msQueued: 0.2,
    msFirstByte: failure ? null : Math.round(msTotal / 2),
    msTotal,
    bytesIn: input * 4,
    bytesOut: (output ?? 20) * 4,
    inputTokens: failure ? null : input,
    outputTokens: output,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanos: failure || model === 'gpt-5-mini' ? null : input * 2500 + (output ?? 0) * 10_000,
    priceVersion: 'genai-prices 0.1.8',
    route: chance(index, 21) < 0.05 ? 'best' : null,
    clientFormat: null,
    upstreamFormat: null,
    dropped: [],
    cache: null,
    errorCode: failure?.code ?? null,
  }
}
