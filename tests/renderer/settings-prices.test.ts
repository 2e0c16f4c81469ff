import { expect, test } from 'vitest'
import { newPrice, priceIssues, withAmount } from '../../src-renderer/screens/settings/price-rows.ts'

const rule = { ...newPrice, model: 'gpt-5' }

test('an emptied price is refused, never taken for free; an emptied cache price is left out', () => {
  expect([...priceIssues([withAmount(rule, 'input', '')]).keys()]).toEqual(['0.input'])
  expect(withAmount({ ...rule, cacheRead: 1 }, 'cacheRead', '')).not.toHaveProperty('cacheRead')
  expect(withAmount(rule, 'output', 0)).toMatchObject({ output: 0 })
  expect(withAmount(rule, 'cacheWrite', '2.5')).toMatchObject({ cacheWrite: 2.5 })
})

test('what would be refused is named where it stands', () => {
  expect(priceIssues([rule])).toEqual(new Map())
  expect([...priceIssues([rule, newPrice, { ...rule, output: -1 }]).keys()]).toEqual(['1.model', '2.output'])
})
