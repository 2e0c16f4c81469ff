/** The filter of Traffic, as it stands in the address. */

import { describe, expect, it } from 'vitest'
import { outcomes } from '../../src-preload/contract/index.ts'
import { requestQuery } from '../../src-preload/contract/usage.ts'
import { presets } from '../../src-renderer/parts/range.ts'
import {
  filterFromParams,
  matches,
  paramsFromFilter,
  queryFromFilter,
  type TrafficFilter,
} from '../../src-renderer/screens/traffic/filter.ts'
import * as fc from '../support/fast-check.ts'
import { requestRow } from './build-rows.ts'

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
const range = fc.oneof(
  fc.constantFrom(...presets).map((kind) => ({ kind })),
  fc.nat(4_000_000_000_000).map((from) => ({ kind: 'custom' as const, from, to: from + 60_000 })),
)
const anyFilter = fc.record(
  {
    range,
    outcome: fc.constantFrom(...outcomes, 'failed' as const),
    status: fc.integer({ min: 100, max: 599 }),
    pool: text,
    key: text,
    client: text,
    model: text,
    q: text,
    minMs: fc.integer({ min: 1, max: 999_999_999 }),
    retried: fc.constant(true as const),
    cache: fc.constantFrom('hit', 'miss'),
    cost: fc.constantFrom('known', 'unknown'),
  },
  { requiredKeys: ['range'] },
)

describe('the filter in the address', () => {
  it('comes back as it was put in', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        const address = new URLSearchParams(paramsFromFilter(filter)).toString()
        expect(filterFromParams(new URLSearchParams(address))).toEqual(filter)
      }),
    )
  })

  it('is empty for what is shown first', () => {
    expect(paramsFromFilter(filterFromParams(new URLSearchParams()))).toEqual({})
  })

  it('leaves out what it does not understand', () => {
    expect(
      filterFromParams(new URLSearchParams('range=9y&outcome=maybe&status=2xx&pool=&minMs=-5&retried=no&cost=much')),
    ).toEqual({
      range: null,
    })
  })
})

describe('the query made of it', () => {
  it('is one that the contract takes', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(requestQuery.safeParse(queryFromFilter(filter, 1_700_000_000_000)).success).toBe(true)
      }),
    )
  })

  it('counts a range back from now and ends there', () => {
    const now = 1_700_000_000_000
    expect(queryFromFilter({ range: { kind: '1h' } }, now)).toEqual({ from: now - 3_600_000, to: now })
  })

  it('asks for everything but ok when failed ones are wanted', () => {
    const day = { kind: '24h' } as const
    expect(queryFromFilter({ range: day, outcome: 'failed' }, 0)).toMatchObject({ failed: true })
    expect(queryFromFilter({ range: day, outcome: 'network' }, 0)).toMatchObject({ outcome: 'network' })
  })
})

describe('a request that has just ended', () => {
  const attempt = { keyId: 'k0', keyLabel: 'zero', outcome: 'rate-short' as const, status: 429, ms: 1, message: null }
  const row = requestRow({ at: 1000, outcome: 'network', status: 502, errorCode: 'ECONNRESET', attempts: [attempt] })
  const cases: [string, Omit<TrafficFilter, 'range'>, boolean][] = [
    ['without a filter', {}, true],
    ['failed', { outcome: 'failed' }, true],
    ['its outcome', { outcome: 'network' }, true],
    ['another outcome', { outcome: 'ok' }, false],
    ['its pool', { pool: 'main' }, true],
    ['another pool', { pool: 'mai' }, false],
    ['the key that served', { key: 'k1' }, true],
    ['a key that was only tried', { key: 'k0' }, true],
    ['a key that was not tried', { key: 'k2' }, false],
    ['its client', { client: 'c1' }, true],
    ['another client', { client: 'c2' }, false],
    ['as slow as that', { minMs: 34 }, true],
    ['faster than that', { minMs: 35 }, false],
    ['tried more than once', { retried: true }, false],
    ['its model', { model: 'gpt-5-mini' }, true],
    ['another model', { model: 'gpt-5' }, false],
    ['its status', { status: 502 }, true],
    ['another status', { status: 200 }, false],
    ['text in the path', { q: 'CHAT' }, true],
    ['text in the error code', { q: 'connreset' }, true],
    ['text nowhere', { q: 'xyz' }, false],
  ]
  it.each(cases)('%s', (_name, filter, expected) => {
    expect(matches(row, { range: { kind: '24h' }, ...filter })).toBe(expected)
  })

  it('is of unknown cost only when it was answered', () => {
    const day = { kind: '24h' } as const
    const of = (outcome: 'ok' | 'network', costNanos: number | null) => {
      const ended = requestRow({ outcome, costNanos })
      return (['known', 'unknown'] as const).filter((cost) => matches(ended, { range: day, cost }))
    }
    expect([of('ok', 5), of('ok', 0), of('ok', null), of('network', null)]).toEqual([['known'], ['known'], ['unknown'], []])
  })

  it('is inside a stretch of time or not', () => {
    expect(matches(row, { range: { kind: 'custom', from: 1000, to: 1001 } })).toBe(true)
    expect(matches(row, { range: { kind: 'custom', from: 0, to: 1000 } })).toBe(false)
  })
})
