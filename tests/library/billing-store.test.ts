/** Billing stores: one suite for memory and SQLite, against a plain list of what was tracked. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { afterEach, describe, expect, test } from 'vitest'
import { MemoryBillingStore } from '../../src-main/library/billing-memory.ts'
import type { BillingStore, BillingStoreOptions } from '../../src-main/library/billing-store.ts'
import { SqliteBillingStore } from '../../src-main/library/sqlite/billing-store.ts'
import * as fc from '../support/fast-check.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const t0 = Date.parse('2026-03-01T00:00:00Z')

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean()
})

function sqlite(options?: BillingStoreOptions): BillingStore {
  const database = new Database(':memory:')
  cleanups.push(() => database.close())
  return new SqliteBillingStore(database, options)
}

const stores: [string, (options?: BillingStoreOptions) => BillingStore][] = [
  ['memory', (options) => new MemoryBillingStore(options)],
  ['SQLite', sqlite],
]

const track = (store: BillingStore, at: number, credits = 1, clientId = 'ann') =>
  store.track({ clientId, credits, at }, [], () => true)

describe.each(stores)('a billing store in %s', (_, make) => {
  test('adds up any span: its start belongs to it, its end does not', async () => {
    const store = make()
    for (const [at, credits] of [
      [0, 1],
      [10, 2],
      [20, 4],
    ] as const)
      await track(store, t0 + at, credits)
    expect(await store.total('ann')).toBe(7)
    expect(await store.total('ann', t0 + 10, t0 + 20)).toBe(2)
    expect(await store.total('ann', t0 + 11)).toBe(4)
    expect(await store.total('ann', t0 + 21, t0 + 30)).toBe(0)
    expect(await store.total('bob')).toBe(0)
  })

  test('tells the total of each span before it counts, and counts nothing when told so', async () => {
    const store = make()
    await track(store, t0, 2)
    const seen: number[][] = []
    const refuse = (totals: readonly number[]) => {
      seen.push([...totals])
      return false
    }
    const spans = [
      { start: t0, end: t0 + 10 },
      { start: t0 + 1, end: t0 + 10 },
    ]
    expect(await store.track({ clientId: 'ann', credits: 5, at: t0 + 5 }, spans, refuse)).toBe(false)
    expect(seen).toEqual([[2, 0]])
    expect(await store.total('ann')).toBe(2)
  })

  test('fractions do not drift', async () => {
    const store = make()
    for (let i = 0; i < 10; i++) await track(store, t0 + i, 0.1)
    expect(await store.total('ann')).toBe(1)
  })

  test('days are those of its zone, those without usage are left out, and part of a day counts in part', async () => {
    const store = make({ zone: 'America/Los_Angeles' })
    const at = (iso: string) => Date.parse(iso)
    await track(store, at('2026-03-08T07:59:00Z'), 1)
    await track(store, at('2026-03-08T08:00:00Z'), 2)
    await track(store, at('2026-03-09T06:59:00Z'), 4)
    await track(store, at('2026-03-12T12:00:00Z'), 8)
    const seconds = (iso: string) => at(iso) / 1000
    expect(await store.daily('ann')).toEqual([
      { clientId: 'ann', timestamp: seconds('2026-03-07T08:00:00Z'), credits: 1 },
      { clientId: 'ann', timestamp: seconds('2026-03-08T08:00:00Z'), credits: 6 },
      { clientId: 'ann', timestamp: seconds('2026-03-12T07:00:00Z'), credits: 8 },
    ])
    expect(await store.daily('ann', at('2026-03-08T09:00:00Z'), at('2026-03-12T12:00:00Z'))).toEqual([
      { clientId: 'ann', timestamp: seconds('2026-03-08T08:00:00Z'), credits: 4 },
    ])
  })

  test('deletes a span, or everything, of one client only', async () => {
    const store = make()
    for (let i = 0; i < 5; i++) await track(store, t0 + i)
    await track(store, t0, 1, 'bob')
    await store.delete('ann', t0 + 1, t0 + 3)
    expect(await store.total('ann')).toBe(3)
    expect(await store.total('ann', t0 + 1)).toBe(2)
    await store.delete('ann')
    expect(await store.total('ann')).toBe(0)
    expect(await store.total('bob')).toBe(1)
  })

  test('any order of times, deletions and thinning gives the sums that a plain list gives', async () => {
    const step = fc.record({ at: fc.nat(50), credits: fc.constantFrom(0, 0.1, 1, 2.5), drop: fc.boolean(), width: fc.nat(10) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = make()
        let list: { at: number; micros: number }[] = []
        for (const { at, credits, drop, width } of steps) {
          if (drop) {
            await store.delete('ann', t0 + at, t0 + at + width)
            list = list.filter((row) => row.at < at || row.at >= at + width)
          } else {
            await track(store, t0 + at, credits)
            list.push({ at, micros: credits * 1e6 })
          }
          for (const [from, to] of [
            [0, 100],
            [at, at + width],
            [10, 30],
            [at + 1, 60],
          ] as const) {
            const sum = list.filter((row) => row.at >= from && row.at < to).reduce((total, row) => total + row.micros, 0)
            expect(await store.total('ann', t0 + from, t0 + to)).toBe(sum / 1e6)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('forgets what is older than it shall keep, but nothing that a quota still counts', async () => {
    const store = make({ keepDays: 2 })
    const month = [{ start: t0, end: t0 + 31 * DAY }]
    for (let i = 0; i < 1000; i++) await store.track({ clientId: 'ann', credits: 1, at: t0 + i }, month, () => true)
    for (let i = 0; i < 1000; i++) await store.track({ clientId: 'ann', credits: 1, at: t0 + 5 * DAY + i }, month, () => true)
    expect(await store.total('ann')).toBe(2000)
    for (let i = 0; i < 1000; i++) await track(store, t0 + 9 * DAY + i)
    expect(await store.total('ann')).toBe(1000)
  })
})

test('old rows are put together: the file does not grow with every call, and no day or quarter of an hour changes', () => {
  const database = new Database(':memory:')
  cleanups.push(() => database.close())
  const store = new SqliteBillingStore(database)
  const [calls, apart] = [6000, 45_000]
  for (let i = 0; i < calls; i++) store.track({ clientId: 'ann', credits: 1, at: t0 + i * apart }, [], () => true)
  const rows = (database.prepare('SELECT count(*) AS n FROM keywheel_billing_usage').get() as { n: number }).n
  expect(rows).toBeLessThan(calls * 0.7)
  expect(store.total('ann')).toBe(calls)
  expect(store.total('ann', t0, t0 + DAY)).toBe(DAY / apart)
  expect(store.total('ann', t0 + 15 * MINUTE, t0 + 30 * MINUTE)).toBe((15 * MINUTE) / apart)
  expect(store.daily('ann').map(({ credits }) => credits)).toEqual([1920, 1920, 1920, 240])
})

test('the same in memory', () => {
  const store = new MemoryBillingStore()
  for (let i = 0; i < 30_000; i++) store.track({ clientId: 'ann', credits: 1, at: t0 + i * 45_000 }, [], () => true)
  expect(store.total('ann')).toBe(30_000)
  expect(store.total('ann', t0 + DAY, t0 + 2 * DAY)).toBe(1920)
})

const program = `
  import Database from ${JSON.stringify(import.meta.resolve('better-sqlite3'))}
  import { SqliteBillingStore } from ${JSON.stringify(new URL('../../src-main/library/sqlite/billing-store.ts', import.meta.url).href)}
  const store = new SqliteBillingStore(new Database(process.argv[1], { timeout: 15_000 }))
  const span = [{ start: 0, end: 1e6 }]
  let granted = 0
  for (let at = 0; at < 200; at++) {
    if (store.track({ clientId: 'ann', credits: 1, at }, span, ([used]) => used + 1 <= 150)) granted++
  }
  console.log(granted)`

test('programs that share one file never grant more than the quota between them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kw-billing-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'billing.db')
  new Database(file).exec('PRAGMA journal_mode = WAL').close()
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, file])
  const granted = (await Promise.all([run(), run(), run()])).map(({ stdout }) => Number(stdout))
  expect(granted.reduce((sum, each) => sum + each, 0)).toBe(150)
})
