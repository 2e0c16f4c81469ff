/** Long loops in small slices, so that calls through the proxy go on meanwhile. */
import { setImmediate } from 'node:timers/promises'

/** A record costs about 40 µs to seal: 250 are 10 ms. */
const sliceSize = 250
/** Milliseconds of work at one go, on a busy machine or with items that take longer. */
const sliceMs = 10

/** Maps every item, giving the event loop a turn after each slice; throws between two of them when `signal` has aborted. */
export async function mapInSlices<T, R>(items: Iterable<T>, map: (item: T) => R, signal?: AbortSignal): Promise<R[]> {
  const results: R[] = []
  signal?.throwIfAborted()
  let since = performance.now()
  for (const item of items) {
    const full = results.length > 0 && results.length % sliceSize === 0
    if (full || performance.now() - since >= sliceMs) {
      await setImmediate()
      signal?.throwIfAborted()
      since = performance.now()
    }
    results.push(map(item))
  }
  return results
}
