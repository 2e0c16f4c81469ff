/** The SQLite file of the library: private, bounded, written in batches, and patient when it cannot be written. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { StatsCollector } from '../../src-main/library/index.ts'
import { openUsageStore, type UsageFileOptions } from '../../src-main/library/sqlite/index.ts'

function open(options: UsageFileOptions = {}, file = newFile()) {
  const store = openUsageStore(file, options)
  onTestFinished(() => store.close())
  return { store, file, stats: new StatsCollector(store) }
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-usage-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'usage.db')
}

const rows = (file: string) => {
  const database = new Database(file, { readonly: true })
  const { count } = database.prepare('SELECT count(*) AS count FROM usage_event').get() as { count: number }
  database.close()
  return count
}

test('the file and its journal are for its owner only, and hold no key', async () => {
  const { store, file, stats } = open()
  stats.addEvent('sk-live-0123456789abcdef', 1, 0.1, 'ping')
  await store.flush()
  for (const name of [file, `${file}-wal`]) {
    expect(statSync(name).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
    expect(readFileSync(name).includes('0123456789')).toBe(false)
  }
})

test('events are written by themselves, beside the calls', async () => {
  const { file, stats } = open({ flushMs: 1 })
  stats.addEvent('a', 1)
  expect(rows(file)).toBe(0)
  await expect.poll(() => rows(file)).toBe(1)
})

test('a window is counted over the index alone', () => {
  const { file } = open()
  const database = new Database(file, { readonly: true })
  const count = 'SELECT key, count(*) FROM usage_event WHERE finished_at >= 1 GROUP BY key'
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${count}`).all() as { detail: string }[]
  database.close()
  expect(plan[0]?.detail).toBe('SEARCH usage_event USING COVERING INDEX usage_event_window (finished_at>?)')
})

test('while another program writes to the file, events wait and nothing is lost', async () => {
  const errors: unknown[] = []
  const { store, file, stats } = open({ flushMs: 1, onError: (error) => errors.push(error) })
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  stats.addEvent('a', 1)
  stats.addEvent('b', 1, 0.1, 'ping')
  await expect.poll(() => errors.length).toBe(1)
  await expect(store.flush()).rejects.toThrow('database is locked')
  other.exec('COMMIT')
  other.close()
  await store.flush()
  expect([rows(file), stats.lost, store.dropped]).toEqual([2, 0, 0])
})

test('a batch that fails in its middle is written whole later, with the names that it brought', async () => {
  const { store, file, stats } = open({ flushMs: 1, onError: () => undefined })
  const other = new Database(file)
  other.exec('ALTER TABLE usage_event RENAME TO elsewhere')
  stats.addEvent('a', 1, 0.1, 'ping')
  await expect(store.flush()).rejects.toThrow(/no such table/)
  other.exec("INSERT INTO usage_key (hash, hint) VALUES ('another', ''); ALTER TABLE elsewhere RENAME TO usage_event")
  other.close()
  expect((await stats.queryEventInRecentNSeconds(60)).map(({ keyIdentifier, method }) => [keyIdentifier, method])).toEqual([
    ['a', 'ping'],
  ])
})

test('a file of a newer Keywheel is refused and not touched', () => {
  const file = newFile()
  const database = new Database(file)
  database.pragma('user_version = 99')
  database.close()
  const before = readFileSync(file)
  expect(() => openUsageStore(file)).toThrow('newer Keywheel')
  expect(readFileSync(file)).toEqual(before)
})

test('two stores on one file: both count, and both read all of it', async () => {
  const { file, stats: first } = open()
  const { stats: second } = open({}, file)
  first.addEvent('a', 1, 0.1, 'x')
  await first.flush()
  second.addEvent('a', 1, 0.1, 'x')
  second.addEvent('b', 1, 0.1, 'y')
  await second.flush()
  expect([...(await first.usageCountStatsInRecentNSeconds(60)).values()]).toEqual([1, 2])
  expect([...(await second.usageCountStatsInRecentNSeconds(60))]).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})

test('a closed store takes nothing more, and the call that tried is not hurt', async () => {
  const errors: unknown[] = []
  const { store } = open()
  const stats = new StatsCollector(store, { onError: (error) => errors.push(error) })
  stats.addEvent('a', 1)
  await store.close()
  await store.close()
  stats.addEvent('a', 1)
  await delay(1)
  expect([stats.lost, errors.length]).toEqual([1, 1])
})

test.each([0, -1, 1.5])('a bound of %s events is refused', (maxEvents) => {
  expect(() => openUsageStore(newFile(), { maxEvents })).toThrow(RangeError)
})
