import { expect, test } from 'vitest'
import { createFold } from '../../src-main/usage/fold.ts'
import { request } from '../storage/fixtures.ts'

const failedThenOk = request({
  attempts: [
    { keyId: 'key-1', keyLabel: 'Key 1', outcome: 'rate-short', status: 429, ms: 5, message: 'slow down' },
    { keyId: 'key-2', keyLabel: 'Key 2', outcome: 'ok', status: 200, ms: 100, message: null },
  ],
  keyId: 'key-2',
})

function folded(...rows: ReturnType<typeof request>[]) {
  const fold = createFold()
  for (const row of rows) fold.add(row)
  return fold.take()
}

test('every attempt counts for its own key, tokens and cost for the key that served', () => {
  const perKey = folded(failedThenOk).fine.filter((row) => row.kind === 'key' && row.period === 'hour')
  expect(
    perKey.map(({ subject, calls, failed, inputTokens, costNanos }) => [subject, calls, failed, inputTokens, costNanos]),
  ).toEqual([
    ['key-1', 1, 1, 0, 0],
    ['key-2', 1, 0, 10, 1500],
  ])
})

test('a client is counted once per request, whatever the number of attempts', () => {
  const perClient = folded(failedThenOk).fine.filter((row) => row.kind === 'client' && row.period === 'day')
  expect(perClient).toMatchObject([{ subject: 'client-1', calls: 1, failed: 0, outputTokens: 20 }])
})

test('a request without key or client leaves no trace among keys and clients', () => {
  const { fine, coarse } = folded(request({ keyId: null, clientId: null, attempts: [], outcome: 'no-key', costNanos: null }))
  expect(fine).toEqual([])
  expect(coarse.map(({ period, requests, attempts }) => [period, requests, attempts])).toEqual([
    ['minute', 1, 0],
    ['hour', 1, 0],
    ['day', 1, 0],
  ])
})

test('a cost that is unknown stays unknown, and is asked for only where there was an answer', () => {
  const rows = folded(
    request({ costNanos: null }),
    request({ costNanos: null, outcome: 'network' }),
    request({ costNanos: 7 }),
  ).coarse
  const minutes = rows.filter(({ period }) => period === 'minute')
  expect(minutes.map(({ outcome, costNanos, costKnown, costUnknown }) => [outcome, costNanos, costKnown, costUnknown])).toEqual([
    ['ok', 7, 1, 1],
    ['network', 0, 0, 0],
  ])
})

test('the model that served goes before the one asked for; without both it is empty', () => {
  const served = request({ modelAsked: 'a', modelServed: 'b' })
  const asked = request({ modelAsked: 'a', modelServed: null })
  const unknown = request({ modelAsked: null, modelServed: null })
  const models = folded(served, asked, unknown).coarse.map(({ model }) => model)
  expect([...new Set(models)]).toEqual(['b', 'a', ''])
})

test('names that look like separators are not mixed up', () => {
  const rows = folded(
    request({ pool: 'a', modelServed: 'b c' }),
    request({ pool: 'a-b', modelServed: 'c' }),
    request({ modelServed: 'x\ny' }),
  )
  expect(rows.coarse.filter(({ period }) => period === 'day').map(({ pool, model }) => [pool, model])).toEqual([
    ['a', 'b c'],
    ['a-b', 'c'],
    ['main', 'x\ny'],
  ])
})

test('a fold that was taken begins at zero again', () => {
  const fold = createFold()
  fold.add(request())
  fold.take()
  expect(fold.take()).toEqual({ coarse: [], latency: [], fine: [] })
})

test('a kept answer is a request of its client that used and cost nothing', () => {
  const used = { cacheReadTokens: 5, cacheWriteTokens: 6, reasoningTokens: 7 }
  const hit = request({ ...used, cache: 'hit', keyId: null, attempts: [], costNanos: null })
  const { coarse, fine, latency } = folded(hit, request({ ...used, cache: 'miss' }))
  const sums = { inputTokens: 10, outputTokens: 20, costNanos: 1500, costKnown: 2 }
  const more = { cacheReadTokens: 5, cacheWriteTokens: 6, reasoningTokens: 7, costUnknown: 0, requests: 2, attempts: 1 }
  expect(coarse.filter(({ period }) => period === 'hour')).toMatchObject([{ ...sums, ...more }])
  expect(fine.filter(({ period, kind }) => period === 'day' && kind === 'client')).toMatchObject([
    { ...sums, calls: 2, failed: 0 },
  ])
  expect(fine.filter(({ period, kind }) => period === 'day' && kind === 'key')).toMatchObject([
    { ...sums, costKnown: 1, calls: 1 },
  ])
  expect(latency.filter(({ period }) => period === 'minute')).toMatchObject([{ count: 2 }])
})
