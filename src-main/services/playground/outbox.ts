/** Events between a fast teller and a slow reader: texts that follow each other become one. */
import type { PlaygroundEvent } from '../../../src-preload/contract/index.ts'

export interface Outbox {
  put(event: PlaygroundEvent): void
  /** Nothing more is put. */
  close(): void
  /** Every event in its order, at most one batch per `pace`; ends after the last one, or at once when `signal` aborts. */
  read(signal: AbortSignal): AsyncGenerator<PlaygroundEvent, void, void>
}

/** As often as an eye can follow, in ms: carriers have no back-pressure, and a window draws each event. */
const paceMs = 80

export function createOutbox(): Outbox {
  let events: PlaygroundEvent[] = []
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
      if (last !== undefined && 'text' in last && 'text' in event && last.type === event.type) {
        events[events.length - 1] = { ...last, text: last.text + event.text }
      } else events.push(event)
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
