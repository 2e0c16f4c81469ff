/** One change for each of many keys: a few at a time, and as a task where it takes long. */
import { runTask } from '../../tasks/tasks.ts'

const atOnce = 4
/** So few are done before anyone could look for a task. */
const fewItems = 20

export interface Batch<Item> {
  /** Of the task. */
  title: () => string
  items: readonly Item[]
  /** A rejection ends the work. */
  work: (item: Item) => Promise<void>
  /** What came of it, when all is done or the person stopped it. */
  summary: () => string
}

/** Resolves when it has ended. What `work` rejects with is thrown for few items; a task tells it itself. */
export async function runBatch<Item>({ title, items, work, summary }: Batch<Item>): Promise<void> {
  if (items.length <= fewItems) return inLanes(items, work)
  await runTask({
    title,
    total: items.length,
    async work(step, signal) {
      await inLanes(
        items,
        async (item) => {
          await work(item)
          step()
        },
        signal,
      )
      return summary
    },
  })
}

/** Four items at a time, in their order, until all are done or `signal` aborts. */
export async function inLanes<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  // One walk that all lanes share.
  const waiting = items.values()
  let failed = false
  const lane = async () => {
    try {
      for (const item of waiting) {
        if (failed || signal?.aborted) return
        await work(item)
      }
    } catch (error) {
      failed = true
      throw error
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
}
