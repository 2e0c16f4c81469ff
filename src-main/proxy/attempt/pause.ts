/** Waiting, for as long as somebody is there to wait for. */
import type { Clock } from '../../pool/types.ts'

/** Resolves after `ms`, or at once when `gone` is aborted meanwhile. */
export function pause(clock: Pick<Clock, 'after'>, ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done)
    gone.addEventListener('abort', done)
    function done() {
      cancel()
      gone.removeEventListener('abort', done)
      resolve()
    }
  })
}
