/**
 * What is typed after the palette was asked for and before its field has the focus (on a busy machine that is a word): nobody else
 * hears it, and the field gets it in order as soon as it is there.
 */

export interface TypedAhead {
  /** The palette was asked for. */
  begin: () => void
  /** It was closed: what was typed was meant for it alone. */
  end: () => void
}

type Field = Pick<HTMLInputElement, 'value' | 'setRangeText' | 'dispatchEvent'>

/** These choose among what fits the text before them. */
const choosing: ReadonlySet<string> = new Set(['ArrowDown', 'ArrowUp', 'Enter'])

/** Other keys have a name: Tab, F2, Dead. */
const oneLetter = /^.$/su

/**
 * All keys come by `page`; to be made before anybody else listens there. `fieldOf` tells whether something is the palette's field,
 * `close` closes the palette.
 */
export function createTypedAhead(
  page: EventTarget,
  fieldOf: (target: EventTarget | null) => Field | null,
  close: () => void,
): TypedAhead {
  let waiting = false
  let text: string[] = []
  let then: KeyboardEvent[] = []
  for (const type of ['keydown', 'focusin']) page.addEventListener(type, hear, true)

  function hear(event: Event): void {
    if (!waiting) return
    const field = fieldOf(event.target)
    if (field) return handTo(field)
    if (event.type !== 'keydown') return
    event.stopImmediatePropagation()
    event.preventDefault()
    keep(event as KeyboardEvent)
  }

  function keep(event: KeyboardEvent): void {
    const { key } = event
    if (key === 'Escape') return close()
    if ((event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph')) return
    // What comes after Enter was meant for what that opens, which nobody has seen yet.
    if (then.at(-1)?.key === 'Enter') return
    if (choosing.has(key)) {
      if (text.length > 0) then.push(event)
    } else if (key === 'Backspace' || oneLetter.test(key)) {
      text = key === 'Backspace' ? text.slice(0, -1) : [...text, key]
      then = []
    }
  }

  function handTo(field: Field): void {
    const [typed, keys] = [text.join(''), then]
    end()
    if (typed === '') return
    field.setRangeText(typed, field.value.length, field.value.length, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
    // What fits is listed by then, and no other key can come between.
    queueMicrotask(() => {
      for (const { key, code } of keys)
        field.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }))
    })
  }

  function end(): void {
    waiting = false
    text = []
    then = []
  }

  return { begin: () => void (waiting = true), end }
}
