import { expect, test } from 'vitest'
import { translationText, uncertainAttempts } from '../../src-renderer/screens/traffic/billing.ts'
import { requestRow } from './build-rows.ts'

const attempt = { keyId: 'k', keyLabel: 'k', outcome: 'network', status: null, ms: 1, message: null } as const

test('only attempts that may have been charged are counted: not those that surely were, nor those of before it was known', () => {
  const attempts = [attempt, ...(['no', 'maybe', 'yes', 'maybe'] as const).map((billed) => ({ ...attempt, billed }))]
  expect(uncertainAttempts(requestRow({ attempts }))).toBe(2)
})

test('a translation is told in the names of both formats, and once where there was none', () => {
  const text = (clientFormat: string | null, upstreamFormat: string | null) =>
    translationText(requestRow({ clientFormat, upstreamFormat }))
  expect(text('chat', 'messages')).toBe('OpenAI Chat Completions → Anthropic Messages')
  expect(text('gemini', 'gemini')).toBe('Google Gemini')
  expect(text('responses', null)).toBe('OpenAI Responses')
  expect(text('newer', 'chat')).toBe('newer → OpenAI Chat Completions')
  expect(text(null, null)).toBeNull()
})
