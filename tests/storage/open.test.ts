import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { filesIn } from '../../src-main/storage/files.ts'
import { openStorage } from '../../src-main/storage/open.ts'
import { openUsageFile } from '../../src-main/storage/usage-file.ts'
import { nextBatch } from '../../src-main/usage/append.ts'
import { key, memoryLog, newFolder, newStorage, nothingCounted, nothingNew, nothingStored, pool, request } from './fixtures.ts'

const open = (folder: string, log = memoryLog()) => openStorage({ folder, log, now: Date.now })
const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
const windows = process.platform === 'win32'

/** A folder in which a Keywheel has been, with some rows. */
async function usedFolder(): Promise<string> {
  const folder = newFolder()
  const storage = await open(folder)
  await storage.write({ putPools: [pool()], putKeys: [key('k1'), key('k2')], putSettings: { theme: 'dark' } })
  await storage.usage.append({ number: 1, rows: [request({ at: Date.now() })], counted: nothingCounted })
  await storage.close()
  return folder
}

test.skipIf(windows)('files are for their owner only, whatever the umask', async () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const folder = newFolder()
  const storage = await newStorage({ folder })
  await storage.write({ putPools: [pool()] })
  await storage.usage.append({ number: 1, rows: [request()], counted: nothingCounted })
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700')
  const modes = readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)])
  expect(modes.length).toBeGreaterThanOrEqual(5)
  expect(modes.filter(([, mode]) => mode !== '600')).toEqual([])
})

test.skipIf(windows)('files that were opened up are closed again', async () => {
  const folder = await usedFolder()
  chmodSync(folder, 0o755)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
  await newStorage({ folder })
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700')
  for (const name of ['keywheel.db', 'usage.db']) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
})

test.skipIf(windows)('a folder full of other things keeps its mode, and that is said', async () => {
  const folder = newFolder()
  mkdirSync(folder, { mode: 0o755 })
  writeFileSync(join(folder, 'someone-elses.txt'), '')
  const log = memoryLog()
  await newStorage({ folder, log })
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('755')
  expect(log.lines).toMatchObject([{ level: 'warn', message: 'other users of this machine can look into the data folder' }])
})

test('a second Keywheel on the same folder is refused, and let in when the first has gone', async () => {
  const folder = newFolder()
  const first = await newStorage({ folder })
  await first.write({ putPools: [pool()] })
  await expect(open(folder)).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    data: { action: 'close-other' },
    message: expect.stringContaining('Another Keywheel uses this folder'),
  })
  await first.write({ putKeys: [key('k1')] })
  await first.closeNow()
  const second = await newStorage({ folder })
  expect((await second.load()).keys).toHaveLength(1)
})

test('usage.db gives space back: auto_vacuum is on', async () => {
  const folder = await usedFolder()
  const connection = connect(join(folder, 'usage.db'), { readonly: true })
  expect(connection.pragma('auto_vacuum')).toBe(2)
  expect(connection.pragma('journal_mode')).toBe('wal')
  connection.close()
})

test.each(['keywheel.db', 'usage.db'])('a newer %s is refused, and nothing is touched', async (name) => {
  const folder = await usedFolder()
  const file = join(folder, name)
  const connection = connect(file)
  connection.pragma('user_version = 999')
  connection.close()
  const before = ['keywheel.db', 'usage.db'].map((each) => hash(join(folder, each)))
  await expect(open(folder)).rejects.toMatchObject({
    data: { action: 'update' },
    message: expect.stringContaining('newer Keywheel'),
  })
  expect(['keywheel.db', 'usage.db'].map((each) => hash(join(folder, each)))).toEqual(before)
})

type Damage = (file: string) => void
const damages: Record<string, Damage> = {
  'a broken header': (file) => overwrite(file, 0, 100),
  'text instead of a database': (file) => writeFileSync(file, 'hello '.repeat(2000)),
  'the second half cut off': (file) => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096),
  'garbage in its pages': (file) => overwrite(file, 4096, 8 * 4096),
}

function overwrite(file: string, from: number, bytes: number): void {
  const content = readFileSync(file)
  content.fill(0xa5, from, Math.min(content.length, from + bytes))
  writeFileSync(file, content)
}

describe.each(Object.entries(damages))('%s', (_, damage) => {
  test('keywheel.db is refused and left as it is', async () => {
    const folder = await usedFolder()
    const file = join(folder, 'keywheel.db')
    damage(file)
    const before = hash(file)
    await expect(open(folder)).rejects.toMatchObject({ code: 'STORAGE_FAILED', data: { action: 'restore' } })
    expect(hash(file)).toBe(before)
  })

  test('usage.db is put aside, a fresh one serves, and it is said', async () => {
    const folder = await usedFolder()
    damage(join(folder, 'usage.db'))
    const log = memoryLog()
    const storage = await newStorage({ folder, log })
    expect(readdirSync(folder).filter((name) => name.startsWith('usage.db.corrupt-'))).toHaveLength(1)
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('usage.db was damaged') }])
    expect((await storage.load()).keys).toHaveLength(2)
    await storage.usage.append({ number: 7, rows: [request({ at: Date.now() })], counted: nothingCounted })
    expect((await storage.usage.summary({})).requests).toBe(1)
  })
})

test.each([
  ['empty', (file: string) => truncateSync(file, 0)],
  ['gone', (file: string) => rmSync(file)],
])('a keywheel.db that is %s beside usage.db is refused, never made anew', async (_, damage) => {
  const folder = await usedFolder()
  const file = join(folder, 'keywheel.db')
  damage(file)
  await expect(open(folder)).rejects.toMatchObject({ data: { action: 'restore' } })
  expect(existsSync(file) ? statSync(file).size : 0).toBe(0)
})

test('garbage at the end of the WAL costs nothing that was committed before', async () => {
  const folder = newFolder()
  const storage = await newStorage({ folder })
  await storage.write({ putPools: [pool()] })
  const wal = readFileSync(join(folder, 'keywheel.db-wal'))
  const main = readFileSync(join(folder, 'keywheel.db'))
  const copy = newFolder()
  mkdirSync(copy)
  writeFileSync(join(copy, 'keywheel.db'), main)
  writeFileSync(join(copy, 'keywheel.db-wal'), Buffer.concat([wal, Buffer.alloc(5000, 0xa5)]))
  expect((await (await newStorage({ folder: copy })).load()).pools).toHaveLength(1)
})

test('damage met while running: usage.db is put aside, and counting goes on', async () => {
  const folder = newFolder()
  const log = memoryLog()
  const storage = await newStorage({ folder, log })
  await storage.usage.append({ number: 1, rows: [request({ at: Date.now() })], counted: nothingCounted })
  const raw = connect(join(folder, 'usage.db'))
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
  overwrite(join(folder, 'usage.db'), 4096, 40 * 4096)
  await storage.usage.append({ number: 2, rows: [request({ id: 'after', at: Date.now() })], counted: nothingCounted })
  expect(log.lines[0]?.message).toContain('usage.db was damaged')
  await expect.poll(async () => (await storage.usage.list({ limit: 5 })).items.map(({ id }) => id)).toEqual(['after'])
})

test('erasing leaves the settings only, and small files', async () => {
  const folder = newFolder()
  const storage = await newStorage({ folder })
  const ids = Array.from({ length: 2000 }, (_, index) => `k${index}`)
  await storage.write({
    putPools: [pool()],
    putKeys: ids.map((id) => key(id, { notes: 'CANARY'.repeat(50) })),
    putSettings: { theme: 'dark' },
  })
  const rows = ids.map((id) => request({ id, at: Date.now(), path: '/CANARY' }))
  await storage.usage.append({ number: 1, rows, counted: nothingCounted })
  await storage.saveMemory({
    ...nothingNew,
    quotas: [{ client: 'CANARY', duration: 'DAY', used: 1, intervalStart: 2 }],
    clientDays: [{ client: 'CANARY', day: '2026-01-01', calls: 1, credits: 1 }],
    spent: [{ scope: 'pool', owner: 'CANARY', day: 1, dayEndsAt: 2, month: 3, monthEndsAt: 4, total: 5 }],
  })
  writeFileSync(join(folder, 'keywheel.db.backup-v1'), 'CANARY')
  const before = await storage.sizes()
  await storage.erase()
  const after = await storage.sizes()
  expect(after.databaseBytes).toBeLessThan(before.databaseBytes / 2)
  expect(after.usageBytes).toBeLessThan(before.usageBytes / 2)
  expect(await storage.load()).toEqual({ ...nothingStored, settings: { theme: 'dark' } })
  expect((await storage.usage.summary({})).requests).toBe(0)
  expect(await storage.usage.nextBatch()).toBe(2)
  expect(readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes('CANARY'))).toEqual([])
})

test('retention runs through the writer until nothing is left to do', async () => {
  const storage = await newStorage()
  const old = Date.now() - 40 * 86_400_000
  const rows = Array.from({ length: 1300 }, (_, index) => request({ id: `r${index}`, at: old }))
  await storage.usage.append({ number: 1, rows, counted: nothingCounted })
  expect(await storage.usage.retain({ days: 30, megabytes: 100 })).toBeGreaterThanOrEqual(1300)
  expect((await storage.usage.list({ from: 0, limit: 10 })).items).toEqual([])
  expect((await storage.usage.summary({ from: old - 1 })).requests).toBe(1300)
  expect(await storage.usage.bytes()).toBeGreaterThan(0)
})

test('a usage.db that could not be replaced at once is opened again for the next call', () => {
  const folder = newFolder()
  mkdirSync(folder, { mode: 0o700 })
  let broken = true
  const now = () => {
    if (broken) throw new Error('the disk is full')
    return 0
  }
  const usage = openUsageFile(filesIn(folder), now, () => {})
  onTestFinished(() => usage.close())
  const damaged = () => {
    throw Object.assign(new Error('malformed'), { name: 'SqliteError', code: 'SQLITE_CORRUPT' })
  }
  expect(() => usage.run(damaged)).toThrow('the disk is full')
  broken = false
  expect(usage.run(nextBatch)).toBe(1)
})
