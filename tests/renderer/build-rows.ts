/** Rows as the log gives them, for tests of what the screens make of them. */
import type { Pool, RequestRow, SeriesPoint } from '../../src-preload/contract/index.ts'
import { poolConfig } from '../../src-preload/contract/pool.ts'

export function requestRow(change: Partial<RequestRow> = {}): RequestRow {
  return {
    id: 'r1',
    at: Date.UTC(2026, 0, 2, 3, 4, 5),
    clientId: 'c1',
    clientName: 'laptop',
    pool: 'main',
    keyId: 'k1',
    keyLabel: 'first',
    lane: 'interactive',
    estimatedTokens: null,
    chosenBy: 'round_robin',
    method: 'POST',
    path: '/v1/chat/completions',
    modelAsked: 'gpt-5-mini',
    modelServed: 'gpt-5-mini',
    status: 200,
    outcome: 'ok',
    attempts: [],
    streamed: false,
    msQueued: 0,
    msFirstByte: 12,
    msTotal: 34,
    bytesIn: 10,
    bytesOut: 20,
    inputTokens: 5,
    outputTokens: 7,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanos: null,
    credits: null,
    priceVersion: null,
    route: null,
    clientFormat: null,
    upstreamFormat: null,
    dropped: [],
    cache: null,
    errorCode: null,
    ...change,
  }
}

export function seriesPoint(at: number, byOutcome: SeriesPoint['byOutcome']): SeriesPoint {
  const requests = Object.values(byOutcome).reduce((sum, count) => sum + count, 0)
  const ok = byOutcome.ok ?? 0
  return {
    at,
    requests,
    ok,
    failed: requests - ok,
    byOutcome,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    costNanos: null,
    costUnknown: 0,
    p50Ms: null,
    p95Ms: null,
  }
}

export function pool(change: Partial<Pool> = {}): Pool {
  return {
    slug: 'main',
    name: 'Main',
    alias: null,
    state: 'published',
    successor: null,
    provider: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    auth: { in: 'header', name: 'authorization', format: 'Bearer {key}' },
    strategy: 'round_robin',
    config: poolConfig.parse({}),
    keys: { total: 2, ready: 2, cooling: 0, exhausted: 0, invalid: 0, disabled: 0, unchecked: 0 },
    accounts: 2,
    untrustedKeys: 0,
    createdAt: 0,
    updatedAt: 0,
    ...change,
  }
}
