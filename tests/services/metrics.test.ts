/** What Prometheus reads: numbers that add up, under labels that stay few. */
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../src-main/services/metrics/metrics.ts'
import type { PoolRow } from '../../src-main/storage/types.ts'
import { outcomes, type ProxyStatus, type RequestRow } from '../../src-preload/contract/index.ts'
import { request } from '../storage/fixtures.ts'

const poolRow = (slug: string, provider: string, deletedAt: number | null = null) => ({ slug, provider, deletedAt }) as PoolRow

const row = (more: Partial<RequestRow> = {}): RequestRow =>
  request({
    clientId: 'client-secret-id',
    clientName: 'client-name',
    keyId: 'key-id',
    keyLabel: 'key-label',
    path: '/some/path',
    modelAsked: 'model-asked',
    modelServed: 'model-served',
    attempts: [],
    msFirstByte: 120,
    msTotal: 900,
    inputTokens: null,
    outputTokens: null,
    costNanos: null,
    ...more,
  })

function attempt(outcome: RequestRow['outcome'], pool?: string): RequestRow['attempts'][number] {
  return { keyId: 'key-id', keyLabel: 'key-label', outcome, status: 429, ms: 1, message: 'said', ...(pool ? { pool } : {}) }
}

function rig(pools: PoolRow[] = [poolRow('main', 'openai'), poolRow('spare', 'gemini')]) {
  const map = new Map(pools.map((pool) => [pool.slug, pool]))
  const proxy: Pick<ProxyStatus, 'state' | 'inFlight'> = { state: 'on', inFlight: 3 }
  const metrics = createMetrics({ catalog: { pools: map }, readyKeys: (slug) => slug.length, proxy: () => proxy })
  const lines = async (name: string) => {
    const { text } = await metrics.read()
    return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  }
  return { ...metrics, lines, map, proxy }
}

describe('metrics', () => {
  it('count calls by pool, provider, outcome and class of status, and every try where it went', async () => {
    const { requestFinished, lines } = rig()
    requestFinished(row({ attempts: [attempt('rate-short'), attempt('ok', 'spare')] }))
    requestFinished(row({ status: 201 }))
    requestFinished(row({ status: 503, outcome: 'no-key' }))
    requestFinished(row({ status: null, outcome: 'aborted' }))
    expect(await lines('keywheel_requests_total')).toEqual([
      'keywheel_requests_total{pool="main",provider="openai",outcome="ok",status="2xx"} 2',
      'keywheel_requests_total{pool="main",provider="openai",outcome="no-key",status="5xx"} 1',
      'keywheel_requests_total{pool="main",provider="openai",outcome="aborted",status="none"} 1',
    ])
    expect(await lines('keywheel_attempts_total')).toEqual([
      'keywheel_attempts_total{pool="main",provider="openai",outcome="rate-short"} 1',
      'keywheel_attempts_total{pool="spare",provider="gemini",outcome="ok"} 1',
    ])
  })

  it('add up tokens and cost to the last one, and an unknown cost is none', async () => {
    const { requestFinished, lines } = rig()
    const used = { inputTokens: 1000, outputTokens: 50, cacheReadTokens: 7, cacheWriteTokens: 5, reasoningTokens: 20 }
    requestFinished(row({ ...used, costNanos: 1_500_000_000 }))
    requestFinished(row({ inputTokens: 1, outputTokens: 0, costNanos: null }))
    requestFinished(row({ costNanos: 250_000_000 }))
    requestFinished(row())
    const place = 'pool="main",provider="openai"'
    expect(await lines('keywheel_tokens_total')).toEqual([
      `keywheel_tokens_total{${place},kind="input"} 1001`,
      `keywheel_tokens_total{${place},kind="output"} 50`,
      `keywheel_tokens_total{${place},kind="cache_read"} 7`,
      `keywheel_tokens_total{${place},kind="cache_write"} 5`,
      `keywheel_tokens_total{${place},kind="reasoning"} 20`,
    ])
    expect(await lines('keywheel_cost_dollars_total')).toEqual([`keywheel_cost_dollars_total{${place}} 1.75`])
    expect(await lines('keywheel_cost_unknown_total')).toEqual([`keywheel_cost_unknown_total{${place}} 1`])
  })

  it('put times into buckets, and what never answered into none', async () => {
    const { requestFinished, lines } = rig()
    requestFinished(row({ msTotal: 900, msFirstByte: 120 }))
    requestFinished(row({ msTotal: 700_000, msFirstByte: null }))
    const place = 'pool="main",provider="openai"'
    expect(await lines('keywheel_request_duration_seconds_sum')).toEqual([
      `keywheel_request_duration_seconds_sum{${place}} 700.9`,
    ])
    expect(await lines('keywheel_first_byte_seconds_count')).toEqual([`keywheel_first_byte_seconds_count{${place}} 1`])
    const buckets = await lines('keywheel_request_duration_seconds_bucket')
    expect(buckets).toContain(`keywheel_request_duration_seconds_bucket{le="1",${place}} 1`)
    expect(buckets).toContain(`keywheel_request_duration_seconds_bucket{le="+Inf",${place}} 2`)
  })

  it('say how things stand when they are asked', async () => {
    const { lines, map, proxy } = rig([poolRow('main', 'openai'), poolRow('trash', 'openai', 1)])
    expect(await lines('keywheel_keys_ready')).toEqual(['keywheel_keys_ready{pool="main",provider="openai"} 4'])
    expect(await lines('keywheel_requests_in_flight')).toEqual(['keywheel_requests_in_flight 3'])
    expect(await lines('keywheel_proxy_state')).toContain('keywheel_proxy_state{state="on"} 1')
    map.set('more', poolRow('more', 'xai'))
    map.delete('main')
    Object.assign(proxy, { state: 'degraded', inFlight: 0 })
    expect(await lines('keywheel_keys_ready')).toEqual(['keywheel_keys_ready{pool="more",provider="xai"} 4'])
    expect((await lines('keywheel_proxy_state')).filter((line) => line.endsWith(' 1'))).toEqual([
      'keywheel_proxy_state{state="degraded"} 1',
    ])
    expect(await lines('keywheel_requests_in_flight')).toEqual(['keywheel_requests_in_flight 0'])
  })

  it('name no key, client, model or path, and stay few however many of them there are', async () => {
    const { requestFinished, read, map } = rig([])
    for (let i = 0; i < 3000; i++) {
      map.set(`p${i}`, poolRow(`p${i}`, 'openai'))
      requestFinished(row({ pool: `p${i}`, modelAsked: `m${i}`, clientName: `c${i}`, status: 200 }))
      requestFinished(row({ pool: `unknown${i}` }))
      map.delete(`p${i}`)
    }
    const { text, contentType } = await read()
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/)
    for (const word of ['key-id', 'key-label', 'client-', 'model-', 'm2', '/some/path', 'unknown1'])
      expect(text).not.toContain(word)
    const requests = text.split('\n').filter((line) => line.startsWith('keywheel_requests_total{'))
    expect(requests).toHaveLength(1002)
    expect(requests).toContain('keywheel_requests_total{pool="other",provider="openai",outcome="ok",status="2xx"} 2000')
    expect(requests).toContain('keywheel_requests_total{pool="none",provider="none",outcome="ok",status="2xx"} 3000')
  })

  it('know every outcome there is', async () => {
    const { requestFinished, lines } = rig()
    for (const outcome of outcomes) requestFinished(row({ outcome }))
    expect(await lines('keywheel_requests_total')).toHaveLength(outcomes.length)
  })

  it('tell of the process, and belong to one application alone', async () => {
    const [one, other] = [rig(), rig()]
    one.requestFinished(row())
    expect(await other.lines('keywheel_requests_total')).toEqual([])
    expect(Number((await one.lines('process_resident_memory_bytes'))[0]?.split(' ')[1])).toBeGreaterThan(1e6)
    expect(Number((await one.lines('process_cpu_seconds_total'))[0]?.split(' ')[1])).toBeGreaterThan(0)
    expect(await one.lines('nodejs_eventloop_utilization')).toHaveLength(1)
  })

  it('are text that keeps to the format: each name described once, each line a number', async () => {
    const { requestFinished, read } = rig([poolRow('main', 'openai')])
    requestFinished(row())
    const { text } = await read()
    const described = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map(([, name]) => name)
    expect(new Set(described).size).toBe(described.length)
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of samples) expect(line).toMatch(/^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [\d.e+-]+$/)
  })
})
