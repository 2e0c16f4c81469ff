/** The parts of a browser's window that a connection uses, so that it can be run without one. */
export interface Page {
  location: Pick<Location, 'origin' | 'protocol' | 'hash' | 'pathname' | 'search' | 'reload'>
  history: Pick<History, 'replaceState' | 'state'>
  sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  navigator: Pick<Navigator, 'userAgent'>
  fetch: typeof fetch
  postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void
  addEventListener(type: 'hashchange', listener: () => void): void
  removeEventListener(type: 'hashchange', listener: () => void): void
}
