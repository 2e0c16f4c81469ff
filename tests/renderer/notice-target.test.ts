/** Where a notice leads to. */
import { expect, test } from 'vitest'
import { targetOf } from '../../src-renderer/notices/notice-target.ts'

test('a notice of one key leads to it, one of several to those of their pool', () => {
  const one = { subject: 'main', values: { key: 'k1', label: 'one', pool: 'Main' } }
  const many = { subject: 'main', values: { ...one.values, count: 260 } }
  const keys = (params: object) => ({ place: 'keys', params })
  expect(targetOf({ kind: 'key-invalid', ...one })).toEqual(keys({ key: 'k1' }))
  expect(targetOf({ kind: 'key-invalid', ...many })).toEqual(keys({ pool: 'main', state: 'invalid' }))
  expect(targetOf({ kind: 'key-invalid', ...many, subject: null })).toEqual(keys({ pool: null, state: 'invalid' }))
  expect(targetOf({ kind: 'runway-short', ...one })).toEqual(keys({ key: 'k1' }))
  expect(targetOf({ kind: 'runway-short', ...many })).toEqual(keys({ pool: 'main', view: 'accounts' }))
  const budget = (whose: string) => ({ kind: 'budget-near', subject: 'x', values: { of: whose, key: 'k1' } }) as const
  expect(targetOf(budget('key'))).toEqual(keys({ key: 'k1' }))
  expect(targetOf({ ...budget('key'), values: { of: 'key', key: 'k1', count: 3 } })).toEqual(keys({ pool: 'x' }))
  expect(targetOf(budget('pool'))).toEqual(keys({ pool: 'x', sheet: 'pool' }))
  expect(targetOf(budget('client'))).toEqual({ place: 'connect', params: { client: 'x' } })
})
