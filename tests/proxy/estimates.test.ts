/** What is reserved before a call, and what counts as used after it. */
import { describe, expect, test } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import type { RequestFacts, TokenUsage } from '../../src-main/providers/types.ts'
import { portableRest } from '../../src-main/proxy/admit/target.ts'
import { createAccountWatch } from '../../src-main/proxy/attempt/account-watch.ts'
import { createEstimates, usedBy } from '../../src-main/proxy/attempt/estimates.ts'
import { callOptions } from '../../src-main/proxy/plan/call-options.ts'
import type { ProxyPool } from '../../src-main/proxy/types.ts'
import { poolConfig } from '../../src-preload/contract/index.ts'

const pool = (provider: keyof typeof providers): ProxyPool => ({
  slug: 'main',
  state: 'published',
  successor: null,
  provider: providers[provider],
  baseUrl: new URL('http://127.0.0.1/v1'),
  auth: providers[provider].auth,
  sticky: false,
  config: poolConfig.parse({}),
})
const facts = (inputTokens: number, outputTokens: number, model: string | null = 'm'): RequestFacts => ({
  model,
  stream: false,
  inputTokens,
  outputTokens,
})
const usage = (counts: Partial<TokenUsage>): TokenUsage => ({
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  model: null,
  ...counts,
})
/** 2 per input and 10 per output token. */
const price = (_: string, __: string | null, used: TokenUsage) => ({
  nanos: (used.inputTokens ?? 0) * 2 + (used.outputTokens ?? 0) * 10,
  version: 'test',
})

const clock = { mono: () => 0 }

describe('an estimate', () => {
  test('is the maximum that the request allows, where the provider counts that', () => {
    const estimates = createEstimates(price, clock)
    expect(estimates.of(pool('openai'), facts(100, 4000))).toEqual({
      cost: { input: 100, output: 4000, nanos: 40_200 },
      least: { input: 100, output: 512, nanos: 5320 },
    })
    expect(estimates.of(pool('openai'), facts(100, 20))?.cost.output).toBe(20)
  })

  test('is what answers usually have, but no more than the maximum, where the provider counts output as it comes', () => {
    const estimates = createEstimates(price, clock)
    expect(estimates.of(pool('anthropic'), facts(100, 32_000))?.cost.output).toBe(512)
    estimates.learn('main', 'm', 90)
    expect(estimates.of(pool('anthropic'), facts(100, 32_000))?.cost.output).toBe(90)
    expect(estimates.of(pool('anthropic'), facts(100, 50))?.cost.output).toBe(50)
    for (let i = 0; i < 50; i++) estimates.learn('main', 'm', 200)
    expect(estimates.of(pool('anthropic'), facts(100, 32_000))?.cost.output).toBe(200)
    expect(estimates.of(pool('anthropic'), facts(100, 32_000, 'other'))?.cost.output).toBe(512)
  })

  test('without a maximum is a guess, and asks for the input alone when the guess is too much', () => {
    const estimates = createEstimates(price, clock)
    expect(estimates.of(pool('openai'), facts(100, 0))).toEqual({
      cost: { input: 100, output: 512, nanos: 5320 },
      least: { input: 100, output: 0, nanos: 200 },
    })
  })

  test('of a call without a model or body is nothing but the call', () => {
    const estimates = createEstimates(price, clock)
    expect(estimates.of(pool('openai'), facts(0, 0, null))).toBeUndefined()
    expect(estimates.of(pool('openai'), facts(70, 0, null))?.cost).toEqual({ input: 70, output: 0, nanos: 0 })
  })

  test('is priced at nothing where the price is unknown, and asks for a price now and then', () => {
    let asked = 0
    let nanos: number | null = null
    const later = { at: 0, mono: () => later.at }
    const estimates = createEstimates(() => {
      asked++
      return nanos === null ? null : { nanos, version: 'test' }
    }, later)
    for (let i = 0; i < 5; i++) expect(estimates.of(pool('openai'), facts(100, 10))?.cost.nanos).toBe(0)
    expect(asked).toBe(2)
    // A price that was given since then.
    nanos = 3000
    later.at += 60_000
    expect(estimates.of(pool('openai'), facts(100, 10))?.cost.nanos).toBe(330)
  })

  test('is kept for so many models and no more', () => {
    const estimates = createEstimates(price, clock)
    estimates.learn('main', 'first', 7)
    for (let i = 0; i < 1000; i++) estimates.learn('main', `m${i}`, 9)
    expect(estimates.of(pool('openai'), facts(1, 0, 'first'))?.cost.output).toBe(512)
    expect(estimates.of(pool('openai'), facts(1, 0, 'm999'))?.cost.output).toBe(9)
  })
})

test('cached input counts where the limits of the provider count it', () => {
  const used = usage({ inputTokens: 10, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 20 })
  expect(usedBy('openai', used, null)).toEqual({ input: 130, output: 5 })
  expect(usedBy('anthropic', used, 7)).toEqual({ input: 30, output: 5, nanos: 7 })
  expect(usedBy('groq', used, null)).toEqual({ input: 30, output: 5 })
  expect(usedBy('openai', usage({}), null)).toEqual({})
})

test('an account is told once, and again when it changes', () => {
  const told: string[] = []
  const watch = createAccountWatch((key, account) => told.push(`${key} ${account}`))
  watch.saw('a', null)
  watch.saw('a', 'org-1')
  watch.saw('a', 'org-1')
  watch.saw('b', 'org-1')
  watch.saw('a', null)
  watch.saw('a', 'org-2')
  expect(told).toEqual(['a org-1', 'b org-1', 'a org-2'])
})

test('what a client says of a call: lane and session, else its own lane and none', () => {
  const client = { id: 'c', name: 'C', pools: null, models: null, lane: 'background' as const }
  expect(callOptions([], client)).toEqual({ lane: 'background' })
  expect(callOptions(['X-Keywheel-Lane', 'interactive', 'X-Keywheel-Session', ' s1 '], client)).toEqual({
    lane: 'interactive',
    session: 'c/s1',
  })
  expect(callOptions(['x-keywheel-lane', 'fast'], client)).toMatchObject({ status: 400, code: 'BAD_LANE' })
  expect(callOptions(['x-keywheel-session', 'x'.repeat(201)], client)).toMatchObject({ status: 400, code: 'BAD_SESSION' })
})

test.each([
  ['https://a.example/v1', 'https://b.example/openai/v1', '/chat/completions', '/chat/completions'],
  ['https://a.example/v1', 'https://b.example/openai/v1', '/v1/chat/completions', '/chat/completions'],
  ['https://a.example/v1', 'https://b.example/paas/v4', '/v1/chat/completions', '/chat/completions'],
  ['https://a.example', 'https://b.example/v1', '/v1/chat/completions', '/chat/completions'],
  ['https://a.example/v1', 'https://b.example', '/chat/completions', '/v1/chat/completions'],
  ['https://a.example/v1beta', 'https://b.example', '/v1/models/m:generateContent', '/v1beta/models/m:generateContent'],
  ['https://a.example', 'https://b.example', '/chat/completions', '/chat/completions'],
  ['https://a.example/v1', 'https://b.example/v1', '/v1', ''],
])('from %s to %s, %s is %s', (from, to, rest, there) => {
  expect(portableRest({ baseUrl: new URL(from) }, { baseUrl: new URL(to) }, rest)).toBe(there)
})
