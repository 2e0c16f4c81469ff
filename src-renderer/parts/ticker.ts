/** A clock that ticks once a second for whoever listens, and not while the page is hidden. */

/** What of a document it needs. */
type Visibility = Pick<Document, 'hidden' | 'addEventListener'>

export interface Ticker {
  /** Calls back with every tick until what is given back is called. */
  subscribe(listener: () => void): () => void
  /** In ms since 1970, at most a second old. */
  now(): number
}

const stepMs = 1000

export function createTicker(page: Visibility): Ticker {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined

  const tick = () => {
    now = Date.now()
    for (const listener of listeners) listener()
  }
  const adjust = () => {
    const needed = listeners.size > 0 && !page.hidden
    if (needed && timer === undefined) {
      now = Date.now()
      timer = setInterval(tick, stepMs)
    } else if (!needed && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  }
  page.addEventListener('visibilitychange', () => {
    adjust()
    if (!page.hidden) tick()
  })

  return {
    now() {
      // Nobody listened for a while: it is told by who asks first, and stays so for a second.
      if (timer === undefined && Date.now() - now >= stepMs) now = Date.now()
      return now
    },
    subscribe(listener) {
      listeners.add(listener)
      adjust()
      return () => {
        listeners.delete(listener)
        adjust()
      }
    },
  }
}
