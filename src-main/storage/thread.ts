/** The main thread's end of a storage thread: calls with answers. */
import { Worker } from 'node:worker_threads'
import { KeywheelError } from '../../src-preload/contract/errors.ts'
import type { CallMessage, Calls, ThreadMessage } from './calls.ts'
import { fromWire } from './errors.ts'

export interface Thread<Map> {
  /** Rejects with what the function threw, or STORAGE_FAILED when the thread is gone. */
  call<Name extends keyof Map & string>(
    name: Name,
    ...input: Map[Name] extends (...input: infer Input) => unknown ? Input : never
  ): Promise<Map[Name] extends (...input: never) => infer Output ? Output : never>
  /** Ends the thread; a statement that is running runs to its end first, and nobody hears of it. */
  stop(): Promise<void>
  /** Resolves when the thread has ended, however that came. */
  readonly ended: Promise<void>
}

interface ThreadOptions {
  entry: URL
  data: unknown
  onNotice(fields: Record<string, unknown>, message: string): void
  /** A call has met a damaged database. */
  onCorrupt?(): void
}

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

/** Resolves when the thread has opened its files; rejects with the reason when it could not. */
export async function startThread<Map extends Calls<Map>>(options: ThreadOptions): Promise<Thread<Map>> {
  const worker = new Worker(options.entry, { workerData: options.data })
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<void>()
  let lastId = 0
  let gone: KeywheelError | null = null

  function fail(reason: string): void {
    gone ??= new KeywheelError('STORAGE_FAILED', `A storage thread has stopped: ${reason}. Restart Keywheel.`)
    ready.reject(gone)
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  }

  function settle(id: number, how: (waiter: Waiting) => void): void {
    const waiter = waiting.get(id)
    waiting.delete(id)
    if (waiter) how(waiter)
  }

  function take(message: ThreadMessage): void {
    switch (message.kind) {
      case 'ready':
        return ready.resolve()
      case 'refused':
        return ready.reject(fromWire(message.error))
      case 'answer':
        return settle(message.id, ({ resolve }) => resolve(message.value))
      case 'failure':
        if (message.corrupt) options.onCorrupt?.()
        return settle(message.id, ({ reject }) => reject(fromWire(message.error)))
      case 'notice':
        return options.onNotice(message.fields, message.message)
    }
  }

  worker.on('message', take)
  worker.on('error', (error: Error) => fail(error.message))
  worker.on('exit', () => {
    fail('it has ended')
    ended.resolve()
  })
  await ready.promise.catch(async (error: unknown) => {
    await worker.terminate()
    throw error
  })
  const call = (name: string, input?: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      if (gone) return reject(gone)
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      worker.postMessage({ id: lastId, name, input } satisfies CallMessage, [])
    })
  return {
    call: call as unknown as Thread<Map>['call'],
    stop: async () => void (await worker.terminate()),
    ended: ended.promise,
  }
}
