import { describe, expect, test } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import { budgetLimits, entryFor, joined, limitsByModel, limitsOf, smallest } from '../../src-main/services/keys/limit-rules.ts'

const minute = { slideMs: 60_000 }
const day = { calendar: 'day', zone: 'Europe/Paris' } as const

describe('limits as people write them', () => {
  test('become windows: minutes slide, days end at the zone’s midnight, * is all models together', () => {
    expect(
      limitsOf(
        { '*': { rpm: 5, tpm: 100, rpd: 50, tpd: 0 }, 'gpt-5*': { tpm: 7, tokenType: 'output' }, empty: {} },
        'Europe/Paris',
      ),
    ).toEqual({
      '': [
        { unit: 'requests', window: minute, amount: 5 },
        { unit: 'total', window: minute, amount: 100 },
        { unit: 'requests', window: day, amount: 50 },
        { unit: 'total', window: day, amount: 0 },
      ],
      'gpt-5*': [{ unit: 'output', window: minute, amount: 7 }],
      empty: [],
    })
  })

  test('and back, for every preset whose windows have a word', () => {
    const presets = Object.values(providers).flatMap(({ resetZone, presets: list }) =>
      list.map((preset) => ({ ...preset, resetZone })),
    )
    expect(presets.length).toBeGreaterThan(0)
    for (const { limits, resetZone } of presets) {
      const known = Object.entries(limits).map(([model, list]) => [
        model,
        list.filter(({ window }) => window !== 'forever' && !('calendar' in window && window.calendar === 'month')),
      ])
      expect(limitsOf(limitsByModel(limits), resetZone)).toEqual(Object.fromEntries(known))
    }
  })

  test('a budget is money over all models, by day, month or for ever', () => {
    const nanos = (window: unknown) => ({ '': [{ unit: 'nanos', window, amount: 1_500_000_000 }] })
    expect(budgetLimits({ usd: 1.5, per: 'day' }, 'Europe/Paris')).toEqual(nanos(day))
    expect(budgetLimits({ usd: 1.5, per: 'month' }, 'UTC')).toEqual(nanos({ calendar: 'month', zone: 'UTC' }))
    expect(budgetLimits({ usd: 1.5, per: 'total' }, 'UTC')).toEqual(nanos('forever'))
    expect(budgetLimits(null, 'UTC')).toEqual({})
  })

  test('limits and budget of a key are all its limits', () => {
    const both = joined(limitsOf({ '*': { rpm: 1 }, m: { rpm: 2 } }, 'UTC'), budgetLimits({ usd: 1, per: 'total' }, 'UTC'))
    expect([both['']?.map(({ unit }) => unit), both['m']?.length]).toEqual([['requests', 'nanos'], 1])
  })
})

describe('limits of an account in several pools', () => {
  const rpm = (limits: Record<string, number>) =>
    limitsOf(Object.fromEntries(Object.entries(limits).map(([model, amount]) => [model, { rpm: amount }])), 'UTC')
  const amounts = (limits: ReturnType<typeof smallest>) =>
    Object.fromEntries(Object.entries(limits).map(([model, list]) => [model, list.map(({ amount }) => amount)]))

  test('the smallest of each counts', () => {
    const both = smallest([limitsOf({ '*': { rpm: 5, tpm: 9 } }, 'UTC'), limitsOf({ '*': { rpm: 3, rpd: 7 } }, 'UTC')])
    expect(both['']?.map(({ unit, amount }) => [unit, amount])).toEqual([
      ['requests', 3],
      ['total', 9],
      ['requests', 7],
    ])
  })

  test('a name in one pool does not escape the prefix in the other', () => {
    expect(amounts(smallest([rpm({ 'gpt*': 2 }), rpm({ 'gpt-5': 9, 'gpt-5*': 1, other: 4 })]))).toEqual({
      'gpt*': [2],
      'gpt-5': [2],
      'gpt-5*': [1],
      other: [4],
    })
  })

  test('what one pool says of all models together stays that', () => {
    expect(amounts(smallest([rpm({ '*': 3 }), rpm({ m: 9 })]))).toEqual({ '': [3], m: [9] })
  })

  test('days of different zones are different limits', () => {
    expect(smallest([limitsOf({ '*': { rpd: 5 } }, 'UTC'), limitsOf({ '*': { rpd: 9 } }, 'Asia/Tokyo')])['']).toHaveLength(2)
  })

  test('one pool alone is taken as it is', () => {
    const only = rpm({ a: 1 })
    expect(smallest([only])).toBe(only)
    expect(smallest([])).toEqual({})
  })
})

test.each([
  ['gpt-5', ['gpt*', 'gpt-5*', 'g*'], 'gpt-5*'],
  ['gpt-5', ['gpt-5', 'gpt-5*'], 'gpt-5'],
  ['gpt-5', ['*'], undefined],
  ['', ['gpt*', ''], ''],
  ['*', ['*'], '*'],
  ['claude', ['gpt*'], undefined],
])('of the entries for %s in %j the one that covers it best is %s', (model, entries, wanted) => {
  expect(entryFor(entries, model)).toBe(wanted)
})
