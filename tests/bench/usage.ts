/** How fast requests are recorded, and what rollups save: `node scripts/run.mjs tests/bench/usage.ts [rows]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src-main/storage/connection.ts'
import { openStorage } from '../../src-main/storage/open.ts'
import type { Storage } from '../../src-main/storage/types.ts'
import { createFold } from '../../src-main/usage/fold.ts'
import { createUsageRecorder } from '../../src-main/usage/recorder.ts'
import type { RequestRow } from '../../src-preload/contract/index.ts'

const day = 86_400_000
const seeded = Number(process.argv[2] ?? 300_000)
const recorded = 50_000
const log = { info: () => undefined, warn: (fields: Record<string, unknown>, message: string) => console.warn(message, fields) }
const clock = {
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

/** Looks like traffic: 3 pools, 6 models, 40 keys, 5 clients, one call in ten with a second attempt. */
function row(index: number, at: number): RequestRow {
  const keyId = `key-${(index * 7) % 40}`
  const failed = index % 25 === 0
  const attempt = {
    keyId,
    keyLabel: `Key ${keyId}`,
    outcome: failed ? 'overloaded' : 'ok',
    status: failed ? 503 : 200,
    ms: 400,
    message: null,
  } as const
  const first = { ...attempt, keyId: `key-${index % 40}`, outcome: 'rate-short', status: 429 } as const
  return {
    id: `request-${index}-${at}`,
    at,
    clientId: `client-${index % 5}`,
    clientName: 'A client',
    pool: `pool-${index % 3}`,
    keyId,
    keyLabel: `Key ${keyId}`,
    lane: 'interactive',
    estimatedTokens: null,
    credits: null,
    chosenBy: 'round_robin',
    method: 'POST',
    path: '/v1/chat/completions',
    modelAsked: `model-${index % 6}`,
    modelServed: `model-${index % 6}-2026`,
    status: attempt.status,
    outcome: attempt.outcome,
    attempts: index % 10 === 0 ? [first, attempt] : [attempt],
    streamed: index % 2 === 0,
    msQueued: 0.1,
    msFirstByte: 200,
    msTotal: 100 + ((index * 7919) % 5000),
    bytesIn: 1200,
    bytesOut: 5400,
    inputTokens: 800,
    outputTokens: 300,
    cacheReadTokens: 100,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanos: 4_500_000,
    priceVersion: 'genai-prices 0.1.8',
    route: null,
    clientFormat: null,
    upstreamFormat: null,
    dropped: [],
    cache: null,
    errorCode: null,
  }
}

/** Ends when the writer has everything; the queue is large enough to drop nothing. */
async function recording(storage: Storage): Promise<void> {
  const recorder = createUsageRecorder({ store: storage.usage, clock, log, maxQueued: recorded })
  const rows = Array.from({ length: recorded }, (_, index) => row(index, Date.now()))
  let worstMs = 0
  let last = performance.now()
  const ticking = setInterval(() => {
    worstMs = Math.max(worstMs, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  const start = performance.now()
  for (const each of rows) recorder.record(each)
  const takenMs = performance.now() - start
  await recorder.flush()
  const allMs = performance.now() - start
  clearInterval(ticking)
  if (recorder.dropped > 0) throw new Error('the queue was too small')
  console.log(
    `record(): ${((takenMs * 1000) / recorded).toFixed(2)} µs a row on the main thread, which never stood still for more than ${worstMs.toFixed(0)} ms`,
  )
  console.log(`recorder + writer, rows and rollups: ${Math.round((recorded * 1000) / allMs)} rows/s (${recorded} rows)`)
}

async function seed(storage: Storage): Promise<void> {
  const start = performance.now()
  const step = (30 * day) / seeded
  const now = Date.now()
  const counted = createFold().take()
  const from = await storage.usage.nextBatch()
  for (let done = 0; done < seeded; done += 5000) {
    const rows = Array.from({ length: Math.min(5000, seeded - done) }, (_, index) =>
      row(done + index, Math.floor(now - (done + index) * step)),
    )
    await storage.usage.append({ number: from + done / 5000, rows, counted })
  }
  console.log(
    `seeded ${seeded} rows over 30 days in ${((performance.now() - start) / 1000).toFixed(1)} s; usage.db has ${Math.round((await storage.usage.bytes()) / 1e6)} MB`,
  )
}

async function timed<T>(work: () => Promise<T> | T): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[2] ?? 0
}

/** The same sums as a series, from the raw rows; without percentiles, which would cost it even more. */
const rawSeries = `
  SELECT at - at % 3600000 AS slot, outcome, count(*), sum(json_array_length(attempts)), sum(inputTokens), sum(outputTokens),
    sum(cacheReadTokens), sum(cacheWriteTokens), sum(reasoningTokens), sum(costNanos)
  FROM requests WHERE at >= ? GROUP BY slot, outcome`

const ms = (value: number) => `${value.toFixed(1)} ms`

async function charts(storage: Storage, folder: string): Promise<void> {
  const from = Date.now() - 30 * day
  const connection = connect(join(folder, 'usage.db'), { readonly: true })
  const raw = await timed(() => connection.all({ sql: rawSeries, parameters: [from] }))
  connection.close()
  const hours = await timed(() => storage.usage.series({ from, bucket: 'hour' }))
  const days = await timed(() => storage.usage.series({ from, bucket: 'day' }))
  const sums = await timed(() => storage.usage.summary({ from }))
  const newest = await timed(() => storage.usage.list({ from, limit: 50 }))
  console.log(
    `30 days by hour: ${ms(hours)} from rollups, with percentiles; ${ms(raw)} from raw rows, without: ${(raw / hours).toFixed(1)} times`,
  )
  console.log(
    `30 days by day: ${ms(days)} (${(raw / days).toFixed(0)} times); summary: ${ms(sums)} (${(raw / sums).toFixed(0)} times); newest 50 rows: ${ms(newest)}`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'keywheel-bench-'))
try {
  const storage = await openStorage({ folder, log, now: Date.now })
  await recording(storage)
  await seed(storage)
  await charts(storage, folder)
  await storage.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
