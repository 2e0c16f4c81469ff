import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { type Migration, migrate } from '../../src-main/storage/migrate.ts'
import { configMigrations } from '../../src-main/storage/tables.ts'
import { usageMigrations } from '../../src-main/usage/schema.ts'
import { newFolder } from './fixtures.ts'

const one: Migration = { version: 1, name: 'things', sql: "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('first')" }
const two: Migration = {
  version: 2,
  name: 'sizes',
  sql: 'ALTER TABLE things ADD COLUMN size INTEGER; UPDATE things SET size = 7',
}
const broken: Migration = {
  version: 3,
  name: 'broken',
  sql: 'ALTER TABLE things ADD COLUMN colour TEXT; UPDATE nowhere SET x = 1',
}

const newFile = () => `${newFolder()}.db`
const things = (file: string) => {
  const connection = connect(file)
  const rows = connection.all<Record<string, unknown>>({ sql: 'SELECT * FROM things', parameters: [] })
  const version = connection.pragma('user_version')
  connection.close()
  return { rows, version }
}

function migrated(file: string, migrations: readonly Migration[]): void {
  const connection = connect(file)
  try {
    connection.pragma('journal_mode = WAL')
    migrate(connection, file, migrations)
  } finally {
    connection.close()
  }
}

test('a new file gets every migration, and no backup', () => {
  const file = newFile()
  migrated(file, [one, two])
  expect(things(file)).toEqual({ rows: [{ name: 'first', size: 7 }], version: 2 })
  expect(readdirSync(dirname(file)).filter((name) => name.includes('backup'))).toEqual([])
})

test('an existing file gets what it lacks, after a backup that opens and is private', () => {
  const file = newFile()
  migrated(file, [one])
  migrated(file, [one, two])
  expect(things(file)).toEqual({ rows: [{ name: 'first', size: 7 }], version: 2 })
  const backup = `${file}.backup-v1`
  expect(things(backup)).toEqual({ rows: [{ name: 'first' }], version: 1 })
  expect(process.platform === 'win32' ? 0o600 : statSync(backup).mode & 0o777).toBe(0o600)
  expect(readdirSync(dirname(file)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('an up-to-date file is left alone', () => {
  const file = newFile()
  migrated(file, [one])
  migrated(file, [one])
  expect(readdirSync(dirname(file)).filter((name) => name.includes('backup'))).toEqual([])
})

test('a migration that fails leaves nothing of itself, and the ones before it stay', () => {
  const file = newFile()
  migrated(file, [one])
  expect(() => migrated(file, [one, two, broken])).toThrow(/no such table: nowhere/)
  expect(things(file)).toEqual({ rows: [{ name: 'first', size: 7 }], version: 2 })
  const mended: Migration = { ...broken, sql: 'ALTER TABLE things ADD COLUMN colour TEXT' }
  migrated(file, [one, two, mended])
  expect(things(file)).toEqual({ rows: [{ name: 'first', size: 7, colour: null }], version: 3 })
})

test('a backup that was cut off by a crash does not stand in the way', () => {
  const file = newFile()
  migrated(file, [one])
  migrated(`${file}.backup-v1.tmp`, [one])
  migrated(file, [one, two])
  expect(things(`${file}.backup-v1`).version).toBe(1)
})

test.each([
  ['keywheel.db', configMigrations],
  ['usage.db', usageMigrations],
])('the migrations of %s are numbered without a gap', (_, migrations) => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((__, index) => index + 1))
  const connection = connect(join(':memory:'))
  migrate(connection, ':memory:', migrations)
  expect(connection.pragma('user_version')).toBe(migrations.length)
  connection.close()
})
