/** What the rest of the window knows about its line to Keywheel: a client, a state, live events. */
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract, LiveBatch } from '../../src-preload/contract/index.ts'

export type Client = ContractRouterClient<Contract>

/**
 * `connecting` = first try under way · `open` = calls and live data work · `expired` = this page's session is over, a new
 * address is needed · `lost` = Keywheel does not answer; over HTTP it is being tried again.
 */
export type ConnectionState = 'connecting' | 'open' | 'expired' | 'lost'

/** A call that could not be made because the line is down; `reason` says why. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly reason: 'expired' | 'lost'

  constructor(reason: 'expired' | 'lost') {
    super(
      reason === 'expired'
        ? 'This page’s session is over. Open the address that Keywheel prints.'
        : 'Keywheel does not answer. It may have been stopped.',
    )
    this.reason = reason
  }
}

export interface Connection {
  readonly client: Client
  /** The present state; together with `subscribe` it fits React's `useSyncExternalStore`. */
  state(): ConnectionState
  /** Calls `listener` after each change of state; gives back an unsubscribe function. */
  subscribe(listener: () => void): () => void
  /** Live events, at most four batches a second. A batch with `dropped` > 0 means: something was missed, ask again for everything. */
  onLive(listener: (batch: LiveBatch) => void): () => void
  /** Tries again now: at once over HTTP, by loading the page anew in the desktop window. */
  retry(): void
  /** Ends live data and forgets the listeners. */
  close(): void
}

export interface Emitter<T> {
  emit(value: T): void
  on(listener: (value: T) => void): () => void
  clear(): void
}

export function emitter<T>(): Emitter<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    emit(value) {
      for (const listener of listeners) listener(value)
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear: () => listeners.clear(),
  }
}
