import { expect, test } from 'vitest'
import { countFresh, noneFresh, withFresh } from '../../src-renderer/screens/traffic/fresh.ts'

const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `r${from + index}` }))

test('what came since is counted, but not what the list has already', () => {
  const fresh = withFresh(withFresh(noneFresh, rows(0, 3)), rows(3, 2))
  expect(countFresh(fresh, [])).toBe(5)
  expect(countFresh(fresh, [{ id: 'older' }, { id: 'r1' }])).toBe(4)
})

test('a hundred thousand are counted without being kept', () => {
  let fresh = noneFresh
  for (let n = 0; n < 100_000; n += 125) fresh = withFresh(fresh, rows(n, 125))
  expect(countFresh(fresh, [])).toBe(100_000)
  expect(fresh !== 'missed' && fresh.ids.size).toBe(200)
})

test('once some were missed, nobody knows how many there are', () => {
  expect(countFresh(withFresh('missed', rows(0, 3)), [])).toBeNull()
})
