import { expect, test } from 'vitest'
import { createUsageRecorder } from '../../src-main/usage/recorder.ts'
import type { UsageBatch, UsageStore } from '../../src-main/usage/types.ts'
import { requestPage, usageSummary } from '../../src-preload/contract/usage.ts'
import { memoryLog, newStorage, request } from '../storage/fixtures.ts'

/** Time that passes when the test says so. */
function handClock() {
  const timers: { at: number; run: () => void }[] = []
  let now = 0
  return {
    after(ms: number, run: () => void) {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1)
    },
    pass(ms: number) {
      now += ms
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.run()
      }
    },
    timers,
  }
}

/** A recorder over real storage, whose appends are watched and can be made to fail. */
async function setUp(maxQueued = 10_000) {
  const storage = await newStorage()
  const clock = handClock()
  const log = memoryLog()
  const sent: UsageBatch[] = []
  let failures = 0
  const store: UsageStore = {
    ...storage.usage,
    async append(batch) {
      sent.push(batch)
      if (failures > 0) {
        failures -= 1
        throw new Error('the disk is full')
      }
      await storage.usage.append(batch)
    },
  }
  const recorder = createUsageRecorder({ store, clock, log, maxQueued })
  let last = 0
  return {
    storage,
    clock,
    log,
    sent,
    recorder,
    failNext: (count: number) => void (failures = count),
    record: (count: number) => {
      for (let left = count; left > 0; left -= 1) recorder.record(request({ id: `r${(last += 1)}`, at: Date.now() }))
    },
    counted: async () => (await storage.usage.summary({})).requests,
    listed: async () => (await storage.usage.list({ limit: 20_000 })).items.length,
    idle: async () => {
      await expect.poll(() => sent.length).toBeGreaterThan(0)
    },
  }
}

test('rows wait 100 ms for others, then go as one batch', async () => {
  const { recorder, clock, sent, record, idle, listed } = await setUp()
  record(3)
  clock.pass(99)
  expect(sent).toEqual([])
  clock.pass(1)
  await idle()
  await recorder.flush()
  expect(sent.map(({ rows }) => rows.length)).toEqual([3])
  expect(await listed()).toBe(3)
})

test('500 rows do not wait', async () => {
  const { clock, sent, record, idle } = await setUp()
  record(500)
  clock.pass(0)
  await idle()
  expect(sent[0]?.rows).toHaveLength(500)
})

test('a flush writes everything, at most 500 rows at a time, under rising numbers', async () => {
  const { recorder, sent, record, counted } = await setUp()
  record(1234)
  await recorder.flush()
  expect(sent.map(({ rows }) => rows.length)).toEqual([500, 500, 234])
  expect(sent.map(({ number }) => number)).toEqual([1, 2, 3])
  expect(await counted()).toBe(1234)
})

test('a failed batch comes again as it was, under its own number, and is said once', async () => {
  const { recorder, clock, sent, log, record, failNext, counted } = await setUp()
  failNext(3)
  record(2)
  await expect(recorder.flush()).rejects.toThrow('the disk is full')
  record(5)
  for (const tries of [2, 3, 4]) {
    clock.pass(1000)
    await expect.poll(() => sent.length).toBe(tries)
    await expect.poll(() => clock.timers.length).toBeLessThanOrEqual(1)
  }
  await recorder.flush()
  expect(sent.slice(0, 4).map(({ number, rows }) => [number, rows.length])).toEqual([1, 2, 3, 4].map(() => [1, 2]))
  expect(await counted()).toBe(7)
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'usage could not be written; it is kept and tried again'],
    ['info', 'usage is written again'],
  ])
})

test('a batch that was written although the answer was lost is not counted twice', async () => {
  const { storage, clock, record, recorder, counted, sent } = await setUp()
  record(1)
  await recorder.flush()
  const batch = sent[0] as UsageBatch
  await storage.usage.append(batch)
  clock.pass(1000)
  expect(await counted()).toBe(1)
})

test('a full queue gives up detail, never counts, and says how much', async () => {
  const { recorder, log, record, counted, listed } = await setUp(100)
  record(350)
  expect(recorder.dropped).toBe(250)
  await recorder.flush()
  expect(await counted()).toBe(350)
  expect(await listed()).toBe(100)
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { rows: 250 } }])
})

test('an outage with a full queue loses no count', async () => {
  const { recorder, clock, record, failNext, counted, sent } = await setUp(10)
  failNext(2)
  record(5)
  await expect(recorder.flush()).rejects.toThrow('the disk is full')
  record(30)
  clock.pass(1000)
  await expect.poll(() => sent.length).toBe(2)
  record(30)
  await expect.poll(() => clock.timers.length).toBe(1)
  await recorder.flush()
  expect(await counted()).toBe(65)
})

test('closing writes what is left, and then says what comes too late', async () => {
  const { recorder, clock, log, record, counted } = await setUp()
  record(7)
  await recorder.close()
  expect(await counted()).toBe(7)
  expect(clock.timers).toEqual([])
  record(1)
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { request: 'r8' } }])
})

test('closing over a broken store ends, and says what is lost', async () => {
  const { recorder, log, record, failNext } = await setUp()
  failNext(1)
  record(7)
  await recorder.close()
  expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { rows: 7 } })
})

test('numbers go on where another run has ended', async () => {
  const { storage, recorder, record, clock, log } = await setUp()
  record(1)
  await recorder.close()
  const sent: number[] = []
  const append = (batch: UsageBatch) => {
    sent.push(batch.number)
    return storage.usage.append(batch)
  }
  const next = createUsageRecorder({ store: { ...storage.usage, append }, clock, log, maxQueued: 10 })
  next.record(request({ id: 'later', at: Date.now() }))
  await next.flush()
  expect(sent).toEqual([2])
})

test('a figure that makes no sense holds up neither its batch nor the log, and is said', async () => {
  const { storage, recorder, log } = await setUp()
  const nonsense = {
    msTotal: Number.NaN,
    inputTokens: 1.5,
    outputTokens: -1,
    costNanos: 2 ** 60,
    bytesIn: Number.POSITIVE_INFINITY,
  }
  const attempts = request().attempts.map((attempt) => ({ ...attempt, ms: Number.NaN }))
  recorder.record(request({ id: 'odd', at: Date.now() + 0.5, ...nonsense, attempts }))
  recorder.record(request({ id: 'good', at: Date.now() }))
  await recorder.flush()
  const page = requestPage.parse(await storage.usage.list({ limit: 10 }))
  expect(page.items.find(({ id }) => id === 'odd')).toMatchObject({
    msTotal: 0,
    inputTokens: 2,
    outputTokens: null,
    costNanos: null,
    bytesIn: 0,
    attempts: [{ ms: 0 }],
  })
  expect(usageSummary.parse(await storage.usage.summary({}))).toMatchObject({ requests: 2, outputTokens: 20 })
  const fields = ['attempts.ms', 'msTotal', 'bytesIn', 'costNanos', 'outputTokens']
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { request: 'odd', fields } }])
})

test('costs beyond what a number can count stay whole', async () => {
  const { storage, recorder } = await setUp()
  for (let index = 0; index < 100; index += 1) recorder.record(request({ id: `r${index}`, at: Date.now(), costNanos: 1e14 }))
  await recorder.flush()
  expect(usageSummary.parse(await storage.usage.summary({})).costNanos).toBe(Number.MAX_SAFE_INTEGER)
})
