import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src-main/storage/connection.ts'
import { createReader } from '../../src-main/storage/reader.ts'
import { startThread } from '../../src-main/storage/thread.ts'
import type { BlockingCalls } from './blocking-thread.ts'
import { memoryLog, newFolder, newStorage } from './fixtures.ts'

function setUp(deadlineMs: number) {
  const file = `${newFolder()}.db`
  const lock = connect(file)
  lock.exec('BEGIN EXCLUSIVE')
  const log = memoryLog()
  const ends: Promise<void>[] = []
  const start = async () => {
    const thread = await startThread<BlockingCalls>({
      entry: new URL('./blocking-thread.ts', import.meta.url),
      data: { file },
      onNotice: log.warn,
    })
    ends.push(thread.ended)
    return thread
  }
  const letGo = () => lock.close()
  const reader = createReader<BlockingCalls>({ start, deadlineMs, log })
  onTestFinished(async () => {
    letGo()
    await reader.close()
    await Promise.all(ends)
  })
  return { reader, log, ends, letGo }
}

test('a query over its deadline is given up, and the next one has a new thread', async () => {
  const { reader, log, ends, letGo } = setUp(300)
  const late = reader.ask('block')
  const next = reader.ask('echo', 'hello')
  await expect(late).rejects.toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining('0.3 s') })
  expect(await next).toBe('hello')
  expect(ends).toHaveLength(2)
  expect(log.lines).toMatchObject([{ fields: { query: 'block', deadlineMs: 300 } }])
  letGo()
  await ends[0]
})

test('abandoned threads do not pile up: beyond two, questions are refused until one has ended', async () => {
  const { reader, ends, letGo } = setUp(200)
  await expect(reader.ask('block')).rejects.toThrow(/abandoned/)
  await expect(reader.ask('block')).rejects.toThrow(/abandoned/)
  await expect(reader.ask('echo', 'x')).rejects.toThrow(/still running/)
  letGo()
  await Promise.all(ends)
  expect(await reader.ask('echo', 'x')).toBe('x')
})

test('a thread that dies fails its query, and only that one', async () => {
  const { reader, ends } = setUp(60_000)
  await expect(reader.ask('crash')).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  await ends[0]
  expect(await reader.ask('echo', 'again')).toBe('again')
})

test('a failed query leaves the next ones alone', async () => {
  const storage = await newStorage()
  const bad = storage.usage.summary({ from: 2, to: 1 })
  const good = storage.usage.summary({})
  await expect(bad).rejects.toMatchObject({ code: 'INVALID_INPUT', data: { fields: [{ path: 'to' }] } })
  expect((await good).requests).toBe(0)
})
