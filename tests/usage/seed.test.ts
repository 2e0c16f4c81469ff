/** What the scale tests stand on: a seeded log has the rollups that the application would have written. */
import { expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { coarseTiers, fineTiers, storedMs } from '../../src-main/usage/plan.ts'
import { columnNamed, type Sql, text } from '../../src-main/usage/sql.ts'
import { newUsage, nothingCounted } from '../storage/fixtures.ts'
import { seededRequest } from '../support/seed/requests.ts'
import { seedUsage } from '../support/seed/usage.ts'

test('a seeded log equals one that was written call by call, but for what is too old to be there', () => {
  const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)
  const keysOf = (pool: string) => ['a', 'b', 'c'].map((key) => ({ id: `${pool}-${key}`, label: key }))
  const cast = {
    pools: ['p', 'q'].map((slug) => ({ slug, keys: keysOf(slug) })),
    clients: [{ id: 'c', name: 'C' }],
  }
  const [seeded, written] = [newUsage(), newUsage()]
  const count = 3000
  const days = 30
  seedUsage(seeded, { count, days, cast, now })
  const rows = Array.from({ length: count }, (_, index) =>
    seededRequest(index, Math.floor(now - (count - index) * ((days * 86_400_000) / count)), cast),
  )
  append(written, { number: 1, rows, counted: nothingCounted })
  for (const { period } of coarseTiers) {
    const since = now - storedMs(coarseTiers, period)
    for (const table of ['coarse', 'latency'] as const) {
      const part = (sql: Sql) => sql.all(text`SELECT * FROM ${columnNamed(table)} WHERE period = ${period} AND at >= ${since}`)
      expect(part(seeded)).toEqual(part(written))
      expect(part(seeded).length).toBeGreaterThan(0)
    }
  }
  const fine = (sql: Sql) => sql.all(text`SELECT * FROM fine WHERE period = 'day' OR at >= ${now - storedMs(fineTiers, 'hour')}`)
  expect(fine(seeded)).toEqual(fine(written))
  for (const table of ['requests', 'requestKeys'] as const) {
    const all = (sql: Sql) => sql.all(text`SELECT * FROM ${columnNamed(table)} ORDER BY at, id`)
    expect(all(seeded)).toEqual(all(written))
  }
  expect(seeded.all(text`SELECT name FROM sqlite_master WHERE name = 'requestWritten'`)).toHaveLength(1)
})
