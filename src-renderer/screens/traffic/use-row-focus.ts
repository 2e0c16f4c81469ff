/** The focus goes from row to row by keyboard, also to one that is not drawn yet: then as soon as it is. */
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react'

interface Rows {
  count: number
  /** Of the first row in view. */
  first: () => number
  /** Scrolls until that row is drawn. */
  reveal: (index: number) => void
}

const page = 15

/** Handlers of the list as a whole; its rows carry `aria-rowindex`, 2 being that of the first, and have one button. */
export function useRowFocus(panel: RefObject<HTMLElement | null>, { count, first, reveal }: Rows) {
  // Keys may come faster than rows are drawn: they count from where the focus is to be, not from where it is.
  const wanted = useRef<number | null>(null)
  const focus = (index: number) => {
    const button = panel.current?.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"] button`)
    wanted.current = button ? null : index
    button?.focus()
  }
  useLayoutEffect(() => {
    if (wanted.current !== null) focus(wanted.current)
  })
  return {
    onKeyDown(event: KeyboardEvent) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const row = event.target instanceof Element ? event.target.closest('tr') : null
      if (row === null && event.key !== 'ArrowDown') return
      if (event.key === 'Escape') {
        wanted.current = null
        panel.current?.focus()
        return event.preventDefault()
      }
      const now = wanted.current ?? (row === null ? first() - 1 : Number(row.ariaRowIndex) - 2)
      const moves: Partial<Record<string, number>> = {
        ArrowDown: now + 1,
        ArrowUp: now - 1,
        PageDown: now + page,
        PageUp: now - page,
        Home: 0,
        End: count - 1,
      }
      const to = moves[event.key]
      if (to === undefined) return
      event.preventDefault()
      const next = Math.max(0, Math.min(count - 1, to))
      focus(next)
      if (wanted.current !== null) reveal(next)
    },
  }
}
