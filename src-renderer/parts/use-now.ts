/** The one clock for everything that counts down. */
import { useSyncExternalStore } from 'react'
import { createTicker } from './ticker.ts'

const { subscribe, now } = createTicker(document)

/** Milliseconds since 1970, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, now)
}

/** The last full step of `stepMs` (dividing an hour, or one). */
export function nowBy(stepMs: number): number {
  return now() - (now() % stepMs)
}

/** The same for a component: only the end of a step draws it anew. */
export function useNowBy(stepMs: number): number {
  return useSyncExternalStore(subscribe, () => nowBy(stepMs))
}
