/** The one way to write a subscription: bounded, batched, and over when its signal says so. */
import type { LiveBatch, LiveEvent } from '../../src-preload/contract/index.ts'

interface LiveOptions {
  /** Milliseconds between two batches. */
  interval?: number
  /** Events kept between two batches; beyond that the oldest are dropped and counted. */
  capacity?: number
}

/** What an event takes the place of when it comes again before the next batch; null = each one counts. */
function subjectOf(event: LiveEvent): string | null {
  switch (event.type) {
    case 'proxy.state':
    case 'vault.state':
      return event.type
    case 'key.changed':
      return `${event.type} ${event.key.id}`
    case 'progress':
      return `${event.type} ${event.task}`
    case 'changed':
      return `${event.type} ${event.what}`
    case 'command':
    case 'notice':
    case 'request.finished':
      return null
  }
}

/**
 * Batches of events from `source` until `signal` aborts (or the reader stops), of a state only the newest. The first event
 * after a pause goes out at once. Nothing is waited for but the signal and the next event, and a slow reader costs at most `capacity` events: the carriers
 * have no back-pressure of their own.
 */
export async function* live(
  signal: AbortSignal | undefined,
  source: (listener: (event: LiveEvent) => void) => () => void,
  { interval = 250, capacity = 1000 }: LiveOptions = {},
): AsyncGenerator<LiveBatch, void, void> {
  const over = signal ?? new AbortController().signal
  let events = new Map<string | symbol, LiveEvent>()
  let dropped = 0
  let arrived: (() => void) | undefined
  const unsubscribe = source((event) => {
    const subject = subjectOf(event) ?? Symbol(event.type)
    // In the order of what came last.
    events.delete(subject)
    events.set(subject, event)
    const [oldest] = events.keys()
    if (events.size > capacity && oldest !== undefined) {
      events.delete(oldest)
      dropped += 1
    }
    arrived?.()
  })
  try {
    while (!over.aborted) {
      if (events.size === 0) await waitFor(over, (resolve) => (arrived = resolve))
      if (over.aborted) return
      const batch = { events: [...events.values()], dropped }
      events = new Map()
      dropped = 0
      yield batch
      await waitFor(over, (resolve) => setTimeout(resolve, interval))
    }
  } finally {
    unsubscribe()
  }
}

/** Resolves when `start`'s callback is called or the signal aborts; leaves no listener behind. */
function waitFor(signal: AbortSignal, start: (resolve: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
    else start(done)
  })
}
