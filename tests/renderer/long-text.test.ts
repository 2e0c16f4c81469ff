import { expect, test } from 'vitest'
import { beginningOf, isLong, linesOf } from '../../src-renderer/screens/keys/add/long-text.ts'

test('lines are counted as an editor counts them', () => {
  expect(['a', 'a\n', 'a\nb', 'a\nb\n', '\n\n'].map(linesOf)).toEqual([1, 1, 2, 2, 2])
})

test('of a long text the beginning is short, also when it is one line', () => {
  expect(isLong('x'.repeat(100_000))).toBe(false)
  expect(isLong('x'.repeat(100_001))).toBe(true)
  expect(beginningOf('x'.repeat(5_000_000))).toHaveLength(1000)
  expect(beginningOf('line\n'.repeat(100_000)).split('\n')).toHaveLength(8)
})
