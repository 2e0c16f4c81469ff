/** What a list of limits says: which is nearest, which ends first, how they are grouped; and whole accounts. */
import { expect, test } from 'vitest'
import { firstToEnd, groupMeters, meterLevel, meterShare, nearestMeter } from '../../src-renderer/parts/limits/meters.ts'
import { inOrder, isUsedUp, nameOf, runwayOf, tellingMeter } from '../../src-renderer/screens/pools/accounts.ts'
import { account, meter } from './build-limits.ts'

test('a limit is near from four fifths on, and used up with what calls under way have taken', () => {
  expect(meterLevel(meter({ used: 7 }))).toBe('free')
  expect(meterLevel(meter({ used: 8 }))).toBe('near')
  expect(meterLevel(meter({ used: 7, reserved: 3 }))).toBe('full')
  expect(meterLevel(meter({ used: 14 }))).toBe('full')
  expect(meterLevel(meter({ limit: 0 }))).toBe('none')
  expect(meterShare(meter({ used: 14 }))).toBe(1)
})

test('the nearest limit has the largest used part; a model that is not to be had is none', () => {
  const half = meter({ used: 5 })
  const most = meter({ used: 9, model: 'gpt-5' })
  expect(nearestMeter([half, most, meter({ limit: 0 })])).toBe(most)
  expect(nearestMeter([])).toBeUndefined()
  const sooner = meter({ used: 5, endsAt: 100 })
  expect(nearestMeter([half, meter({ used: 5, endsAt: 200 }), sooner])).toBe(sooner)
})

test('the first to end is the one that the pace reaches first', () => {
  const soon = meter({ endsAt: 100 })
  expect(firstToEnd([meter({ used: 9 }), meter({ endsAt: 200 }), soon])).toBe(soon)
  expect(firstToEnd([meter()])).toBeUndefined()
})

test('the key’s own limits come first, all models before single ones, short windows before long ones', () => {
  const groups = groupMeters([
    meter({ model: 'b', per: 'day' }),
    meter({ model: 'b', unit: 'total' }),
    meter({ model: 'b' }),
    meter({ model: 'a' }),
    meter({ scope: 'key', unit: 'usd', per: 'month' }),
    meter(),
  ])
  expect(groups.map(({ scope, model }) => [scope, model])).toEqual([
    ['key', null],
    ['account', null],
    ['account', 'a'],
    ['account', 'b'],
  ])
  expect(groups.at(-1)?.meters.map(({ unit, per }) => `${unit}/${per}`)).toEqual([
    'requests/minute',
    'total/minute',
    'requests/day',
  ])
})

test('a pool’s runway is that of the account which is the next to end', () => {
  const ends = meter({ endsAt: 100 })
  const late = account({ id: 'late', meters: [meter({ endsAt: 300 })] })
  const first = account({ id: 'first', meters: [meter({ used: 9 }), ends, meter({ endsAt: 200 })] })
  expect(runwayOf([account(), late, first], 50)).toEqual({ account: first, meter: ends, endsAt: 100 })
  expect(runwayOf([late, first], 250)?.account).toBe(late)
  expect(runwayOf([account({ meters: [meter()] }), late], 300)).toBeNull()
  expect(tellingMeter(first)).toBe(ends)
  const full = meter({ used: 10 })
  expect(tellingMeter(account({ meters: [ends, full] }))).toBe(full)
  expect([first, account({ meters: [full] })].map(isUsedUp)).toEqual([false, true])
})

test('shared accounts stand first; a key with an account of its own goes by its label', () => {
  const own = account({ id: 'key_9', source: 'own', keys: [{ id: 'key_9', label: 'spare 2', state: 'ready' }] })
  const shared = account({ id: 'z', keys: [own.keys, own.keys].flat() })
  expect(nameOf(own)).toBe('spare 2')
  expect(inOrder([own, account({ id: 'spare 10' }), shared]).map(nameOf)).toEqual(['z', 'spare 2', 'spare 10'])
})
