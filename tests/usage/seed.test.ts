/** What the scale tests stand on: a seeded log has the rollups that the application would have written. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { migrate } from '../../src-main/storage/migrate.ts'
import { append } from '../../src-main/usage/append.ts'
import { coarseTiers, fineTiers, storedMs } from '../../src-main/usage/plan.ts'
import { usageMigrations } from '../../src-main/usage/schema.ts'
import { columnNamed, type Sql, text } from '../../src-main/usage/sql.ts'
import { newFolder, newUsage, nothingCounted } from '../storage/fixtures.ts'
import { seededRequest } from '../support/seed/requests.ts'
import { seedUsageFile } from '../support/seed/usage.ts'

const count = 3000
const days = 30
const now = Date.UTC(2026, 4, 20, 12, 34, 56, 789)
const keysOf = (pool: string) => ['a', 'b', 'c'].map((key) => ({ id: `${pool}-${key}`, label: key }))
const cast = {
  pools: ['p', 'q'].map((slug) => ({ slug, keys: keysOf(slug) })),
  clients: [{ id: 'c', name: 'C' }],
}

/** As the application makes the file before its first call. */
function seededLog(ownDays: number): Sql {
  const file = join(newFolder(), '..', `${ownDays}.db`)
  const made = connect(file)
  migrate(made, file, usageMigrations)
  made.close()
  seedUsageFile(file, { count, days, ownDays, cast, now })
  const seeded = connect(file)
  onTestFinished(() => seeded.close())
  return seeded
}

/** The same calls, each written as one that was made. */
function writtenLog(ownDays: number): Sql {
  const written = newUsage()
  const own = (count / days) * ownDays
  const step = (days * 86_400_000) / count
  const rows = Array.from({ length: count }, (_, index) => {
    const copy = Math.floor(index / own)
    const earlier = (days / ownDays - 1 - copy) * ownDays * 86_400_000
    const row = seededRequest(index % own, Math.floor(now - (own - (index % own)) * step) - earlier, cast)
    return { ...row, id: `${copy}-${row.id}` }
  })
  append(written, { number: 1, rows, counted: nothingCounted })
  return written
}

test.each([30, 3])(
  'a log of which %i days are made equals one that was written call by call, but for what is too old to be there',
  (ownDays) => {
    const [seeded, written] = [seededLog(ownDays), writtenLog(ownDays)]
    for (const { period } of coarseTiers) {
      const since = now - storedMs(coarseTiers, period)
      for (const table of ['coarse', 'latency'] as const) {
        const part = (sql: Sql) => sql.all(text`SELECT * FROM ${columnNamed(table)} WHERE period = ${period} AND at >= ${since}`)
        expect(part(seeded)).toEqual(part(written))
        expect(part(seeded).length).toBeGreaterThan(0)
      }
    }
    const fine = (sql: Sql) =>
      sql.all(text`SELECT * FROM fine WHERE period = 'day' OR at >= ${now - storedMs(fineTiers, 'hour')}`)
    expect(fine(seeded)).toEqual(fine(written))
    for (const table of ['requests', 'requestKeys'] as const) {
      const all = (sql: Sql) => sql.all(text`SELECT * FROM ${columnNamed(table)} ORDER BY at, id`)
      expect(all(seeded)).toEqual(all(written))
    }
    expect(seeded.all(text`SELECT name FROM sqlite_master WHERE name = 'requestWritten'`)).toHaveLength(1)
  },
)
