/** Work that can wait until the page has nothing else to do. */
import { useEffect, useState } from 'react'

/** Milliseconds after which it is done all the same. */
const longest = 1000

/** Gives back how to call it off. */
export function whenIdle(run: () => void): () => void {
  // Not in every browser.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, 200)
    return () => clearTimeout(timer)
  }
  const handle = requestIdleCallback(run, { timeout: longest })
  return () => cancelIdleCallback(handle)
}

/** How many of `all` parts to draw: the first ones at once, the others one by one as there is time. */
export function useOneByOne(first: number, all: number): number {
  const [drawn, setDrawn] = useState(first)
  useEffect(() => (drawn < all ? whenIdle(() => setDrawn(drawn + 1)) : undefined), [drawn, all])
  return drawn
}
