/** A key in its form: what is shown, and that only what was changed is sent. */
import { expect, test } from 'vitest'
import { draftErrors, draftOf, patchOf } from '../../src-renderer/screens/keys/key-draft.ts'
import { key } from './build-limits.ts'

const before = draftOf(key())
const patch = (changes: Partial<typeof before>) => patchOf(before, { ...before, ...changes })

test('an account that was found out is not written as if a person had set it', () => {
  expect(draftOf(key({ account: { id: 'org-1', source: 'discovered' } })).account).toBe('')
  expect(draftOf(key({ account: { id: 'team', source: 'set' } })).account).toBe('team')
})

test('only what was changed is sent', () => {
  expect(patch({})).toEqual({})
  expect(patch({ limits: { '*': { rpm: 5 } } })).toEqual({ limits: { '*': { rpm: 5 } } })
  expect(patch({ limitZone: 'Europe/Paris' })).toEqual({ limitZone: 'Europe/Paris' })
  expect(patch({ account: ' team ' })).toEqual({ account: 'team' })
})

test('emptied fields give up what they said', () => {
  const full = draftOf(key({ account: { id: 'team', source: 'set' }, budget: { usd: 5, per: 'day' }, expiresAt: 60_000 }))
  expect(patchOf(full, { ...full, account: '', budget: '', expires: '' })).toEqual({
    account: null,
    budget: null,
    expiresAt: null,
  })
})

test('a budget is sent whole, and its period alone is none', () => {
  expect(patch({ budget: 7.5 })).toEqual({ budget: { usd: 7.5, per: 'month' } })
  expect(patch({ budgetPer: 'day' })).toEqual({})
  const full = draftOf(key({ budget: { usd: 5, per: 'day' } }))
  expect(patchOf(full, { ...full, budgetPer: 'total' })).toEqual({ budget: { usd: 5, per: 'total' } })
})

test('a table that says no limits sends none', () => {
  expect(patch({ limits: null })).toEqual({})
})

test('what is refused shows at the field that holds it', () => {
  expect(draftErrors({ expiresAt: 'a', 'limits.*.rpm': 'b', 'budget.usd': 'c', label: 'd' })).toEqual({
    expires: 'a',
    limits: 'b',
    budget: 'c',
    label: 'd',
  })
})
