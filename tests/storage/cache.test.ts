import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCache } from '../../src-main/storage/cache.ts'
import { openCacheFile } from '../../src-main/storage/cache-file.ts'
import { connect } from '../../src-main/storage/connection.ts'
import type { AnswerRow, CacheStore } from '../../src-main/storage/types.ts'
import { memoryLog, newFolder, newStorage } from './fixtures.ts'

const megabyte = 1024 * 1024
const hour = 3_600_000
const bytes = (text: string) => new TextEncoder().encode(text)
const answer = (body: string | Uint8Array, fields: Partial<AnswerRow> = {}): AnswerRow => ({
  status: 200,
  headers: ['content-type', 'application/json'],
  body: typeof body === 'string' ? bytes(body) : body,
  usage: { inputTokens: 10, outputTokens: null },
  ...fields,
})

/** Calls of one thread are worked off in their order: when this one is answered, all before it are done. */
const settled = (cache: CacheStore) => cache.info()
const keep = async (cache: CacheStore, key: string, row: AnswerRow, ttlMs = hour, maxBytes = 100 * megabyte) => {
  cache.keep(key, row, ttlMs, maxBytes)
  await settled(cache)
}
/** Bytes that no page shares with another. */
const noise = (length: number, seed: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7) % 251)

/** A storage whose wall clock stands still. */
async function newCache(folder = newFolder()) {
  const time = { now: Date.UTC(2026, 0, 1) }
  const log = memoryLog()
  const storage = await newStorage({ folder, log, now: () => time.now, cacheDeadlineMs: 60_000 })
  return { cache: storage.cache, storage, time, log, folder, file: join(folder, 'cache.db') }
}

test('a kept answer comes back as it was', async () => {
  const { cache } = await newCache()
  const row = answer(Uint8Array.of(0, 255, 1, 128), { status: 201, headers: ['x-a', '1', 'X-A', '"2" ☃'], usage: null })
  await keep(cache, 'question', row)
  await keep(cache, 'another', answer('{}'))
  const found = await cache.find('question')
  expect(found && { ...found, body: [...found.body] }).toEqual({ ...row, body: [0, 255, 1, 128] })
  expect((await cache.find('another'))?.usage).toEqual({ inputTokens: 10, outputTokens: null })
  expect(await cache.find('no such question')).toBeNull()
})

test('the newest answer to a question is kept', async () => {
  const { cache } = await newCache()
  await keep(cache, 'q', answer('old'))
  await keep(cache, 'q', answer('new'))
  expect(Buffer.from((await cache.find('q'))?.body ?? []).toString()).toBe('new')
  expect(await cache.info()).toMatchObject({ entries: 1 })
})

test('an answer is a copy: what the caller does with its bytes afterwards changes nothing', async () => {
  const { cache } = await newCache()
  const large = Buffer.alloc(1000, 'a')
  cache.keep('q', answer(large.subarray(10, 14)), hour, megabyte)
  large.fill('b')
  await settled(cache)
  const found = await cache.find('q')
  expect(Buffer.from(found?.body ?? []).toString()).toBe('aaaa')
})

test('after its time an answer is gone, and its place is free', async () => {
  const { cache, time } = await newCache()
  await keep(cache, 'short', answer('1'), 1000)
  await keep(cache, 'long', answer('2'), 5000)
  await keep(cache, 'never', answer('3'), 0)
  expect(await cache.info()).toMatchObject({ entries: 2 })
  time.now += 999
  expect(await cache.find('short')).not.toBeNull()
  time.now += 1
  expect(await cache.find('short')).toBeNull()
  expect(await cache.find('long')).not.toBeNull()
  await cache.sweep(megabyte)
  expect(await cache.info()).toMatchObject({ entries: 1 })
})

test('when there is too much, what was not used for the longest goes first', async () => {
  const { cache, time, file } = await newCache()
  for (let n = 0; n < 8; n += 1) {
    time.now += 1
    await keep(cache, `q${n}`, answer(noise(100_000, n)), hour, megabyte)
  }
  time.now += 1
  for (const used of ['q0', 'q3']) await cache.find(used)
  for (let n = 8; n < 12; n += 1) {
    time.now += 1
    await keep(cache, `q${n}`, answer(noise(100_000, n)), hour, megabyte)
  }
  const left = await Promise.all(Array.from({ length: 12 }, async (_, n) => ((await cache.find(`q${n}`)) ? n : -1)))
  const kept = left.filter((n) => n >= 0)
  expect(kept).toEqual(expect.arrayContaining([0, 3, 8, 9, 10, 11]))
  expect(kept).not.toContain(1)
  expect(kept).not.toContain(2)
  expect((await cache.info()).bytes).toBeLessThanOrEqual(megabyte)
  expect(statSync(file).size).toBeLessThanOrEqual(megabyte + 256 * 1024)
})

test('a lower bound holds at once when it is swept', async () => {
  const { cache } = await newCache()
  for (let n = 0; n < 30; n += 1) cache.keep(`q${n}`, answer(noise(100_000, n)), hour, 10 * megabyte)
  expect(await cache.info()).toMatchObject({ entries: 30 })
  await cache.sweep(megabyte)
  expect((await cache.info()).bytes).toBeLessThanOrEqual(megabyte)
})

test('an answer that is larger than the whole bound pushes nothing out', async () => {
  const { cache } = await newCache()
  await keep(cache, 'small', answer('1'), hour, megabyte)
  await keep(cache, 'large', answer(noise(2 * megabyte, 1)), hour, megabyte)
  expect(await cache.find('large')).toBeNull()
  expect(await cache.find('small')).not.toBeNull()
})

test('answers outlive a restart; the questions are nowhere to be read', async () => {
  const { cache, storage, folder } = await newCache()
  await keep(cache, 'CANARY of a question', answer('{}'))
  expect(readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes('CANARY'))).toEqual([])
  await storage.closeNow()
  const again = await newCache(folder)
  expect(await again.cache.find('CANARY of a question')).not.toBeNull()
  expect(again.log.lines).toEqual([])
})

test.each(['clear', 'erase'] as const)('%s leaves nothing of them, and new ones are kept', async (how) => {
  const { cache, storage, folder } = await newCache()
  for (let n = 0; n < 50; n += 1) cache.keep(`q${n}`, answer('CANARY'.repeat(2000)), hour, 100 * megabyte)
  expect(await cache.info()).toMatchObject({ entries: 50 })
  if (how === 'clear') await cache.clear()
  else await storage.erase()
  expect(readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes('CANARY'))).toEqual([])
  expect(await cache.info()).toEqual({ entries: 0, bytes: 0 })
  await keep(cache, 'q', answer('{}'))
  expect(await cache.find('q')).not.toBeNull()
})

test('who keeps nothing has no file and no thread', async () => {
  const { cache, storage, file } = await newCache()
  await cache.sweep(megabyte)
  await cache.clear()
  expect(await cache.info()).toEqual({ entries: 0, bytes: 0 })
  await storage.erase()
  expect(existsSync(file)).toBe(false)
  expect(await storage.sizes()).toMatchObject({ cacheBytes: 0 })
  await keep(cache, 'q', answer(noise(100_000, 1)))
  expect((await storage.sizes()).cacheBytes).toBeGreaterThan(100_000)
})

test.skipIf(process.platform === 'win32')('its files are for their owner only', async () => {
  const { cache, folder } = await newCache()
  await keep(cache, 'q', answer('{}'))
  const names = readdirSync(folder).filter((name) => name.startsWith('cache.db'))
  expect(names.length).toBeGreaterThanOrEqual(2)
  expect(names.filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)).toEqual([])
})

function overwrite(file: string, from: number, to: number): void {
  const content = readFileSync(file)
  content.fill(0xa5, from, Math.min(content.length, to))
  writeFileSync(file, content)
}

describe.each<[string, (file: string) => void]>([
  ['a broken header', (file) => overwrite(file, 0, 100)],
  ['text instead of a database', (file) => writeFileSync(file, 'hello '.repeat(2000))],
  ['the second half cut off', (file) => truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)],
  ['garbage in its pages', (file) => overwrite(file, 4096, 16 * 4096)],
  [
    'another version',
    (file) => {
      const connection = connect(file)
      connection.pragma('user_version = 99')
      connection.close()
    },
  ],
])('%s', (_name, damage) => {
  test('costs the answers, and nothing else', async () => {
    const { cache, storage, folder, file } = await newCache()
    for (let n = 0; n < 20; n += 1) cache.keep(`q${n}`, answer(noise(5000, n)), hour, 10 * megabyte)
    await settled(cache)
    await storage.closeNow()
    damage(file)
    const again = await newCache(folder)
    expect(again.log.lines).toEqual([])
    const found = await Promise.all(Array.from({ length: 20 }, (_, n) => again.cache.find(`q${n}`)))
    expect(found.filter((row) => row !== null)).toEqual([])
    expect(again.log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('cache.db could not be read') }])
    await keep(again.cache, 'q1', answer('new'))
    expect(await again.cache.find('q1')).not.toBeNull()
    expect(readdirSync(folder).filter((name) => /corrupt|backup/.test(name))).toEqual([])
  })
})

test('a body that has changed on the disk is never given out', async () => {
  const { cache, storage, folder, file } = await newCache()
  await keep(cache, 'q', answer(noise(3000, 1)))
  await storage.closeNow()
  const content = readFileSync(file)
  const at = content.indexOf(Buffer.from(noise(3000, 1)))
  expect(at).toBeGreaterThan(0)
  content.writeUInt8(content.readUInt8(at + 1500) ^ 1, at + 1500)
  writeFileSync(file, content)
  const again = await newCache(folder)
  expect(await again.cache.find('q')).toBeNull()
  expect(again.log.lines).toMatchObject([{ message: expect.stringContaining('cache.db could not be read') }])
})

test('damage met while running is thrown away, and the work is done on a fresh file', () => {
  const folder = newFolder()
  mkdirSync(folder, { mode: 0o700 })
  const lost: unknown[] = []
  const file = openCacheFile(join(folder, 'cache.db'), (damage) => lost.push(damage))
  let broken = true
  const answered = file.run((connection) => {
    if (broken) {
      broken = false
      throw Object.assign(new Error('malformed'), { name: 'SqliteError', code: 'SQLITE_CORRUPT' })
    }
    return connection.pragma('user_version')
  })
  expect(answered).toBe(1)
  expect(lost).toMatchObject([{ message: 'malformed' }])
  file.close()
})

describe('what cannot be had', () => {
  test('in time is not there, and holds up nobody', async () => {
    const log = memoryLog()
    const never = new Promise<never>(() => undefined)
    const cache = createCache({ present: () => false, start: () => never, log, now: Date.now, deadlineMs: 20 })
    cache.keep('q', answer('{}'), hour, megabyte)
    expect(await Promise.all([cache.find('q'), cache.find('q')])).toEqual([null, null])
  })

  test('because the file cannot be made is said once, and tried again after a while', async () => {
    const folder = newFolder()
    const { cache, log, time, file } = await newCache(folder)
    mkdirSync(file)
    expect(await cache.find('q')).toBeNull()
    cache.keep('q', answer('{}'), hour, megabyte)
    expect(await cache.find('q')).toBeNull()
    expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('calls go on without them') }])
    rmdirSync(file)
    expect(await cache.find('q')).toBeNull()
    time.now += 30_000
    const kept = () => {
      cache.keep('q', answer('{}'), hour, megabyte)
      return cache.find('q')
    }
    await expect.poll(kept).not.toBeNull()
    expect(log.lines).toHaveLength(2)
  })

  test('after the end is not there', async () => {
    const { cache, storage } = await newCache()
    await keep(cache, 'q', answer('{}'))
    await storage.closeNow()
    cache.keep('q', answer('{}'), hour, megabyte)
    expect(await cache.find('q')).toBeNull()
  })
})
