/** Where the points of a series begin, and what shares are called, asked of a real log. */
import { expect, test } from 'vitest'
import { createUsageService } from '../../src-main/services/usage.ts'
import { client, key, newStorage, pool, request } from '../storage/fixtures.ts'

const hour = 3_600_000
const day = 24 * hour
const now = Date.UTC(2026, 4, 20, 12, 34)
const iso = (at: number) => new Date(at).toISOString().slice(0, 16)

async function openLog(times: readonly number[]) {
  const storage = await newStorage({ now: () => now })
  const rows = times.map((at, index) => request({ id: `r${index}`, at, msTotal: 100 * (index + 1) }))
  await storage.usage.append({ number: 1, rows, counted: { coarse: [], latency: [], fine: [] } })
  const catalog = {
    keys: new Map([['key-1', key('key-1', { label: 'work' })]]),
    pools: new Map([['main', pool({ name: 'Main pool' })]]),
    clients: new Map([['client-1', client({ name: 'Editor' })]]),
  }
  const usage = createUsageService({ store: storage.usage, catalog, clock: { now: () => now } }, async () => undefined)
  return { usage, catalog }
}

const openUsage = async (times: readonly number[]) => (await openLog(times)).usage

const range = { from: now - 2 * day, to: now }

test('days begin at the midnights of the zone that was asked for, and the answer says so', async () => {
  // 23:30 and 00:30 of Shanghai, and 18:10 UTC, which is half an hour before midnight of Kolkata.
  const usage = await openUsage([Date.UTC(2026, 4, 19, 15, 30), Date.UTC(2026, 4, 19, 16, 30), Date.UTC(2026, 4, 19, 18, 10)])
  const days = async (zone?: string) => {
    const told = await usage.series({ ...range, bucket: 'day', every: 1, percentiles: true, ...(zone && { zone }) })
    return [told.zone, told.points.filter(({ requests }) => requests > 0).map(({ at, requests }) => `${iso(at)} ${requests}`)]
  }
  expect(await days()).toEqual(['UTC', ['2026-05-19T00:00 3']])
  expect(await days('Asia/Shanghai')).toEqual(['Asia/Shanghai', ['2026-05-18T16:00 1', '2026-05-19T16:00 2']])
  expect(await days('Asia/Kolkata')).toEqual(['Asia/Kolkata', ['2026-05-18T19:00 3']])
})

test('beyond the hours that are kept, days are those of UTC', async () => {
  const usage = await openUsage([now - 120 * day])
  const told = await usage.series({
    from: now - 130 * day,
    to: now,
    bucket: 'day',
    every: 1,
    percentiles: true,
    zone: 'Asia/Shanghai',
  })
  expect(told.zone).toBe('UTC')
  expect(told.points.every(({ at }) => at % day === 0)).toBe(true)
})

test('several hours are one point, counted from midnight, with the percentiles of all their calls', async () => {
  const times = [1, 2, 3, 4].map((hours) => Date.UTC(2026, 4, 20, hours))
  const usage = await openUsage(times)
  const asked = { from: now - 20 * hour, to: now, bucket: 'hour', every: 6, percentiles: true, zone: 'Asia/Shanghai' } as const
  const told = await usage.series(asked)
  expect(told.every).toBe(6)
  expect(told.points.map(({ at }) => iso(at))).toEqual([
    '2026-05-19T16:00',
    '2026-05-19T22:00',
    '2026-05-20T04:00',
    '2026-05-20T10:00',
  ])
  expect(told.points.map(({ requests }) => requests)).toEqual([0, 3, 1, 0])
  const [, three] = told.points
  expect(three?.p50Ms).toBeGreaterThan(180)
  expect(three?.p95Ms).toBeGreaterThan(270)
  const without = await usage.series({ ...asked, percentiles: false })
  expect(without.points).toEqual(told.points.map((point) => ({ ...point, p50Ms: null, p95Ms: null })))
  const models = await usage.models(asked)
  expect(models.map(({ at, requests }) => `${iso(at)} ${requests}`)).toEqual(['2026-05-19T22:00 3', '2026-05-20T04:00 1'])
})

test('shares are called what their pools, keys and clients are called; what is gone has no name', async () => {
  const { usage, catalog } = await openLog([now - hour])
  const label = async (by: 'pool' | 'key' | 'client' | 'model') =>
    (await usage.shares({ by, order: 'calls', limit: 5 })).rows.map((row) => [row.name, row.label])
  expect(await label('pool')).toEqual([['main', 'Main pool']])
  expect(await label('key')).toEqual([['key-1', 'work']])
  expect(await label('client')).toEqual([['client-1', 'Editor']])
  expect(await label('model')).toEqual([['gpt-5-2026', 'gpt-5-2026']])
  catalog.keys.clear()
  expect(await label('key')).toEqual([['key-1', null]])
})
