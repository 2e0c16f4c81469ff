/** Copies of keywheel.db: what they hold, which are refused, and how one takes the place of the present file. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { stageCopy } from '../../src-main/storage/copies.ts'
import { filesIn } from '../../src-main/storage/files.ts'
import { key, newFolder, newStorage, pool } from './fixtures.ts'

/** A folder whose copy holds a pool `then` and two keys, while the present holds the pool `now` as well. */
async function bench() {
  const folder = newFolder()
  const storage = await newStorage({ folder })
  await storage.write({
    putPools: [pool({ slug: 'then' }), pool({ slug: 'trashed', deletedAt: 1 })],
    putKeys: [key('a'), key('b')],
  })
  const copy = join(folder, 'copy.db')
  await storage.copyConfig(copy)
  await storage.write({ putPools: [pool({ slug: 'now' })] })
  return { folder, storage, copy, files: filesIn(folder) }
}

async function slugsIn(folder: string): Promise<string[]> {
  const storage = await newStorage({ folder })
  const { pools } = await storage.load()
  await storage.closeNow()
  return pools.map(({ slug }) => slug)
}

test('a copy is private, says what it holds, and looking at it leaves nothing behind', async () => {
  const { folder, storage, copy } = await bench()
  expect(process.platform === 'win32' ? 0o600 : statSync(copy).mode & 0o777).toBe(0o600)
  const before = readdirSync(folder)
  expect(await storage.readCopy(copy, true)).toMatchObject({ pools: 1, keys: 2, vaultId: null })
  expect(readdirSync(folder)).toEqual(before)
})

test('what is damaged, empty, no database or of a newer Keywheel is refused', async () => {
  const { folder, storage, copy } = await bench()
  const variant = (name: string, change: (bytes: Buffer) => Buffer) => {
    const file = join(folder, name)
    writeFileSync(file, change(readFileSync(copy)))
    return file
  }
  const newer = join(folder, 'newer.db')
  copyFileSync(copy, newer)
  const connection = connect(newer)
  connection.pragma('user_version = 999')
  connection.close()
  const damaged = variant('damaged.db', (bytes) => bytes.fill(7, 4096, 4096 * 12))
  const bad = [variant('empty.db', () => Buffer.alloc(0)), variant('text.db', () => Buffer.from('no database at all'.repeat(99)))]
  for (const file of [...bad, newer, damaged])
    await expect(storage.readCopy(file, true)).rejects.toMatchObject({ code: 'BACKUP_UNUSABLE' })
})

test('a staged copy is what the next one to open finds, whatever was in the WAL, and then it is used up', async () => {
  const { folder, storage, copy, files } = await bench()
  await stageCopy(folder, copy)
  await storage.closeNow()
  expect(await slugsIn(folder)).toEqual(['then', 'trashed'])
  expect(existsSync(files.staged)).toBe(false)
  expect(await slugsIn(folder)).toEqual(['then', 'trashed'])
})

test.each(['before anything', 'after the WAL went'])('killed in the middle, %s, the next start goes on', async (moment) => {
  const { folder, copy, files, storage } = await bench()
  // The files as a killed process leaves them: with a WAL that holds what was written last.
  const killed = newFolder()
  mkdirSync(killed, { mode: 0o700 })
  const left = moment === 'before anything' ? ['keywheel.db', 'keywheel.db-wal', 'usage.db'] : ['keywheel.db', 'usage.db']
  for (const name of left) copyFileSync(join(folder, name), join(killed, name))
  expect(statSync(`${files.config}-wal`).size).toBeGreaterThan(0)
  await stageCopy(killed, copy)
  await storage.closeNow()
  expect(await slugsIn(killed)).toEqual(['then', 'trashed'])
})

test('a copy that was not staged whole is none', async () => {
  const { folder, storage, files } = await bench()
  await storage.closeNow()
  writeFileSync(`${files.staged}.tmp`, 'half')
  expect(await slugsIn(folder)).toContain('now')
})

test('erasing takes the copies along', async () => {
  const { storage, copy, files } = await bench()
  mkdirSync(files.backups)
  copyFileSync(copy, join(files.backups, 'a.db'))
  writeFileSync(`${files.staged}.tmp`, 'half')
  await storage.erase()
  expect([existsSync(files.backups), existsSync(`${files.staged}.tmp`)]).toEqual([false, false])
})
