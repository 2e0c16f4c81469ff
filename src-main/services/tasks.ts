/** Long calls in steps: how far each is, stopping it between two of them, and what stays when it fails on the way. */
import { setImmediate } from 'node:timers/promises'
import { invalid, KeywheelError } from '../../src-preload/contract/index.ts'
import type { Bus } from './bus.ts'
import type { TaskService } from './types.ts'

/** What such a call is given. */
export interface Work {
  /** Aborts when it shall end with what it has done. */
  signal: AbortSignal
  /** Pieces of work so far, and in all. */
  tell(done: number, total: number): void
}

export interface Tasks {
  service: TaskService
  /** Runs a call under the name that its caller gave it, if any; `caller` aborts when nobody waits for it any more. INVALID_INPUT */
  run<T>(name: string | undefined, caller: AbortSignal | undefined, call: (work: Work) => Promise<T>): Promise<T>
}

export function createTasks(bus: Pick<Bus, 'publish'>): Tasks {
  const running = new Map<string, AbortController>()
  return {
    service: {
      stop(name) {
        const found = running.get(name)
        found?.abort()
        return { stopped: found !== undefined }
      },
    },
    async run(name, caller, call) {
      const stopping = new AbortController()
      const signal = caller ? AbortSignal.any([caller, stopping.signal]) : stopping.signal
      if (name === undefined) return call({ signal, tell() {} })
      if (running.has(name)) throw invalid('task', 'another call of this name is under way')
      running.set(name, stopping)
      try {
        return await call({ signal, tell: (done, total) => bus.publish({ type: 'progress', task: name, done, total }) })
      } finally {
        running.delete(name)
      }
    },
  }
}

/** So many take some 10 ms to be known everywhere. Fewer would cost the disk much more: keys lie apart in its tables. */
const sliceOf = 500

interface Slices<T> {
  items: readonly T[]
  work: Work
  /** Does some of them, whole. Called once with none when there are none. */
  slice(items: readonly T[]): Promise<void>
  /** How many of all that was done so far stays, for a failure to say so. */
  kept(): number
}

/** Slice after slice, everybody else having a turn between two. Gives back how many items are left because it was stopped. */
export async function inSlices<T>({ items, work, slice, kept }: Slices<T>): Promise<number> {
  const total = items.length
  let done = 0
  try {
    do {
      if (total > sliceOf) work.tell(done, total)
      if (done > 0) await setImmediate()
      if (work.signal.aborted) break
      const some = items.slice(done, done + sliceOf)
      await slice(some)
      done += some.length
    } while (done < total)
  } catch (error) {
    if (!(error instanceof KeywheelError) || kept() === 0) throw error
    throw new KeywheelError(error.code, error.message, { ...error.data, kept: kept() })
  }
  return total - done
}
