/** SQL that is put together: what is a value stays one, whatever is in it. */
import { expect, test } from 'vitest'
import { andIs, insert, nothing, text, upsert } from '../../src-main/usage/sql.ts'
import { newUsage } from '../storage/fixtures.ts'

test('a value never becomes part of the text', () => {
  const usage = newUsage()
  const evil = `'; DROP TABLE requests; --`
  expect(usage.all(text`SELECT ${evil} AS told, ${null} AS none`)).toEqual([{ told: evil, none: null }])
  const forged = { sql: 'DROP TABLE requests', parameters: [] } as unknown as string
  expect(() => usage.all(text`SELECT ${forged} AS told`)).toThrow(/parameter/)
  expect(usage.all(text`SELECT count(*) AS rows FROM requests`)).toEqual([{ rows: 0 }])
})

test('pieces inside a query keep the order of their values', () => {
  const { sql, parameters } = text`SELECT ${1} WHERE a = ${'a'}${andIs('b', 'b')}${andIs('c', undefined)} ${nothing}LIMIT ${9}`
  expect(sql).toBe('SELECT ? WHERE a = ? AND "b" = ? LIMIT ?')
  expect(parameters).toEqual([1, 'a', 'b', 9])
})

test('columns may be called as words of SQL are, and a row with the same key is merged', () => {
  const usage = newUsage()
  usage.exec('CREATE TABLE "order" ("group" TEXT PRIMARY KEY, "limit" INTEGER, "then" TEXT)')
  const columns = ['group', 'limit', 'then']
  const add = upsert('order', ['group'], columns, (old, added, column) => (column === 'limit' ? `${old} + ${added}` : added))
  usage.run({ sql: insert('order', columns), parameters: ['a', 1, 'x'] })
  usage.run({ sql: add, parameters: ['a', 2, 'y'] })
  usage.run({ sql: add, parameters: ['b', 5, 'z'] })
  expect(usage.all(text`SELECT * FROM "order" ORDER BY "group"`)).toEqual([
    { group: 'a', limit: 3, then: 'y' },
    { group: 'b', limit: 5, then: 'z' },
  ])
  expect(() => usage.run({ sql: insert('order', columns), parameters: ['a', 0, ''] })).toThrow(/UNIQUE/)
})
