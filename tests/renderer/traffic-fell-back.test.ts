/** Whether another model answered than was asked for. */
import { expect, test } from 'vitest'
import { fellBack, isSameModel } from '../../src-renderer/screens/traffic/fell-back.ts'

test.each([
  ['gpt-5-mini', 'gpt-5-mini', false],
  ['gpt-4o', 'gpt-4o-2024-08-06', false],
  ['gpt-3.5-turbo', 'gpt-3.5-turbo-0125', false],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929', false],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022', false],
  ['models/gemini-2.5-flash', 'gemini-2.5-flash', false],
  ['gemini-2.5-flash', 'gemini-2.5-flash-preview-05-20', false],
  ['gemini-2.5-flash', 'gemini-2.5-flash-lite', true],
  ['gpt-5', 'gpt-5-mini', true],
  ['gpt-4', 'gpt-4.1', true],
  ['gemini-2.5-pro', 'gemini-2.5-flash', true],
  [null, 'gpt-5', false],
  ['gpt-5', null, false],
])('asked %s, served %s: %s', (modelAsked, modelServed, expected) => {
  expect(fellBack({ modelAsked, modelServed, route: null, attempts: [] })).toBe(expected)
})

test('a dated name is the same model, a smaller one is another', () => {
  expect(isSameModel('gpt-4o', 'gpt-4o-2024-08-06')).toBe(true)
  expect(isSameModel('gpt-5', 'gpt-5-mini')).toBe(false)
})

test('a route is another name: it fell back only when the first place it led to was not the one that served', () => {
  const attempt = { keyId: 'k', keyLabel: 'k', outcome: 'ok', status: 200, ms: 1, message: null } as const
  const row = { modelAsked: 'best', modelServed: 'gpt-5', route: 'best' }
  const first = { ...attempt, pool: 'main', model: 'gpt-5' }
  expect(fellBack({ ...row, attempts: [first] })).toBe(false)
  expect(fellBack({ ...row, attempts: [first, first] })).toBe(false)
  expect(fellBack({ ...row, attempts: [{ ...first, pool: 'other' }, first] })).toBe(true)
})
