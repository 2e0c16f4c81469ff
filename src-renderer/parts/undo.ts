/** The last thing that can be undone: its toast, Ctrl+Z and the palette do the same. */
import { createStore } from '../shell/store.ts'

export const undoable = createStore<(() => void) | undefined>(undefined)

export function rememberUndo(undo: () => void): void {
  undoable.set(undo)
}

export function forgetUndo(undo: () => void): void {
  if (undoable.get() === undo) undoable.set(undefined)
}

/** Does what the latest "Undo" button would do; nothing when there is none. */
export function undoLast(): void {
  const undo = undoable.get()
  undoable.set(undefined)
  undo?.()
}
