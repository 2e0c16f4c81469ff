/**
 * One tooltip for the whole page: what an element means stands in its `data-tip` (empty: it is what it is called, its
 * `aria-label`). Lists would take a quarter longer with a tooltip around each of their marks.
 */
import { type FloatingPosition, Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'

/** Milliseconds that one points at something before it says what it means. */
const openDelay = 350

const sides: readonly FloatingPosition[] = ['top', 'right']

/** `data-tip-by="any"` = focus and touch open it too, `data-tip-side` = where it stands, above unless told. */
export function Tip() {
  const { target, opened } = usePointedAt()
  const words = useWords(target, opened)
  if (!target) return null
  return (
    <Tooltip
      target={target}
      opened={opened && words !== ''}
      label={words}
      position={sides.find((side) => side === target.dataset['tipSide']) ?? 'top'}
      events={{ hover: false, focus: false, touch: false }}
    />
  )
}

interface PointedAt {
  /** Stays while its tooltip fades. */
  target: HTMLElement | null
  opened: boolean
}

function usePointedAt(): PointedAt {
  const [pointedAt, set] = useState<PointedAt>({ target: null, opened: false })
  useEffect(() => {
    let target: HTMLElement | null = null
    let waiting: ReturnType<typeof setTimeout> | undefined
    const at = (next: HTMLElement | null) => {
      if (next === target) return
      target = next
      clearTimeout(waiting)
      if (next === null) return set((now) => ({ ...now, opened: false }))
      // From one to the next there is nothing to wait for.
      set(({ opened }) => ({ target: next, opened }))
      waiting = setTimeout(() => set({ target: next, opened: true }), openDelay)
    }
    const over = (event: PointerEvent) => {
      const next = withTip(event.target)
      at(next && (event.pointerType === 'mouse' || isForAll(next)) ? next : null)
    }
    const focus = (event: FocusEvent) => {
      const next = withTip(event.target)
      if (next && isForAll(next) && next.matches(':focus-visible')) at(next)
    }
    const away = () => at(null)
    const key = (event: KeyboardEvent) => event.key === 'Escape' && away()
    // Before anybody who keeps the event to himself.
    const heard = { capture: true }
    const { documentElement } = document
    document.addEventListener('pointerover', over, heard)
    document.addEventListener('focusin', focus, heard)
    document.addEventListener('focusout', away, heard)
    document.addEventListener('keydown', key, heard)
    documentElement.addEventListener('pointerleave', away)
    return () => {
      clearTimeout(waiting)
      document.removeEventListener('pointerover', over, heard)
      document.removeEventListener('focusin', focus, heard)
      document.removeEventListener('focusout', away, heard)
      document.removeEventListener('keydown', key, heard)
      documentElement.removeEventListener('pointerleave', away)
    }
  }, [])
  return pointedAt
}

/** What the tooltip says while it is open; '' once its target has left the page. Screen readers are told too. */
function useWords(target: HTMLElement | null, opened: boolean): string {
  const [words, setWords] = useState('')
  useEffect(() => {
    if (!target || !opened) return
    const read = () => setWords(target.isConnected ? wordsOf(target) : '')
    read()
    const observer = new MutationObserver(read)
    observer.observe(target, { attributeFilter: ['data-tip', 'aria-label'] })
    observer.observe(document.body, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [target, opened])
  useEffect(() => {
    if (!target || !opened || words === '' || words === target.ariaLabel) return
    target.setAttribute('aria-description', words)
    return () => target.removeAttribute('aria-description')
  }, [target, opened, words])
  return words
}

function withTip(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-tip]') : null
}

function isForAll(element: HTMLElement): boolean {
  return element.dataset['tipBy'] === 'any'
}

function wordsOf({ dataset, ariaLabel }: HTMLElement): string {
  return dataset['tip'] || (ariaLabel ?? '')
}
