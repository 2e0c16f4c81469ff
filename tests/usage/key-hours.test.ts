import { expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { keyHours } from '../../src-main/usage/key-hours.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'

const hour = 3_600_000

test('attempts and tokens of the keys and hours that are asked for, over all pools', () => {
  const usage = newUsage()
  const ok = { keyLabel: '', outcome: 'ok', status: 200, ms: 1, message: null } as const
  const refused = { ...ok, outcome: 'rate-short', status: 429 } as const
  const rows = [
    request({ id: 'r1', at: 5 * hour, attempts: [{ ...ok, keyId: 'a' }], keyId: 'a', inputTokens: 3, outputTokens: 4 }),
    request({ id: 'r2', at: 5 * hour + 1, pool: 'other', attempts: [{ ...refused, keyId: 'a' }], keyId: null }),
    request({ id: 'r3', at: 6 * hour - 1, attempts: [{ ...ok, keyId: 'b' }], keyId: 'b', inputTokens: 1, outputTokens: 1 }),
    request({ id: 'r4', at: 6 * hour, attempts: [{ ...ok, keyId: 'a' }], keyId: 'a', inputTokens: 9, outputTokens: 9 }),
    request({ id: 'r5', at: 7 * hour, attempts: [{ ...ok, keyId: 'a' }], keyId: 'a' }),
    request({ id: 'r6', at: 5 * hour, attempts: [{ ...ok, keyId: 'c' }], keyId: 'c' }),
  ]
  append(usage, { number: 1, rows, counted: nothingCounted })
  const found = keyHours(usage, { keys: ['a', 'b', 'nobody'], hours: [5 * hour, 6 * hour] })
  expect(found.toSorted((x, y) => (x.key + x.at < y.key + y.at ? -1 : 1))).toEqual([
    { key: 'a', at: 5 * hour, attempts: 2, failed: 1, tokens: 7 },
    { key: 'a', at: 6 * hour, attempts: 1, failed: 0, tokens: 18 },
    { key: 'b', at: 5 * hour, attempts: 1, failed: 0, tokens: 2 },
  ])
  expect(keyHours(usage, { keys: [], hours: [5 * hour] })).toEqual([])
})
