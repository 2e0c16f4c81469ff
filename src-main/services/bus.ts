/** The typed event bus: facts are published here; windows, tray and statistics listen. */
import type { LiveEvent } from '../../src-preload/contract/index.ts'

export interface Bus {
  publish(event: LiveEvent): void
  subscribe(listener: (event: LiveEvent) => void): () => void
}

export function createBus(): Bus {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
