import { expect, test } from 'vitest'
import { parseRange, rangeBounds, rangeText } from '../../src-renderer/parts/range.ts'
import { hrefOf, parseRoute, places } from '../../src-renderer/route.ts'
import * as fc from '../support/fast-check.ts'

test('what goes into the address comes out of it again', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ minLength: 1 })),
      (place, params) => {
        const route = parseRoute(hrefOf(place, params))
        expect(route.place).toBe(place)
        expect(Object.fromEntries(route.params)).toEqual({ ...params })
      },
    ),
  )
})

test('empty parameters are left out, and an unknown place is none', () => {
  expect(hrefOf('keys', { pool: null, state: undefined, q: '' })).toBe('#/keys')
  expect(parseRoute('#/nowhere?x=1').place).toBeNull()
  expect(parseRoute('').place).toBeNull()
  expect(parseRoute('#code=abc').place).toBeNull()
})

test('a range survives the address and the store; nonsense is none', () => {
  const custom = { kind: 'custom', from: 1_700_000_000_000, to: 1_700_003_600_000 } as const
  expect(parseRange(rangeText(custom))).toEqual(custom)
  expect(parseRange(rangeText({ kind: '7d' }))).toEqual({ kind: '7d' })
  expect(parseRange(rangeText({ kind: 'all' }))).toEqual({ kind: 'all' })
  expect(rangeBounds({ kind: 'all' }, 7)).toEqual({ from: 0, to: 7 })
  expect(parseRange('200-100')).toBeNull()
  expect(parseRange('yesterday')).toBeNull()
  expect(parseRange(null)).toBeNull()
})
