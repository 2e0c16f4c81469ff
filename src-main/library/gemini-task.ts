/** gemini-key-pool's run_gemini_task: one task for Gemini, over keys and models, until one of them answers. */
import { setTimeout as delay } from 'node:timers/promises'
import { type QualityChains, qualityChains, runTask, type TaskEnd, type TaskOptions, type TaskResult } from '../task/index.ts'
import { KeyPoolManager } from './gemini.ts'
import type { KeysFile } from './gemini-keys.ts'
import { callGemini, type TaskFetch } from './gemini-task-call.ts'
import { askWithKeys } from './gemini-task-keys.ts'

export {
  TaskInputError,
  type TaskOptions,
  type TaskQuality,
  type TaskResult,
  type TaskTool,
  type ThinkingConfig,
} from '../task/index.ts'
export type { TaskFetch } from './gemini-task-call.ts'

export interface GeminiTaskOptions extends TaskOptions {
  /** A manager remembers cool-downs and turns from task to task; keys alone are forgotten with it. */
  keys: KeyPoolManager | KeysFile
  /** Whose keys; `gemini` by default. */
  provider?: string
  /** Where Gemini is; Google's own address by default. The keys are sent there. */
  baseUrl?: string
  fetch?: TaskFetch
  /** Models by quality, best first, where they are to be others. */
  models?: Partial<QualityChains>
  /** Keys tried for one model at most; all of them by default. */
  maxRetries?: number
  /** Seconds for one answer; 300 by default. */
  timeout?: number
  /** When no model has a key left: seconds to wait in all until one is back; 90 by default, as long as a limit per minute takes. */
  maxWait?: number
}

const google = 'https://generativelanguage.googleapis.com'

/**
 * Asks the models of `model` or `quality` one after the other, each with the keys that are ready for it. A key that is refused
 * cools down for that model alone; one that does not work, or a connection that fails, moves on to the next key.
 * Throws TaskInputError for a wrong option or file and KeyPoolError for wrong keys, before anything is asked; what becomes of the
 * task is in the result. No message in it holds a key.
 */
export async function runGeminiTask(task: string, options: GeminiTaskOptions): Promise<TaskResult> {
  const { keys } = options
  if (keys instanceof KeyPoolManager) return withManager(keys, task, options)
  const manager = new KeyPoolManager(keys)
  try {
    return await withManager(manager, task, options)
  } finally {
    manager.close()
  }
}

async function withManager(pool: KeyPoolManager, task: string, options: GeminiTaskOptions): Promise<TaskResult> {
  const begun = performance.now()
  const bad: string[] = []
  try {
    for (let waited = 0; ; ) {
      const { end, retryAfter } = await once(pool, task, options, bad)
      const wait = end.failure === 'no-key' && waited + retryAfter <= (options.maxWait ?? 90)
      if (!wait || options.signal?.aborted) return { ...end.result, durationMs: Math.round(performance.now() - begun) }
      options.onProgress?.(`No key is ready; waiting ${retryAfter} s.`)
      waited += retryAfter
      await delay(retryAfter * 1000, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
        () => undefined,
      )
    }
  } finally {
    for (const id of bad) await pool.releaseKey(id)
  }
}

/** Every model once. `retryAfter`: seconds until a key is expected back for one of them. */
async function once(
  pool: KeyPoolManager,
  task: string,
  options: GeminiTaskOptions,
  bad: string[],
): Promise<{ end: TaskEnd; retryAfter: number }> {
  const { provider = 'gemini', baseUrl = google, timeout = 300, maxRetries = Number.POSITIVE_INFINITY } = options
  let retryAfter = Number.POSITIVE_INFINITY
  const end = await runTask(task, options, {
    chains: { ...qualityChains, ...options.models },
    backend: 'library',
    now: () => performance.now(),
    ask: (model, body, signal) =>
      askWithKeys(model, {
        pool,
        provider,
        most: maxRetries,
        reservation: timeout + 60,
        bad,
        call: (name, secret) =>
          callGemini({
            fetch: options.fetch ?? fetch,
            baseUrl: baseUrl.replace(/\/+$/, ''),
            model: name,
            secret,
            body,
            timeout,
            signal,
            now: () => Date.now(),
          }),
        onWait: (seconds) => (retryAfter = Math.min(retryAfter, seconds)),
        onProgress: (message) => options.onProgress?.(message),
      }),
  })
  return { end, retryAfter }
}
