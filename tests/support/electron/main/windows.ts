/** The windows that exist, oldest first. */
import type { BrowserWindow } from './browser-window.ts'

const open = new Map<number, BrowserWindow>()

export const windows = {
  add: (window: BrowserWindow) => void open.set(window.id, window),
  remove: (id: number) => void open.delete(id),
  get(id: number): BrowserWindow {
    const window = open.get(id)
    if (!window) throw new Error(`window ${id} is gone`)
    return window
  },
  all: () => [...open.values()],
}
