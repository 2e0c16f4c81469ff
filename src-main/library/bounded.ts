/** Waits for work no longer than allowed. */
import type { Clock } from '../pool/types.ts'

interface Bounds {
  clock: Clock
  /** Above 0. */
  timeoutMs: number
  signal: AbortSignal | undefined
  /** The error to give when the time is over. */
  timeout: () => Error
  /** Hears the reason when the waiting ends before the work. */
  stop: (reason: unknown) => void
}

/** Settles as `work` does, or rejects first with `timeout()` or the signal's reason; what the work says later is dropped. */
export function bounded<Value>(work: PromiseLike<Value>, { clock, timeoutMs, signal, timeout, stop }: Bounds): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = (reason: unknown) => {
      release()
      stop(reason)
      reject(reason)
    }
    const onAbort = () => leave(signal?.reason)
    const cancel = clock.after(timeoutMs, () => leave(timeout()))
    const release = () => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    work.then(
      (value) => {
        release()
        resolve(value)
      },
      (error: unknown) => {
        release()
        reject(error)
      },
    )
  })
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
