/** Long loops in small slices, so that calls through the proxy go on meanwhile. */
import { setImmediate } from 'node:timers/promises'

/** A record costs about 40 µs to seal: 250 are 10 ms. */
const sliceSize = 250

/** Maps every item, giving the event loop a turn after each slice; throws between two of them when `signal` has aborted. */
export async function mapInSlices<T, R>(items: readonly T[], map: (item: T) => R, signal?: AbortSignal): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += sliceSize) {
    if (start > 0) await setImmediate()
    signal?.throwIfAborted()
    for (const item of items.slice(start, start + sliceSize)) results.push(map(item))
  }
  return results
}
