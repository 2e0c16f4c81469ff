/** One clock for everything that counts down: ticks once a second, and not while the page is hidden. */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = Date.now()
  for (const listener of listeners) listener()
}

function adjust() {
  const needed = listeners.size > 0 && !document.hidden
  if (needed && timer === undefined) {
    now = Date.now()
    timer = setInterval(tick, 1000)
  } else if (!needed && timer !== undefined) {
    clearInterval(timer)
    timer = undefined
  }
}

document.addEventListener('visibilitychange', () => {
  adjust()
  if (!document.hidden) tick()
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  adjust()
  return () => {
    listeners.delete(listener)
    adjust()
  }
}

/** Milliseconds since 1970, renewed each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** The last full step of `stepMs` (dividing an hour, or one), so that only its end draws anew. */
export function useNowBy(stepMs: number): number {
  return useSyncExternalStore(subscribe, () => now - (now % stepMs))
}
