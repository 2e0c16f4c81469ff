/** The providers as a set: their ids, prefixes, hints and prices. */
import { describe, expect, it } from 'vitest'
import { costNanos, findProvider, guessProvider, keyHintOf, providers, type TokenUsage } from '../../src-main/providers/index.ts'
import { authStyle, providerIds } from '../../src-preload/contract/index.ts'

describe('providers', () => {
  it('are there for every id, and nothing else is', () => {
    for (const id of providerIds) expect(findProvider(id)?.id).toBe(id)
    for (const id of ['', 'toString', '__proto__', 'OpenAI']) expect(findProvider(id)).toBeUndefined()
  })

  it('put the key where the contract allows it', () => {
    for (const { auth } of Object.values(providers)) expect(authStyle.parse(auth)).toEqual(auth)
  })

  it('speak https to the world', () => {
    const addresses = Object.values(providers)
      .map(({ baseUrl }) => baseUrl)
      .filter((address) => address !== null)
    expect(addresses.length).toBeGreaterThan(0)
    expect(addresses.filter((address) => new URL(address).protocol !== 'https:')).toEqual([])
  })

  it('check a key for free where that proves something', () => {
    const free = Object.values(providers).filter(({ freeCheck }) => freeCheck !== null)
    const proven = [
      'openai',
      'anthropic',
      'gemini',
      'azure-openai',
      'openrouter',
      'deepseek',
      'mistral',
      'groq',
      'xai',
      'cohere',
      'demo',
    ]
    expect(free.map(({ id }) => id)).toEqual(proven)
    for (const { freeCheck } of free) expect(freeCheck?.path).toMatch(/^\/[\w/.?=-]+$/)
  })
})

describe('prefixes', () => {
  it.each([
    ['sk-ant-api03-abcdefghijklmnopqrst', 'anthropic', 'sk-ant-api03-…qrst'],
    ['sk-ant-abcdefghijklmnopqrst', 'anthropic', 'sk-ant-…qrst'],
    ['sk-proj-abcdefghijklmnopqrst', 'openai', 'sk-proj-…qrst'],
    ['sk-abcdefghijklmnopqrstab12', 'openai', 'sk-…ab12'],
    ['sk-or-v1-abcdefghijklmnopqrst', 'openrouter', 'sk-or-v1-…qrst'],
    ['gsk_abcdefghijklmnopqrst', 'groq', 'gsk_…qrst'],
    ['xai-abcdefghijklmnopqrst', 'xai', 'xai-…qrst'],
    ['nvapi-abcdefghijklmnopqrst', 'openai-compatible', 'nvapi-…qrst'],
    ['AIzaSyabcdefghijklmnopqrst', 'gemini', 'AIza…qrst'],
    ['demo-key-one', 'demo', 'demo-…'],
    ['abcdefghijklmnopqrstuvwx', null, '…uvwx'],
    ['sk-short', 'openai', 'sk-…'],
    ['sk-', null, '…'],
    ['x'.repeat(19), null, '…'],
    ['', null, '…'],
  ])('%s', (secret, provider, hint) => {
    expect([guessProvider(secret), keyHintOf(secret)]).toEqual([provider, hint])
  })
})

const used = (inputTokens: number | null, outputTokens: number | null, more: Partial<TokenUsage> = {}): TokenUsage => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  model: null,
  ...more,
})

describe('costNanos', () => {
  // Prices per million tokens: gpt-4o-mini 0.15 / 0.60 (cached 0.075), claude-sonnet-4-5 3 / 15 (read 0.30, write 3.75), gemini-2.5-flash 0.30 / 2.50.
  it.each([
    ['openai', 'gpt-4o-mini', used(1000, 100), 210_000],
    ['openai', 'gpt-4o-mini', used(500, 100, { cacheReadTokens: 500 }), 172_500],
    ['anthropic', 'claude-sonnet-4-5', used(400, 100, { cacheReadTokens: 500, cacheWriteTokens: 100 }), 3_225_000],
    ['gemini', 'gemini-2.5-flash', used(1000, 100), 550_000],
    ['openai', 'text-embedding-3-small', used(1000, 0), 20_000],
    ['openai', 'gpt-4o-mini', used(1, 0), 150],
    ['azure-openai', 'gpt-4o-mini', used(1000, 100), 210_000],
  ])('%s %s %j = %d', (provider, model, usage, nanos) => {
    expect(costNanos(provider, model, usage)).toBe(nanos)
  })

  it.each([
    ['openai', 'a-model-nobody-knows', used(1000, 100)],
    ['openai', null, used(1000, 100)],
    ['openai', 'gpt-4o-mini', used(null, 100)],
    ['openai', 'gpt-4o-mini', used(1000, null)],
    // Billed by the second, so tokens say nothing.
    ['openai', 'whisper-1', used(1000, 100)],
    ['openai-compatible', 'gpt-4o-mini', used(1000, 100)],
    ['custom', 'gpt-4o-mini', used(1000, 100)],
    ['demo', 'gpt-4o-mini', used(1000, 100)],
    ['toString', 'gpt-4o-mini', used(1000, 100)],
  ])('%s %s %j is unknown', (provider, model, usage) => {
    expect(costNanos(provider, model, usage)).toBeNull()
  })
})
