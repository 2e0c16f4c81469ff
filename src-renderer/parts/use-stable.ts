/** A function that stays the same object and does what the newest one does: for handlers of rows that are drawn only when they change. */
import { useCallback, useLayoutEffect, useRef } from 'react'

/** Call it from handlers only, never while drawing. */
export function useStable<Args extends unknown[], Result>(handler: (...args: Args) => Result): (...args: Args) => Result {
  const newest = useRef(handler)
  useLayoutEffect(() => {
    newest.current = handler
  })
  return useCallback((...args: Args) => newest.current(...args), [])
}
