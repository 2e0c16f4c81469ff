/** The providers as a set: their ids, prefixes and hints. */
import { describe, expect, it } from 'vitest'
import { findProvider, guessProvider, keyHintOf, providers } from '../../src-main/providers/index.ts'
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

  it.each([
    ['sk-0123456789', 'DEEPSEEK_API_KEY', 'deepseek'],
    ['sk-0123456789', 'deepseek', 'openai'],
    ['0123456789', 'MISTRAL_API_KEY_2', 'mistral'],
    ['0123456789', 'MY_KEY', null],
    ['sk-or-v1-0123456789', 'OPENAI_API_KEY', 'openrouter'],
    ['0123456789', 'DEMO_KEY', null],
  ])('%s named %s', (secret, name, provider) => {
    expect(guessProvider(secret, name)).toBe(provider)
  })
})
