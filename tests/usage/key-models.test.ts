import { expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { keyModels } from '../../src-main/usage/key-models.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'

test('what a key was used for, by the model that was asked for, within a stretch of time', () => {
  const usage = newUsage()
  const rows = [
    request({ id: 'r1', at: 100 }),
    request({ id: 'r2', at: 199, inputTokens: null, outputTokens: 5 }),
    request({ id: 'r3', at: 150, modelAsked: null, modelServed: null, inputTokens: null, outputTokens: null }),
    request({ id: 'r4', at: 150, modelAsked: null, modelServed: 'served' }),
    request({ id: 'r5', at: 99 }),
    request({ id: 'r6', at: 200 }),
    request({ id: 'r7', at: 150, keyId: 'key-2' }),
    request({ id: 'r8', at: 150, cache: 'hit' }),
    request({ id: 'r9', at: 150, cache: 'miss' }),
  ]
  append(usage, { number: 1, rows, counted: nothingCounted })
  expect(keyModels(usage, { key: 'key-1', from: 100, to: 200 })).toEqual([
    { model: '', requests: 1, inputTokens: 0, outputTokens: 0 },
    { model: 'gpt-5', requests: 3, inputTokens: 20, outputTokens: 45 },
    { model: 'served', requests: 1, inputTokens: 10, outputTokens: 20 },
  ])
  expect(keyModels(usage, { key: 'nobody', from: 0, to: 1000 })).toEqual([])
})
