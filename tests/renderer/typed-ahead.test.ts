/** What is typed before the palette's field is there: it gets all of it in order, and nobody else any of it. */
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createTypedAhead } from '../../src-renderer/commands/typed-ahead.ts'

class Key extends Event {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey = false

  constructor(type: string, { key, code = key, ctrlKey = false }: KeyboardEventInit & { key: string }) {
    super(type, { cancelable: true })
    this.key = key
    this.code = code
    this.ctrlKey = ctrlKey
  }

  getModifierState(name: string): boolean {
    return name === 'AltGraph' && this.key === '@'
  }
}

/** A field as far as keys go: text goes to its end. */
class Field extends EventTarget {
  value = ''
  readonly heard: string[] = []

  constructor() {
    super()
    this.addEventListener('input', () => this.heard.push(this.value))
    this.addEventListener('keydown', (event) => this.heard.push((event as Key).key))
  }

  setRangeText(text: string): void {
    this.value += text
  }
}

vi.stubGlobal('KeyboardEvent', Key)
afterAll(() => vi.unstubAllGlobals())

let page: EventTarget
let field: Field
let focused: Field | null
/** Keys that reached the screen behind, or a shortcut. */
let leaked: string[]
let typedAhead: ReturnType<typeof createTypedAhead>
const close = vi.fn<() => void>(() => typedAhead.end())

beforeEach(() => {
  page = new EventTarget()
  field = new Field()
  focused = null
  leaked = []
  close.mockClear()
  typedAhead = createTypedAhead(page, () => focused, close)
  page.addEventListener('keydown', (event) => {
    if (focused) focused.value += (event as Key).key
    else leaked.push((event as Key).key)
  })
})

function press(...keys: string[]): void {
  for (const key of keys) page.dispatchEvent(new Key('keydown', { key }))
}

async function focus(): Promise<void> {
  focused = field
  page.dispatchEvent(new Event('focusin'))
  await Promise.resolve()
}

test('the field begins with all that was typed, in order, and goes on from there', async () => {
  typedAhead.begin()
  press('1', 'n', 'Shift', 'E', '?', '密', 'Backspace', '𝄞', 'Backspace', 'd')
  await focus()
  expect(field.heard).toEqual(['1nE?d'])
  press('x')
  expect([field.value, leaked]).toEqual(['1nE?dx', []])
})

test('Enter chooses among what fits, once; what follows it goes to nobody', async () => {
  typedAhead.begin()
  press('Enter', 'p', 'o', 'ArrowDown', 'Enter', 'Enter', 'n', 'Backspace')
  await focus()
  expect([field.heard, leaked]).toEqual([['po', 'ArrowDown', 'Enter'], []])
})

test('letters after a choice take it back', async () => {
  typedAhead.begin()
  press('p', 'ArrowDown', 'o')
  await focus()
  expect(field.heard).toEqual(['po'])
})

test('Enter alone, the shortcut again and other shortcuts do nothing; AltGr types', async () => {
  typedAhead.begin()
  press('Enter', 'Tab', 'F2')
  page.dispatchEvent(new Key('keydown', { key: 'k', ctrlKey: true }))
  page.dispatchEvent(new Key('keydown', { key: '@', ctrlKey: true }))
  await focus()
  expect([field.heard, leaked]).toEqual([['@'], []])
})

test('a field that has the focus already gets the key itself', () => {
  typedAhead.begin()
  press('a')
  focused = field
  press('b')
  expect(field.value).toBe('ab')
})

test('Escape closes, and keys are everybody’s again; nothing of it is found the next time', async () => {
  press('0')
  typedAhead.begin()
  press('a', 'Escape', '1')
  expect(close).toHaveBeenCalledOnce()
  typedAhead.begin()
  await focus()
  expect([field.heard, leaked]).toEqual([[], ['0', '1']])
})
