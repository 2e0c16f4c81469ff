/** How many requests fit a filter: the log's own rules, in slices that no other question waits long for. */
import { expect, test } from 'vitest'
import { createUsageService } from '../../src-main/services/usage.ts'
import { append } from '../../src-main/usage/append.ts'
import { count, list } from '../../src-main/usage/requests.ts'
import type { UsageStore } from '../../src-main/usage/types.ts'
import type { RequestFilter } from '../../src-preload/contract/index.ts'
import { newUsage, nothingCounted, request } from '../storage/fixtures.ts'

const now = request().at + 1000
const hour = 3_600_000
const ok = { keyLabel: '', outcome: 'ok', status: 200, ms: 1, message: null } as const

function log() {
  const usage = newUsage()
  const rows = Array.from({ length: 60 }, (_, n) =>
    request({
      id: `r${n}`,
      at: now - n * hour,
      outcome: n % 3 === 0 ? 'overloaded' : 'ok',
      msTotal: n * 10,
      attempts: [{ ...ok, keyId: n % 2 === 0 ? 'even' : 'odd' }],
    }),
  )
  append(usage, { number: 1, rows, counted: nothingCounted })
  return usage
}

const filters: RequestFilter[] = [
  {},
  { failed: true },
  { key: 'even', from: now - 10 * hour },
  { minMs: 200, failed: false },
  { q: 'nothing' },
]

test.each(filters)('%j counts what the list holds', (filter) => {
  const usage = log()
  expect(count(usage, filter, now)).toBe(list(usage, { ...filter, limit: 200 }, now).items.length)
})

test('a long range is counted in slices, each row once', async () => {
  const usage = log()
  const asked: RequestFilter[] = []
  const store = { count: (query: RequestFilter) => (asked.push(query), Promise.resolve(count(usage, query, now))) }
  const service = createUsageService(
    {
      store: store as unknown as UsageStore,
      catalog: { keys: new Map(), pools: new Map(), clients: new Map() },
      clock: { now: () => now },
    },
    () => Promise.resolve(),
  )
  expect(await service.countRequests({ from: now - 100 * hour })).toBe(60)
  expect(asked).toHaveLength(5)
  expect(await service.countRequests({ from: 0, failed: true })).toBe(20)
  expect(asked.length).toBeLessThan(600)
})
