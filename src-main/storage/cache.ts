/** The main thread's end of the cache: what cannot be had in a moment is not there. */
import type { CacheCalls } from './calls.ts'
import type { Thread } from './thread.ts'
import type { AnswerRow, CacheStore } from './types.ts'

export interface Cache extends CacheStore {
  /** Ends the thread; from then on there are no answers. */
  close(): Promise<void>
}

interface CacheOptions {
  /** There is a file, maybe of an earlier run. */
  present: () => boolean
  start: () => Promise<Thread<CacheCalls>>
  log: {
    warn(fields: Record<string, unknown>, message: string): void
    info(fields: Record<string, unknown>, message: string): void
  }
  /** Wall ms. */
  now: () => number
  /** A call waits so long for a kept answer, in ms. */
  deadlineMs: number
}

/** Bodies on their way to the thread; beyond, answers are not kept. */
const maxUnderWay = 32 * 1024 * 1024
/** Questions on their way; beyond, the answer is no. */
const maxQuestions = 1000
/** A thread that could not start is tried again after so long, in ms. */
const restartMs = 30_000

export function createCache({ present, start, log, now, deadlineMs }: CacheOptions): Cache {
  let current: Promise<Thread<CacheCalls>> | null = null
  let notBefore = Number.NEGATIVE_INFINITY
  let closed = false
  let failing = false
  let underWay = 0
  let questions = 0

  /** Started when it is first needed: most people keep no answers. */
  function thread(): Promise<Thread<CacheCalls>> {
    if (current) return current
    const starting = start()
    current = starting
    const forget = () => {
      if (current === starting) current = null
    }
    starting.then(
      ({ ended }) => void ended.then(forget),
      () => {
        forget()
        notBefore = now() + restartMs
      },
    )
    return starting
  }

  const usable = () => !closed && (current !== null || now() >= notBefore)

  /** The first failure of a row of failures is logged, and so is the end of it. */
  function well(): void {
    if (failing) log.info({}, 'answers are kept again')
    failing = false
  }
  function trouble(error: unknown): void {
    if (!failing && !closed) log.warn({ err: error }, 'kept answers could not be read or written; calls go on without them')
    failing = true
  }

  async function ask(key: string): Promise<AnswerRow | null> {
    const running = await thread()
    const row = await running.call('find', { key, now: now() })
    well()
    return row
  }

  /** What is asked of no file is `nothing`: no thread is started for it. */
  async function withFile<T>(run: (running: Thread<CacheCalls>) => Promise<T>, nothing: T): Promise<T> {
    return current || present() ? run(await thread()) : nothing
  }

  return {
    find(key) {
      if (!usable() || questions >= maxQuestions) return Promise.resolve(null)
      questions += 1
      const late = Promise.withResolvers<null>()
      const timer = setTimeout(() => late.resolve(null), deadlineMs)
      const answer = ask(key)
        .catch((error: unknown) => {
          trouble(error)
          return null
        })
        .finally(() => {
          questions -= 1
          clearTimeout(timer)
        })
      return Promise.race([answer, late.promise])
    },
    keep(key, answer, ttlMs, maxBytes) {
      const { byteLength } = answer.body
      if (!usable() || underWay + byteLength > maxUnderWay) return
      underWay += byteLength
      const at = now()
      const input = { key, answer: { ...answer, body: alone(answer.body) }, now: at, until: at + ttlMs, maxBytes }
      thread()
        .then((running) => running.call('keep', input))
        .then(well, trouble)
        .finally(() => {
          underWay -= byteLength
        })
    },
    sweep: (maxBytes) => withFile((running) => running.call('sweep', { now: now(), maxBytes }), undefined),
    info: () => withFile((running) => running.call('info'), { entries: 0, bytes: 0 }),
    clear: () => withFile((running) => running.call('clear'), undefined),
    async close() {
      closed = true
      const running = await current?.catch(() => null)
      if (!running) return
      try {
        await running.call('close')
      } finally {
        await running.stop()
      }
    },
  }
}

/** The bytes in a buffer of their own: cloning a view clones all that is behind it, and the caller's may change. */
function alone(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
