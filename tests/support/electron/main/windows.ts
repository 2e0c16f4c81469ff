/** The windows that exist, oldest first. */
import type { BrowserWindow } from './browser-window.ts'

const open = new Map<number, BrowserWindow>()

export const windows = {
  add: (window: BrowserWindow) => void open.set(window.id, window),
  remove: (id: number) => void open.delete(id),
  /** Undefined when it was closed meanwhile: its page may still have something to say. */
  find: (id: number) => open.get(id),
  all: () => [...open.values()],
}
