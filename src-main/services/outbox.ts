/** Events between a fast teller and a slow reader: those that follow each other and can be one become one. */

export interface Outbox<Event> {
  put(event: Event): void
  /** Nothing more is put. */
  close(): void
  /** Every event in its order, at most one batch per `pace`; ends after the last one, or at once when `signal` aborts. */
  read(signal: AbortSignal): AsyncGenerator<Event, void, void>
}

/** As often as an eye can follow, in ms: carriers have no back-pressure, and a window draws each event. */
const paceMs = 80

/** `join` gives what two neighbours are together; null = they stay two. */
export function createOutbox<Event>(join: (last: Event, next: Event) => Event | null): Outbox<Event> {
  let events: Event[] = []
  let closed = false
  let wake = () => {}
  /** Resolves when `ready` says so, which is asked at each change, or the signal aborts. */
  const until = (ready: () => boolean, signal: AbortSignal, ms?: number) =>
    new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        wake = () => {}
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
      wake = () => ready() && done()
      if (signal.aborted) done()
      else wake()
    })
  return {
    put(event) {
      const last = events.at(-1)
      const joined = last === undefined ? null : join(last, event)
      if (joined === null) events.push(event)
      else events[events.length - 1] = joined
      wake()
    },
    close() {
      closed = true
      wake()
    },
    async *read(signal) {
      for (;;) {
        await until(() => closed || events.length > 0, signal)
        if (signal.aborted) return
        const batch = events
        events = []
        yield* batch
        if (closed && events.length === 0) return
        await until(() => closed, signal, paceMs)
      }
    },
  }
}
