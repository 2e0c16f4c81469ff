/** Statistics over both stores: in memory and in a SQLite file. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  MemoryUsageStore,
  StatsCollector,
  StatusCollection,
  type StatusId,
  type UsageStore,
} from '../../src-main/library/index.ts'
import { openUsageStore } from '../../src-main/library/sqlite/index.ts'
import { array, assert, asyncProperty, constantFrom, integer, record } from '../support/fast-check.ts'

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-stats-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'usage.db')
}

const stores: [string, (maxEvents?: number) => UsageStore][] = [
  ['memory', (maxEvents = 100_000) => new MemoryUsageStore({ maxEvents })],
  [
    'SQLite',
    (maxEvents = 1_000_000) => {
      const store = openUsageStore(newFile(), { maxEvents })
      onTestFinished(() => store.close())
      return store
    },
  ],
]
const { c1_Success, c5_Failed, c9_ReachLimit } = StatusCollection

describe.each(stores)('%s', (_, newStore) => {
  function collector(maxEvents?: number) {
    const time = { now: Date.UTC(2026, 0, 1) }
    return { time, stats: new StatsCollector(newStore(maxEvents), { now: () => time.now }) }
  }

  test('counts in a window, by key and by status', async () => {
    const { time, stats } = collector()
    stats.addEvent('b', c1_Success.id)
    time.now += 10_000
    stats.addEvent('a', c5_Failed.id)
    stats.addEvent('b', c1_Success.id)
    stats.addEvent('b', c9_ReachLimit.id)
    expect(await stats.usageCountInRecentNSeconds(60)).toBe(4)
    expect(await stats.usageCountInRecentNSeconds(9.9)).toBe(3)
    expect(await stats.usageCountInRecentNSeconds(10)).toBe(4)
    expect(await stats.usageCountInRecentNSeconds(60, { primaryKey: 'b' })).toBe(3)
    expect(await stats.usageCountInRecentNSeconds(60, { primaryKey: 'b', statusId: 9 })).toBe(1)
    expect(await stats.usageCountInRecentNSeconds(60, { primaryKey: 'never seen' })).toBe(0)
    expect([...(await stats.usageCountStatsInRecentNSeconds(60))]).toEqual([
      ['a', 1],
      ['b', 3],
    ])
    expect([...(await stats.usageCountStatsInRecentNSeconds(0))]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  test('events carry everything that was recorded', async () => {
    const { time, stats } = collector()
    stats.addEvent('the-primary-key', c1_Success.id, 0.25, 'coins.simple.price.get')
    stats.addEvent(7, c9_ReachLimit.id)
    expect(await stats.queryEventInRecentNSeconds(60)).toEqual([
      {
        id: expect.any(Number),
        keyIdentifier: 'the-primary-key',
        statusId: 1,
        status: 'success',
        latency: 0.25,
        method: 'coins.simple.price.get',
        finishedAt: new Date(time.now),
      },
      expect.objectContaining({ keyIdentifier: '7', status: 'reach limit', latency: null, method: null }),
    ])
    expect(await stats.queryEventInRecentNSeconds(60, { statusId: c5_Failed.id })).toEqual([])
  })

  test('two events of one key in the same moment are two', async () => {
    const { stats } = collector()
    for (let event = 0; event < 1000; event += 1) stats.addEvent('a', c1_Success.id)
    expect([await stats.usageCountInRecentNSeconds(1), stats.lost]).toEqual([1000, 0])
  })

  test('a clock that is set back loses nothing', async () => {
    const { time, stats } = collector()
    stats.addEvent('a', c1_Success.id)
    time.now -= 3_600_000
    stats.addEvent('a', c1_Success.id)
    expect(await stats.usageCountInRecentNSeconds(60)).toBe(2)
  })

  test('the oldest go out first, in batches, and only what is deleted is gone', async () => {
    const { time, stats } = collector()
    for (const name of ['a', 'b', 'c', 'd']) {
      stats.addEvent(name, c1_Success.id)
      time.now += 1
    }
    const batch = await stats.fetchEventsBatch(2)
    expect(batch.map(({ keyIdentifier }) => keyIdentifier)).toEqual(['a', 'b'])
    expect(await stats.fetchEventsBatch(2)).toEqual(batch)
    await stats.deleteEvents(batch)
    await stats.deleteEvents(batch)
    expect((await stats.fetchEventsBatch()).map(({ keyIdentifier }) => keyIdentifier)).toEqual(['c', 'd'])
    expect(await stats.usageCountInRecentNSeconds(60)).toBe(2)
  })

  test('it stays within its bound, and keeps the newest', async () => {
    const { stats } = collector(10)
    for (let event = 0; event < 35; event += 1) stats.addEvent(`key ${String(event).padStart(2, '0')}`, c1_Success.id)
    const counts = await stats.usageCountStatsInRecentNSeconds(60)
    expect([...counts.keys()]).toEqual(Array.from({ length: 10 }, (_unused, index) => `key ${25 + index}`))
  })

  test('no store ever gets a primary key', async () => {
    const seen: unknown[] = []
    const store = newStore()
    const spy: UsageStore = new Proxy(store, {
      get: (target, name: keyof UsageStore) => {
        const member = target[name]
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          seen.push(args)
          return Reflect.apply(member as (...given: unknown[]) => unknown, target, args)
        }
      },
    })
    const stats = new StatsCollector(spy)
    stats.addEvent('sk-live-0123456789abcdef', c1_Success.id)
    await stats.usageCountInRecentNSeconds(60, { primaryKey: 'sk-live-0123456789abcdef' })
    await stats.queryEventInRecentNSeconds(60, { primaryKey: 'sk-live-0123456789abcdef' })
    const text = JSON.stringify(seen)
    expect(text).toContain('…cdef')
    expect(text).not.toContain('0123456789')
  })

  test.each([-1, Number.NaN])('a window of %s s is refused', async (seconds) => {
    const { stats } = collector()
    await expect(async () => stats.usageCountInRecentNSeconds(seconds)).rejects.toThrow(RangeError)
  })

  test('agrees with a plain list, whatever is recorded and asked', async () => {
    const event = record({
      key: constantFrom('a', 'b', 'c'),
      statusId: constantFrom<StatusId>(1, 5, 9),
      gap: integer({ min: -5000, max: 5000 }),
    })
    const question = record({
      seconds: integer({ min: 0, max: 60 }),
      primaryKey: constantFrom('a', 'b', 'c', 'd', undefined),
      statusId: constantFrom<StatusId | undefined>(1, 5, 9, undefined),
    })
    await assert(
      asyncProperty(array(event, { maxLength: 40 }), question, async (events, { seconds, primaryKey, statusId }) => {
        const { time, stats } = collector()
        const list = events.map(({ key, statusId: id, gap }) => {
          time.now += gap
          stats.addEvent(key, id)
          return { key, id, at: time.now }
        })
        const found = list.filter(
          ({ key, id, at }) => at >= time.now - seconds * 1000 && (primaryKey ?? key) === key && (statusId ?? id) === id,
        )
        const filter = { ...(primaryKey !== undefined && { primaryKey }), ...(statusId !== undefined && { statusId }) }
        expect(await stats.usageCountInRecentNSeconds(seconds, filter)).toBe(found.length)
        const told = await stats.queryEventInRecentNSeconds(seconds, filter)
        expect(told.map(({ keyIdentifier, statusId: id }) => [keyIdentifier, id])).toEqual(found.map(({ key, id }) => [key, id]))
      }),
      { numRuns: 60 },
    )
  })
})

describe('StatusCollection', () => {
  test("apipool's numbers, words and helpers", () => {
    expect([c1_Success, c5_Failed, c9_ReachLimit]).toEqual([
      { id: 1, description: 'success' },
      { id: 5, description: 'failed' },
      { id: 9, description: 'reach limit' },
    ])
    expect(StatusCollection.getIdList()).toEqual([1, 5, 9])
    expect(StatusCollection.getDescriptionList()).toEqual(['success', 'failed', 'reach limit'])
    expect(StatusCollection.getStatusList()).toEqual(StatusCollection.getSubclasses())
    expect(StatusCollection.getMapperIdToDescription().get(9)).toBe('reach limit')
    expect(StatusCollection.getMapperDescriptionToId().get('reach limit')).toBe(9)
  })
})

describe('a store that fails', () => {
  class Failing extends MemoryUsageStore {
    isBroken = true
    override add(event: Parameters<UsageStore['add']>[0]): void {
      if (this.isBroken) throw new Error('disk full')
      super.add(event)
    }
  }

  test('is told of once for each row of losses, and counted', async () => {
    const errors: unknown[] = []
    const store = new Failing()
    const stats = new StatsCollector(store, { onError: (error) => errors.push(error) })
    for (let event = 0; event < 3; event += 1) stats.addEvent('a', 1)
    store.isBroken = false
    stats.addEvent('a', 1)
    store.isBroken = true
    stats.addEvent('a', 1)
    expect([errors.length, stats.lost, await stats.usageCountInRecentNSeconds(60)]).toEqual([2, 4, 1])
  })
})

describe('a usage file', () => {
  test('knows its keys again after a restart, and names unknown ones the same way each time', async () => {
    const file = newFile()
    const first = openUsageStore(file)
    const before = new StatsCollector(first)
    before.addEvent('sk-live-aaaaaaaa', 1)
    before.addEvent('sk-live-bbbbbbbb', 1)
    await first.close()
    const names = []
    for (let run = 0; run < 2; run += 1) {
      const store = openUsageStore(file)
      const stats = new StatsCollector(store)
      expect(await stats.usageCountInRecentNSeconds(60, { primaryKey: 'sk-live-aaaaaaaa' })).toBe(1)
      names.push([...(await stats.usageCountStatsInRecentNSeconds(60)).keys()])
      await store.close()
    }
    expect(names[0]).toEqual(names[1])
    expect(names[0]).toEqual(['sk-live-aaaaaaaa', expect.stringMatching(/^…bbbb#[0-9a-f]{8}$/)])
  })
})
