/** Keeps one live subscription open: reconnects with back-off and tells how it stands. */
import type { LiveBatch } from '../../src-preload/contract/index.ts'
import { ConnectionError, type ConnectionState } from './connection.ts'

export interface LiveOptions {
  open(signal: AbortSignal): Promise<AsyncIterable<LiveBatch>>
  onBatch(batch: LiveBatch): void
  onState(state: ConnectionState): void
  /** A number from 0 to 1. */
  random(): number
  /** False when a line that ended cannot come back (a closed port). */
  reconnects: boolean
}

export interface LiveFollower {
  /** Starts again at once. */
  retry(): void
  close(): void
}

/** Milliseconds before try number `failures` (1 = first): half a second, doubling up to 10 s, less up to a fifth. */
export function backOff(failures: number, random: number): number {
  return Math.min(10_000, 500 * 2 ** Math.min(failures - 1, 10)) * (1 - random / 5)
}

/** Subscribes now and stays subscribed until `close()`, or until the session is over. */
export function followLive(options: LiveOptions): LiveFollower {
  let run = new AbortController()
  let opened = false

  /** One subscription, to its end. Resolves to whether it ever opened. */
  async function once(signal: AbortSignal): Promise<boolean> {
    const batches = await options.open(signal)
    if (signal.aborted) return true
    options.onState('open')
    // What happened while the line was down is not known.
    if (opened) options.onBatch({ events: [], dropped: 1 })
    opened = true
    try {
      for await (const batch of batches) {
        if (signal.aborted) break
        options.onBatch(batch)
      }
    } catch (error) {
      if (isExpired(error)) throw error
    }
    return true
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      try {
        if (await once(signal)) failures = 0
      } catch (error) {
        if (signal.aborted) return
        if (isExpired(error)) return options.onState('expired')
      }
      if (signal.aborted) return
      options.onState('lost')
      if (!options.reconnects) return
      failures += 1
      await sleep(backOff(failures, options.random()), signal)
    }
  }

  void follow(run.signal)
  return {
    retry() {
      run.abort()
      run = new AbortController()
      options.onState('connecting')
      void follow(run.signal)
    },
    close: () => run.abort(),
  }
}

export function isExpired(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.reason === 'expired'
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'UNAUTHORIZED'
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
