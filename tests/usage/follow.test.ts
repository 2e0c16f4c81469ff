/** The request log in the order in which it was written. */
import { expect, test } from 'vitest'
import { append } from '../../src-main/usage/append.ts'
import { follow } from '../../src-main/usage/follow.ts'
import { newUsage, request } from '../storage/fixtures.ts'

test('a long request that was written late is not missed, whatever time it began at', () => {
  const usage = newUsage()
  const write = (number: number, ...rows: ReturnType<typeof request>[]) =>
    append(usage, { number, rows, counted: { coarse: [], latency: [], fine: [] } })
  write(1, request({ id: 'a', at: 2000, pool: 'p' }), request({ id: 'b', at: 2001, pool: 'other' }))
  const first = follow(usage, { pool: 'p', after: 0 })
  expect([first.rows.map(({ id }) => id), first.more]).toEqual([['a'], false])
  // It began before the first one.
  write(2, request({ id: 'c', at: 1000, pool: 'p' }))
  const second = follow(usage, { pool: 'p', after: first.to })
  expect(second.rows.map(({ id }) => id)).toEqual(['c'])
  expect(follow(usage, { pool: 'p', after: second.to })).toMatchObject({ rows: [], to: second.to })
  expect(follow(usage, { pool: 'p', after: null })).toMatchObject({ rows: [], to: second.to })
})

test('a call that fell back to the pool is among its own; an emptied log begins anew', () => {
  const usage = newUsage()
  const attempts = [{ keyId: 'k', keyLabel: 'k', outcome: 'ok' as const, status: 200, ms: 1, message: null, pool: 'p' }]
  append(usage, {
    number: 1,
    rows: [request({ id: 'a', pool: 'front', attempts }), request({ id: 'b', pool: 'pp' })],
    counted: { coarse: [], latency: [], fine: [] },
  })
  expect(follow(usage, { pool: 'p', after: 0 }).rows.map(({ id }) => id)).toEqual(['a'])
  expect(follow(usage, { pool: 'p', after: 1_000_000 }).rows.map(({ id }) => id)).toEqual(['a'])
})

test('it looks at 5,000 rows at a time and says that there are more', () => {
  const usage = newUsage()
  const rows = Array.from({ length: 5001 }, (_, n) => request({ id: `r${n}`, at: n, pool: n === 5000 ? 'p' : 'other' }))
  append(usage, { number: 1, rows, counted: { coarse: [], latency: [], fine: [] } })
  const first = follow(usage, { pool: 'p', after: 0 })
  expect(first).toMatchObject({ rows: [], to: 5000, more: true })
  expect(follow(usage, { pool: 'p', after: first.to })).toMatchObject({ rows: [{ id: 'r5000', number: 5001 }], more: false })
})
