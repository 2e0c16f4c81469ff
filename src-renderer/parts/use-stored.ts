/** A choice about the view (never about routing, never a secret) that outlives the page; the same for all who ask for it. */
import { useCallback, useSyncExternalStore } from 'react'

export interface Codec<T> {
  /** Null = the text is not one; the value for a given text must be the same object or the hook must be given plain values. */
  parse: (text: string | null) => T | null
  text: (value: T) => string
}

const listeners = new Map<string, Set<() => void>>()
const parsed = new Map<string, { text: string | null; value: unknown }>()

const keyOf = (name: string) => `keywheel.${name}`

function tell(key: string): void {
  for (const listener of listeners.get(key) ?? []) listener()
}

// Another tab of the same browser has chosen.
globalThis.addEventListener?.('storage', ({ key }: StorageEvent) => {
  if (key === null) for (const each of listeners.keys()) tell(each)
  else tell(key)
})

/** What is stored, or `initial`. */
export function stored<T>(name: string, initial: T, codec: Codec<T>): T {
  const key = keyOf(name)
  const text = localStorage.getItem(key)
  const known = parsed.get(key)
  if (known && known.text === text) return known.value as T
  const value = codec.parse(text) ?? initial
  parsed.set(key, { text, value })
  return value
}

export function store<T>(name: string, value: T, codec: Codec<T>): void {
  localStorage.setItem(keyOf(name), codec.text(value))
  tell(keyOf(name))
}

export function subscribeStored(name: string, listener: () => void): () => void {
  const key = keyOf(name)
  const known = listeners.get(key) ?? new Set()
  listeners.set(key, known.add(listener))
  return () => known.delete(listener)
}

/** `initial` and `codec` must not change for a name. */
export function useStored<T>(name: string, initial: T, codec: Codec<T>) {
  const subscribe = useCallback((listener: () => void) => subscribeStored(name, listener), [name])
  const value = useSyncExternalStore(subscribe, () => stored(name, initial, codec))
  const change = useCallback((next: T) => store(name, next, codec), [name, codec])
  return [value, change] as const
}
