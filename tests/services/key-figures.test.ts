/** What lists say about a key's use. */
import { expect, test } from 'vitest'
import { figuresOf } from '../../src-main/services/keys/figures.ts'
import type { KeyHour } from '../../src-main/usage/types.ts'
import { key } from '../storage/fixtures.ts'
import { secretOf } from './house.ts'
import { openStreet } from './street.ts'

const quick = { queueTimeout: 0 }
const hourMs = 3_600_000

test('attempts by hour with the failed ones, tokens of today, and the nearest limit, just after a call', async () => {
  const street = await openStreet([{ slug: 'main', keys: [1, 2], config: quick }])
  await street.setKey(1, { limits: { '*': { rpd: 10, rpm: 5 }, big: { rpd: 0 } } })
  street.upstream.script('*', { kind: 'ok', usage: { input: 7, output: 5 } })
  street.upstream.script(secretOf(2), { kind: 'rate-short', retryAfterS: 60 })
  await street.chat('main')
  await street.chat('main')
  const [one, two, ...others] = await street.keys.figures([street.id(1), street.id(2), street.id(1), 'nobody'])
  expect(others).toEqual([])
  expect(one).toMatchObject({ id: street.id(1), attempts: 2, failed: 0, tokensToday: 24 })
  expect([one?.hours.length, one?.hours.reduce((sum, count) => sum + count, 0)]).toEqual([24, 2])
  // A model that is not to be had is the tightest of all.
  expect(one?.nearest).toMatchObject({ limit: 0, model: 'big' })
  expect(two).toMatchObject({ attempts: 1, failed: 1, tokensToday: 0 })
  expect(two?.failedHours.reduce((sum, count) => sum + count, 0)).toBe(1)
  await street.setKey(1, { limits: { '*': { rpd: 10, rpm: 5 } } })
  expect((await street.keys.figures([street.id(1)]))[0]?.nearest).toMatchObject({ per: 'minute', used: 2, limit: 5 })
})

test('a day begins at midnight of the key’s own zone', async () => {
  const now = Date.UTC(2026, 4, 20, 16, 30)
  const rows = [key('utc'), key('tokyo', { limitZone: 'Asia/Tokyo' }), key('kolkata', { limitZone: 'Asia/Kolkata' })]
  const hours: KeyHour[] = rows.flatMap(({ id }) =>
    Array.from({ length: 30 }, (_, index) => ({
      key: id,
      at: Date.UTC(2026, 4, 20, 16) - index * hourMs,
      attempts: 1,
      failed: 0,
      tokens: 1,
    })),
  )
  const figures = await figuresOf(['utc', 'tokyo', 'kolkata'], {
    catalog: { keys: new Map(rows.map((row) => [row.id, row])) },
    engine: { meters: () => [] },
    clock: { now: () => now, mono: () => 0, after: () => () => undefined },
    usage: { keyHours: ({ hours: asked }) => Promise.resolve(hours.filter(({ at }) => asked.includes(at))) },
  })
  // 17 hours of UTC's day; Tokyo's began at 15:00 UTC, Kolkata's last midnight was at 18:30 UTC the day before.
  expect(figures.map(({ tokensToday }) => tokensToday)).toEqual([17, 2, 23])
  expect(figures.map(({ attempts, nearest }) => [attempts, nearest])).toEqual(rows.map(() => [24, null]))
})
