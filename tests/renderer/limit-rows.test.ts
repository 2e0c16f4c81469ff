/** The table of limits: what is typed into it and what it says. */

import { expect, test } from 'vitest'
import { type LimitsByModel, poolConfig } from '../../src-preload/contract/index.ts'
import {
  limitsOf,
  rowProblem,
  rowsOf,
  sameLimits,
  withCell,
  withNewRow,
  withTokenType,
} from '../../src-renderer/parts/limits/limit-rows.ts'
import * as fc from '../support/fast-check.ts'

const amount = fc.option(fc.nat(), { nil: undefined })
const limitSet = fc
  .record({
    rpm: amount,
    tpm: amount,
    rpd: amount,
    tpd: amount,
    tokenType: fc.constantFrom('input', 'output', 'total', undefined),
  })
  .map((set) => JSON.parse(JSON.stringify(set)) as LimitsByModel[string])
const limits = fc.dictionary(fc.stringMatching(/^([a-z][a-z0-9.-]{0,10}\*?|\*)$/), limitSet, { maxKeys: 6 })

test('any limits come out of the table as they went in, and the contract takes them', () => {
  fc.assert(
    fc.property(limits, (given) => {
      const said = limitsOf(rowsOf(given))
      expect(said).not.toBeNull()
      // A row for all models without a number says nothing.
      const { '*': all, ...single } = given
      const meant = all && Object.keys(all).some((name) => name !== 'tokenType') ? given : single
      expect(sameLimits(said ?? {}, meant)).toBe(true)
      expect(poolConfig.shape.limits.safeParse(said).success).toBe(true)
    }),
  )
})

test('the row for all models is first and always there', () => {
  expect(rowsOf({}).map(({ model }) => model)).toEqual(['*'])
  expect(rowsOf({ 'gpt-5': { rpm: 1 }, '*': { rpm: 2 } }).map(({ model }) => model)).toEqual(['*', 'gpt-5'])
})

test('an emptied cell is no limit, a 0 is one', () => {
  const rows = rowsOf({ '*': { rpm: 5, rpd: 10 } })
  const change = (name: 'rpm' | 'rpd', value: number | undefined) =>
    rows.map((row) => ({ ...row, set: withCell(row.set, name, value) }))
  expect(limitsOf(change('rpm', undefined))).toEqual({ '*': { rpd: 10 } })
  expect(limitsOf(change('rpm', 0))).toEqual({ '*': { rpm: 0, rpd: 10 } })
})

test('all tokens is what counts where nothing is said', () => {
  expect(withTokenType({ tpm: 5 }, 'input')).toEqual({ tpm: 5, tokenType: 'input' })
  expect(withTokenType({ tpm: 5, tokenType: 'input' }, 'total')).toEqual({ tpm: 5 })
})

test('a new row says nothing until it is named; numbers without a model, or a model twice, say no limits at all', () => {
  const [all, added] = withNewRow(rowsOf({}))
  if (!all || !added) throw new Error('two rows')
  expect(limitsOf([all, added])).toEqual({})
  const numbered = { ...added, set: { rpm: 3 } }
  expect(rowProblem(numbered, [all, numbered])).toBe('nameIt')
  expect(limitsOf([all, numbered])).toBeNull()
  const twice = { ...numbered, model: ' * ' }
  expect(rowProblem(twice, [all, twice])).toBe('twice')
  expect(limitsOf([all, { ...numbered, model: ' gpt-5* ' }])).toEqual({ 'gpt-5*': { rpm: 3 } })
})

test('rows keep their names while others come and go', () => {
  const rows = withNewRow(withNewRow(rowsOf({ a: { rpm: 1 } })).filter(({ model }) => model !== 'a'))
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
})
