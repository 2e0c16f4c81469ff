/** What clients use by day: by the calendar of the machine, over restarts and clocks that are put right, until it is forgotten. */
import { describe, expect, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { allDays, createClientDays, dayNames } from '../../src-main/services/clients/client-days.ts'
import { createUnsaved } from '../../src-main/services/unsaved.ts'
import type { ClientDayRow } from '../../src-main/storage/types.ts'
import { newStorage, nothingNew } from '../storage/fixtures.ts'
import { VirtualClock } from '../support/clock.ts'

const at = (iso: string) => Date.parse(iso)
const hour = 3_600_000

function openDays(start = '2026-01-31T12:00:00Z', { zone = 'UTC', remembered = [] as ClientDayRow[] } = {}) {
  const clock = new VirtualClock(at(start))
  const days = createClientDays({ remembered, clock, dayOf: dayNames(zone, { periodEnd }) })
  const rows = (stored: ClientDayRow[] = []) =>
    days.merged('editor', allDays, stored).map(({ day, calls, credits }) => `${day} ${calls} ${credits}`)
  return { clock, days, rows }
}
const row = (day: string, calls: number, credits = calls): ClientDayRow => ({ client: 'editor', day, calls, credits })

describe('a day', () => {
  test.each([
    ['UTC', '2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['UTC', '2026-02-01T00:00:00Z', '2026-02-01'],
    ['Europe/Paris', '2026-03-28T22:59:59Z', '2026-03-28'],
    ['Europe/Paris', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['Europe/Paris', '2026-03-29T21:59:59Z', '2026-03-29'],
    ['Europe/Paris', '2026-03-29T22:00:00Z', '2026-03-30'],
    ['America/Los_Angeles', '2028-02-29T07:59:59Z', '2028-02-28'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-31'],
  ])('in %s holds %s', (zone, moment, name) => {
    expect(dayNames(zone, { periodEnd })(at(moment))).toBe(name)
  })

  test('is the same whatever was asked for before', () => {
    const dayOf = dayNames('Europe/Paris', { periodEnd })
    const moments = Array.from({ length: 200 }, (_, n) => at('2026-03-27T00:00:00Z') + ((n * 37) % 200) * hour)
    for (const moment of moments) expect(dayOf(moment)).toBe(dayNames('Europe/Paris', { periodEnd })(moment))
  })

  test('counts calls and credits, and a new one begins at midnight', () => {
    const { clock, days, rows } = openDays()
    for (let i = 0; i < 10; i++) days.count('editor', 0.1)
    days.count('ci', 5)
    clock.advance(12 * hour)
    days.count('editor', 2)
    expect(rows()).toEqual(['2026-01-31 10 1', '2026-02-01 1 2'])
  })

  test('goes on where it was at the last stop', () => {
    const { days, rows } = openDays('2026-01-31T12:00:00Z', { remembered: [row('2026-01-31', 7)] })
    days.count('editor', 1)
    expect(rows([row('2026-01-30', 3), row('2026-01-31', 7)])).toEqual(['2026-01-30 3 3', '2026-01-31 8 8'])
    expect(days.takeMemory()).toEqual({ clientDays: [row('2026-01-31', 8)], goneClientDays: [] })
    expect(days.takeMemory().clientDays).toEqual([])
  })

  test('is not opened again by a clock that is put back over midnight', () => {
    const { clock, days, rows } = openDays('2026-02-01T00:00:01Z', { remembered: [row('2026-02-01', 7)] })
    clock.shiftWall(-2000)
    days.count('editor', 1)
    expect(rows()).toEqual(['2026-02-01 8 8'])
    clock.advance(5000)
    days.count('editor', 1)
    expect(rows()).toEqual(['2026-02-01 9 9'])
  })

  test('of a clock that was far ahead is left alone when that is put right', () => {
    const { clock, days, rows } = openDays('2036-02-01T00:00:00Z')
    days.count('editor', 1)
    clock.shiftWall(-3650 * 24 * hour)
    days.count('editor', 1)
    days.count('editor', 1)
    expect(rows()).toEqual(['2026-02-03 2 2', '2036-02-01 1 1'])
  })
})

describe('stored', () => {
  test('a day never counts less than it did', async () => {
    const storage = await newStorage()
    await storage.saveMemory({ ...nothingNew, clientDays: [row('2026-01-31', 7, 0.5)] })
    await storage.saveMemory({ ...nothingNew, clientDays: [row('2026-01-31', 2, 9)] })
    expect(await storage.clientDays({ client: 'editor', ...allDays })).toEqual([row('2026-01-31', 7, 9)])
  })

  test('days are read in their order, both ends inclusive, and forgotten so', async () => {
    const storage = await newStorage()
    const days = ['2026-01-29', '2026-01-30', '2026-01-31', '2026-02-01'].map((day) => row(day, 1))
    await storage.saveMemory({ ...nothingNew, clientDays: [...days].toReversed() })
    const span = { client: 'editor', from: '2026-01-30', to: '2026-01-31' }
    expect(await storage.clientDays(span)).toEqual(days.slice(1, 3))
    expect((await storage.load()).memory.clientDays).toEqual(days.slice(3))
    await storage.saveMemory({ ...nothingNew, goneClientDays: [span] })
    expect(await storage.clientDays({ client: 'editor', ...allDays })).toEqual([days[0], days[3]])
  })
})

describe('forgotten', () => {
  test('a day is gone from memory, from what is still to be written, and counts anew', () => {
    const { days, rows } = openDays()
    days.count('editor', 4)
    const unsaved = createUnsaved()
    unsaved.add(days.takeMemory())
    days.forget('editor', { from: '2026-01-31', to: '2026-01-31' })
    expect(rows()).toEqual([])
    unsaved.add(days.takeMemory())
    expect(unsaved.take()?.changes).toEqual({
      ...nothingNew,
      goneClientDays: [{ client: 'editor', from: '2026-01-31', to: '2026-01-31' }],
    })
    days.count('editor', 1)
    unsaved.add(days.takeMemory())
    expect(unsaved.take()?.changes.clientDays).toEqual([row('2026-01-31', 1)])
  })

  test('other days and other clients stay', () => {
    const { clock, days, rows } = openDays()
    days.count('editor', 1)
    days.count('ci', 1)
    clock.advance(24 * hour)
    days.count('editor', 2)
    days.forget('editor', { from: allDays.from, to: '2026-01-31' })
    expect(rows()).toEqual(['2026-02-01 1 2'])
    expect(days.merged('ci', allDays, [])).toHaveLength(1)
  })
})
