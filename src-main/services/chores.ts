/** What runs beside the calls: chores that come again and again, and the orderly end of everything. */
import type { Clock } from '../pool/types.ts'
import type { ProxyLog } from '../proxy/types.ts'

export type Close = () => unknown

export interface Closers {
  add(close: Close): void
  /** Runs them, the last one first and one at a time. One that fails does not keep the others from running; the first failure is thrown. */
  run(): Promise<void>
}

export function createClosers(): Closers {
  const closers: Close[] = []
  return {
    add: (close) => void closers.push(close),
    async run() {
      const failures: unknown[] = []
      for (let close = closers.pop(); close; close = closers.pop()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}

/** Runs a chore now and again; one that fails is logged and tried at its next turn. Times in ms. Stopping waits for the one under way. */
export function repeat(
  clock: Clock,
  log: ProxyLog,
  { firstMs, everyMs }: { firstMs: number; everyMs: number },
  chore: () => Promise<unknown>,
): () => Promise<void> {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  const turn = () => {
    running = chore()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'a background chore failed'))
      .then(() => {
        if (!stopped) cancel = clock.after(everyMs, turn)
      })
  }
  let cancel = clock.after(firstMs, turn)
  return () => {
    stopped = true
    cancel()
    return running
  }
}
