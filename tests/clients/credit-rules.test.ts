/** What calls cost in credits. */

import { expect, test } from 'vitest'
import { creditRuleFor, creditsBy } from '../../src-main/clients/index.ts'
import { type CreditRule, creditRule } from '../../src-preload/contract/quota.ts'
import * as fc from '../support/fast-check.ts'

const rule = (given: object): CreditRule => creditRule.parse(given)
const nothing = { tokens: 0, nanos: 0 }

test('without a rule that fits a call costs one credit, whatever it uses', () => {
  const usual = creditRuleFor([rule({ pool: 'dear', perCall: 9 })], 'main', 'gpt-5')
  expect(creditsBy(usual, { tokens: 1e6, nanos: 1e12 })).toBe(1)
})

test('the first rule that fits counts: by pool, by model, by the beginning of its name', () => {
  const rules = [
    rule({ pool: 'main', model: 'gpt-5', perCall: 2 }),
    rule({ pool: 'main', model: 'gpt-*', perCall: 3 }),
    rule({ model: 'my-route', perCall: 4 }),
    rule({ pool: 'main', perCall: 5 }),
    rule({ perCall: 6 }),
  ]
  const cost = (pool: string, model: string | null) => creditsBy(creditRuleFor(rules, pool, model), nothing)
  expect(cost('main', 'gpt-5')).toBe(2)
  expect(cost('main', 'gpt-5-mini')).toBe(3)
  expect(cost('other', 'my-route')).toBe(4)
  expect(cost('main', 'my-route')).toBe(4)
  expect(cost('main', 'claude')).toBe(5)
  expect(cost('other', 'gpt-5')).toBe(6)
})

test('a call that names no model is meant by * only', () => {
  const rules = [rule({ model: 'gpt*', perCall: 2 }), rule({ perCall: 3 })]
  expect(creditRuleFor(rules, 'main', null).perCall).toBe(3)
  expect(creditRuleFor(rules.slice(0, 1), 'main', null).perCall).toBe(1)
})

test('calls, tokens and money add up, in fractions', () => {
  const mixed = rule({ perCall: 0.5, perThousandTokens: 2, perUsd: 100 })
  expect(creditsBy(mixed, { tokens: 1250, nanos: 3_000_000 })).toBeCloseTo(0.5 + 2.5 + 0.3, 9)
  expect(creditsBy(rule({ perCall: 0 }), { tokens: 9, nanos: 9 })).toBe(0)
})

test('whatever is used, it costs a figure that quotas can count', () => {
  const figure = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300))
  const factor = fc.double({ min: 0, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(factor, factor, factor, figure, figure, (perCall, perThousandTokens, perUsd, tokens, nanos) => {
      const credits = creditsBy({ pool: '*', model: '*', perCall, perThousandTokens, perUsd }, { tokens, nanos })
      expect(credits).toBeGreaterThanOrEqual(0)
      expect(credits).toBeLessThanOrEqual(1e9)
    }),
  )
})
