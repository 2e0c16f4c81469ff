/** Brings a part of the screen into view when a command asked for it. */
import { useEffect, useRef } from 'react'

/** Give the ref to the element; its first control gets the focus. */
export function useFocused(focused: boolean) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!focused) return
    ref.current?.scrollIntoView({ block: 'start' })
    ref.current?.querySelector<HTMLElement>('input:checked, input, button')?.focus({ preventScroll: true })
  }, [focused])
  return ref
}
