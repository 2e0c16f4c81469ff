/** Components that are loaded when they are first drawn, or when the page has nothing else to do. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { whenIdle } from './when-idle.ts'

const waiting: (() => Promise<unknown>)[] = []
let begun = false

/** The export `name` of a module. Loaded ahead too: a click then waits for nothing but its data. */
export function lazyNamed<Name extends string, Props>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): LazyExoticComponent<ComponentType<Props>> {
  waiting.push(load)
  return lazy(async () => ({ default: (await load())[name] }))
}

/** Loads what was not opened yet, one after another. Whoever wants to save data loads only what is opened. */
export function loadAhead(): void {
  if (begun || (navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return
  begun = true
  const next = () => {
    const load = waiting.shift()
    // One that fails is fetched again when it is opened, and says so there.
    if (load)
      whenIdle(
        () =>
          void load()
            .catch(() => undefined)
            .finally(next),
      )
  }
  next()
}
