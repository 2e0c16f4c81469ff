/** What calls cost: by the table, by the user's own prices, by the provider's own word. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createPricing, type TokenUsage } from '../../src-main/providers/index.ts'
import { type PriceRule, settingsSchema } from '../../src-preload/contract/index.ts'

const used = (inputTokens: number | null, outputTokens: number | null, more: Partial<TokenUsage> = {}): TokenUsage => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  model: null,
  ...more,
})

const noRules: readonly PriceRule[] = []
const table = createPricing(() => noRules)

/** Prices as the settings take them. */
const pricing = (...prices: object[]) => {
  const rules = settingsSchema.parse({ prices }).prices
  return createPricing(() => rules)
}

describe('the table', () => {
  // Prices per million tokens: gpt-4o-mini 0.15 / 0.60 (cached 0.075), claude-sonnet-4-5 3 / 15 (read 0.30, write 3.75, for an
  // hour 6), gemini-2.5-flash 0.30 / 2.50, gpt-4 30 / 60, gemini-2.5-pro 1.25 / 10 and above 200,000 tokens 2.50 / 15.
  it.each([
    ['openai', 'gpt-4o-mini', used(1000, 100), 210_000],
    ['openai', 'gpt-4o-mini', used(500, 100, { cacheReadTokens: 500 }), 172_500],
    ['anthropic', 'claude-sonnet-4-5', used(400, 100, { cacheReadTokens: 500, cacheWriteTokens: 100 }), 3_225_000],
    [
      'anthropic',
      'claude-sonnet-4-5',
      used(400, 100, { cacheReadTokens: 500, cacheWriteTokens: 100, cacheWriteHourTokens: 60 }),
      3_360_000,
    ],
    ['openai', 'gpt-4', used(500, 100, { cacheReadTokens: 500 }), 36_000_000],
    ['openai', 'gpt-4o-mini', used(500, 100, { cacheWriteTokens: 500, cacheWriteHourTokens: 999 }), 210_000],
    ['gemini', 'gemini-2.5-flash', used(1000, 100), 550_000],
    ['gemini', 'gemini-2.5-pro', used(100_000, 10), 125_100_000],
    ['gemini', 'gemini-2.5-pro', used(300_000, 10), 750_150_000],
    ['openai', 'text-embedding-3-small', used(1000, 0), 20_000],
    ['openai', 'gpt-4o-mini', used(1, 0), 150],
    ['azure-openai', 'gpt-4o-mini', used(1000, 100), 210_000],
    // A call that used nothing of what has a price cost nothing: that is known.
    ['openai', 'gpt-4o-mini', used(0, 0), 0],
  ])('%s %s %j = %d', (provider, model, usage, nanos) => {
    // The second time it comes from memory.
    for (const cost of [table(provider, model, usage), table(provider, model, usage)])
      expect(cost).toEqual({ nanos, version: expect.stringMatching(/^genai-prices \d+\.\d+\.\d+$/) })
  })

  it.each([
    ['openai', 'a-model-nobody-knows', used(1000, 100)],
    ['openai', null, used(1000, 100)],
    ['openai', 'gpt-4o-mini', used(null, 100)],
    ['openai', 'gpt-4o-mini', used(1000, null)],
    // Billed by the second, so tokens say nothing.
    ['openai', 'whisper-1', used(1000, 100)],
    // Free for now is not free for ever.
    ['openrouter', 'deepcoder-14b-preview:free', used(1000, 100)],
    ['openai-compatible', 'gpt-4o-mini', used(1000, 100)],
    ['custom', 'gpt-4o-mini', used(1000, 100)],
    ['demo', 'gpt-4o-mini', used(1000, 100)],
    ['toString', 'gpt-4o-mini', used(1000, 100)],
  ])('%s %s %j is unknown', (provider, model, usage) => {
    expect(table(provider, model, usage)).toBeNull()
  })

  it('is named by the version of the package it is in', () => {
    const manifest = readFileSync(new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(manifest) as { version: string }
    expect(table('openai', 'gpt-4o-mini', used(1, 1))?.version).toBe(`genai-prices ${version}`)
  })

  it('survives any number of made-up models', () => {
    for (let n = 0; n < 5000; n += 1) expect(table('openai', `made-up-${n}`, used(1, 1))).toBeNull()
    expect(table('openai', 'gpt-4o-mini', used(1, 0))?.nanos).toBe(150)
  })
})

describe("the user's own prices", () => {
  it.each<[string, object, string, string | null, TokenUsage, number | null]>([
    ['go before the table', { model: 'gpt-4o-mini', input: 1, output: 2 }, 'openai', 'gpt-4o-mini', used(1000, 100), 1_200_000],
    ['price what no table knows', { model: '*', input: 1, output: 2 }, 'custom', 'local', used(1000, 100), 1_200_000],
    ['by prefix', { model: 'llama-*', input: 1, output: 2 }, 'custom', 'llama-3', used(1000, 0), 1_000_000],
    ['by prefix, not by part', { model: 'llama-*', input: 1, output: 2 }, 'custom', 'my-llama-3', used(1000, 0), null],
    ['by name, not by prefix', { model: 'llama', input: 1, output: 2 }, 'custom', 'llama-3', used(1000, 0), null],
    ['of an unknown model', { model: '*', input: 1, output: 2 }, 'custom', null, used(1000, 0), 1_000_000],
    ['of a named model only', { model: 'a*', input: 1, output: 2 }, 'custom', null, used(1000, 0), null],
    [
      'with cached tokens as input',
      { model: '*', input: 1, output: 2 },
      'custom',
      'm',
      used(100, 10, { cacheReadTokens: 200, cacheWriteTokens: 300 }),
      620_000,
    ],
    [
      'with prices of their own for cached tokens',
      { model: '*', input: 1, output: 2, cacheRead: 0.1, cacheWrite: 2 },
      'custom',
      'm',
      used(100, 10, { cacheReadTokens: 200, cacheWriteTokens: 300 }),
      740_000,
    ],
    ['0 is a real price', { model: '*', input: 0, output: 0 }, 'openai', 'gpt-4o-mini', used(1000, 100), 0],
    ['0 needs no counts', { model: '*', input: 0, output: 0 }, 'openai', 'gpt-4o-mini', used(null, null), 0],
    ['one of them does', { model: '*', input: 0, output: 1 }, 'openai', 'gpt-4o-mini', used(1000, null), null],
    [
      'a cached token may be free',
      { model: '*', input: 1, output: 1, cacheRead: 0 },
      'custom',
      'm',
      used(0, 0, { cacheReadTokens: 9 }),
      0,
    ],
  ])('%s', (_, rule, provider, model, usage, nanos) => {
    expect(pricing({ provider: '*', ...rule })(provider, model, usage)).toEqual(nanos === null ? null : { nanos, version: 'own' })
  })

  it('are taken in their order, each for its provider', () => {
    const cost = pricing(
      { provider: 'openai', model: 'gpt-4o*', input: 1, output: 1 },
      { provider: 'openai', model: 'gpt-4o-mini', input: 2, output: 2 },
      { provider: '*', model: 'gpt-4o-mini', input: 3, output: 3 },
    )
    const million = used(1_000_000, 0)
    expect(cost('openai', 'gpt-4o-mini', million)).toEqual({ nanos: 1e9, version: 'own' })
    expect(cost('azure-openai', 'gpt-4o-mini', million)).toEqual({ nanos: 3e9, version: 'own' })
    expect(cost('gemini', 'gemini-2.5-flash', million)?.version).toMatch(/^genai-prices/)
  })

  it('count from the next call on when they change', () => {
    const rules = (input: number) => settingsSchema.parse({ prices: [{ provider: '*', model: 'm', input, output: 0 }] }).prices
    let now = rules(1)
    const cost = createPricing(() => now)
    expect(cost('custom', 'm', used(1000, 0))?.nanos).toBe(1_000_000)
    now = rules(2)
    expect(cost('custom', 'm', used(1000, 0))?.nanos).toBe(2_000_000)
    now = []
    expect(cost('custom', 'm', used(1000, 0))).toBeNull()
  })
})

describe("OpenRouter's own word for what it charged", () => {
  const usage = used(1000, 100, { chargedUsd: 0.001234 })
  it('goes before the table, and after the own price', () => {
    expect(table('openrouter', 'openai/gpt-4o-mini', usage)).toEqual({ nanos: 1_234_000, version: 'charged' })
    const own = pricing({ provider: '*', model: '*', input: 1, output: 0 })
    expect(own('openrouter', 'openai/gpt-4o-mini', usage)).toEqual({ nanos: 1_000_000, version: 'own' })
  })

  it('may be 0, and needs no model', () => {
    expect(table('openrouter', null, { ...usage, chargedUsd: 0 })).toEqual({ nanos: 0, version: 'charged' })
  })

  it('means dollars with nobody else', () => {
    expect(table('openai-compatible', 'gpt-4o-mini', usage)).toBeNull()
    expect(table('openai', 'gpt-4o-mini', usage)?.nanos).toBe(210_000)
  })
})
