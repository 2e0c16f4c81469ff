/** The last thing that can be undone: its toast and Ctrl+Z do the same. */
let last: (() => void) | undefined

export function rememberUndo(undo: () => void): void {
  last = undo
}

export function forgetUndo(undo: () => void): void {
  if (last === undo) last = undefined
}

/** Does what the latest "Undo" button would do; nothing when there is none. */
export function undoLast(): void {
  const undo = last
  last = undefined
  undo?.()
}
