/** Limit tables to start from. */
import { describe, expect, it } from 'vitest'
import { nameOf } from '../../src-main/pool/window-name.ts'
import { providers } from '../../src-main/providers/index.ts'

const presets = Object.values(providers).flatMap((provider) => provider.presets.map((preset) => ({ provider, preset })))

const figures = (id: 'gemini' | 'openrouter' | 'cohere', presetId: string, model: string) =>
  providers[id].presets
    .find((preset) => preset.id === presetId)
    ?.limits[model]?.map(({ unit, window, amount }) => `${amount} ${unit} ${nameOf(window)}`)

const day = 'day:America/Los_Angeles'

describe("Gemini's free tier", () => {
  it.each<[preset: string, model: string, limits: string[]]>([
    ['free', 'gemini-3.1-flash-lite', ['15 requests slide:60000', '250000 input slide:60000', `500 requests ${day}`]],
    ['free', 'gemini-3-flash', ['5 requests slide:60000', '250000 input slide:60000', `20 requests ${day}`]],
    ['free', 'gemini-3-flash-preview*', ['5 requests slide:60000', '250000 input slide:60000', `20 requests ${day}`]],
    ['free', 'gemma-3-27b-it', ['30 requests slide:60000', '15000 input slide:60000', `14400 requests ${day}`]],
    ['free', 'gemini-3.1-pro', ['0 requests slide:60000', '0 input slide:60000', `0 requests ${day}`]],
    ['free', 'gemini-2.5-flash', ['15 requests slide:60000', '250000 input slide:60000', `1000 requests ${day}`]],
    ['free', 'gemini-2.5-pro', ['10 requests slide:60000', '250000 input slide:60000', `1000 requests ${day}`]],
    ['free', 'gemini-embedding-001', ['1500 requests slide:60000']],
    ['free-file', 'gemini-3-flash', ['10 requests slide:60000', '250000 input slide:60000', `1000 requests ${day}`]],
    ['free-file', 'gemini-3.1-pro', ['10 requests slide:60000', '250000 input slide:60000', `1000 requests ${day}`]],
    ['free-file', 'gemma-3-1b-it', ['30 requests slide:60000', `14400 requests ${day}`]],
  ])('%s: %s', (preset, model, limits) => {
    expect(figures('gemini', preset, model)).toEqual(limits)
  })
})

it("knows OpenRouter's free models and Cohere's trial", () => {
  expect(figures('openrouter', 'free-models', '')).toEqual(['20 requests slide:60000', '1000 requests day:UTC'])
  expect(figures('cohere', 'trial', '')).toEqual(['20 requests slide:60000', '1000 requests month:UTC'])
})

it('every preset has a name of its own, a source, and limits that can be kept', () => {
  const ids = presets.map(({ provider, preset }) => `${provider.id}/${preset.id}`)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { preset, provider } of presets) {
    expect([preset.name, preset.source]).not.toContain('')
    const limits = Object.values(preset.limits).flat()
    expect(limits.length).toBeGreaterThan(0)
    for (const { amount, window } of limits) {
      expect(Number.isInteger(amount) && amount >= 0).toBe(true)
      const zone = typeof window === 'object' && 'zone' in window ? window.zone : provider.resetZone
      expect(zone).toBe(provider.resetZone)
    }
  }
})

it('every zone in which a day ends exists', () => {
  for (const { resetZone } of Object.values(providers))
    expect(() => new Intl.DateTimeFormat('en', { timeZone: resetZone })).not.toThrow()
})
