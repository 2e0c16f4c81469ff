/** Collects finished requests and writes them in batches; never waits, never forgets a count. */
import type { RequestRow } from '../../src-preload/contract/index.ts'
import { createFold } from './fold.ts'
import type { Rollups } from './schema.ts'
import { soundRow } from './sound.ts'
import type { UsageBatch, UsageRecorder, UsageStore } from './types.ts'

const flushMs = 100
const batchRows = 500
const retryMs = 1000

interface RecorderOptions {
  store: Pick<UsageStore, 'append' | 'nextBatch'>
  clock: { after(ms: number, run: () => void): () => void }
  log: {
    warn(fields: Record<string, unknown>, message: string): void
    info(fields: Record<string, unknown>, message: string): void
  }
  /** Rows that may wait for the writer; from then on new ones keep their counts only. */
  maxQueued: number
}

/**
 * Writes every 100 ms or 500 rows, whichever is first, one batch at a time. A batch that failed is kept as it is and sent again
 * every second under its own number; the first failure of a row of failures is logged, and so is the end of it.
 */
export function createUsageRecorder({ store, clock, log, maxQueued }: RecorderOptions): UsageRecorder {
  const overflow = createFold()
  let queued: RequestRow[] = []
  let dropped = 0
  /** Dropped since the last batch was made: the overflow has something in it. */
  let overflowed = 0
  let batch: UsageBatch | null = null
  let next: number | null = null
  let writing: Promise<void> | null = null
  let failing = false
  let cancelTimer: (() => void) | null = null
  let closed = false

  function makeBatch(number: number): UsageBatch {
    const rows = queued.slice(0, batchRows)
    queued = queued.slice(batchRows)
    const counted: Rollups = overflow.take()
    if (overflowed > 0) log.warn({ rows: overflowed }, 'the usage queue was full: these requests are counted, but without detail')
    overflowed = 0
    return { number, rows, counted }
  }

  async function writeOne(): Promise<void> {
    try {
      next ??= await store.nextBatch()
      batch ??= makeBatch(next)
      await store.append(batch)
    } catch (error) {
      if (!failing) log.warn({ err: error, queued: queued.length }, 'usage could not be written; it is kept and tried again')
      failing = true
      throw error
    }
    next = batch.number + 1
    batch = null
    if (failing) log.info({ queued: queued.length }, 'usage is written again')
    failing = false
  }

  /** The one write under way, or a new one. */
  function write(): Promise<void> {
    writing ??= writeOne().finally(() => {
      writing = null
      if (!closed && waiting() > 0) schedule(failing ? retryMs : queued.length >= batchRows ? 0 : flushMs)
    })
    return writing
  }

  function waiting(): number {
    return queued.length + overflowed + (batch ? 1 : 0)
  }

  function schedule(ms: number): void {
    cancelTimer?.()
    cancelTimer = clock.after(ms, () => {
      cancelTimer = null
      // A failure has been logged and has left its batch for the next try.
      write().catch(() => undefined)
    })
  }

  async function flush(): Promise<void> {
    // What is recorded while flushing may come along; what was there before is written when the count has been worked off.
    for (let left = Math.ceil(queued.length / batchRows) + 1; left > 0 && waiting() > 0; left -= 1) {
      if (writing) await writing
      if (waiting() > 0) await write()
    }
  }

  return {
    record(given) {
      if (closed) return log.warn({ request: given.id }, 'a request ended after the usage log was closed; it is not counted')
      const { row, mended } = soundRow(given)
      if (mended.length > 0) log.warn({ request: row.id, fields: mended }, 'figures of a request made no sense and were left out')
      if (queued.length >= maxQueued) {
        overflow.add(row)
        overflowed += 1
        dropped += 1
      } else queued.push(row)
      if (writing || failing) return
      if (queued.length === batchRows) schedule(0)
      else if (!cancelTimer) schedule(flushMs)
    },
    get dropped() {
      return dropped
    },
    flush,
    async close() {
      closed = true
      cancelTimer?.()
      try {
        await flush()
      } catch (error) {
        const lost = queued.length + overflowed + (batch?.rows.length ?? 0)
        log.warn({ err: error, rows: lost }, 'usage could not be written before the end; these requests are lost')
      }
    },
  }
}
