/** Components that are loaded when they are first drawn, or when the page has nothing else to do. */
import { type ComponentType, createElement, lazy, useState } from 'react'
import { whenIdle } from './when-idle.ts'

const waiting: (() => Promise<unknown>)[] = []
let begun = false

/** The export `name` of a module. Loaded ahead too: a click then waits for nothing but its data. */
export function lazyNamed<Name extends string, Props extends object>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  const fetched = async () => {
    loaded = (await load())[name]
    return { default: loaded }
  }
  const Later: ComponentType<Props> = lazy(fetched)
  waiting.push(fetched)
  // What is there is drawn at once: React would show a placeholder for it, and no placeholder for less than 300 ms.
  return function Named(props) {
    const [Part] = useState(() => loaded ?? Later)
    return createElement(Part, props)
  }
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
