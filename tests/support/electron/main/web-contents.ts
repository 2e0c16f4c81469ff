/** `webContents`: the page behind a window, which lives in the test's Chromium. */
import { test } from './host.ts'
import { LoudEmitter, loud, preventable } from './loud.ts'

const events = [
  'destroyed',
  'did-navigate',
  'did-start-navigation',
  'render-process-gone',
  'will-attach-webview',
  'will-frame-navigate',
  'will-navigate',
  'will-redirect',
]

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

function modelOf(
  id: number,
  state: { url: string; crashed: boolean; destroyed: boolean; zoom: number; opens: OpenHandler | undefined },
) {
  return {
    id,
    getURL: () => state.url,
    isCrashed: () => state.crashed,
    isDestroyed: () => state.destroyed,
    reload: () => void test('reload', id),
    getZoomLevel: () => state.zoom,
    setZoomLevel(level: number) {
      state.zoom = level
    },
    setWindowOpenHandler(handler: OpenHandler) {
      state.opens = handler
    },
  } satisfies Pick<
    Electron.WebContents,
    'id' | 'getURL' | 'isCrashed' | 'isDestroyed' | 'reload' | 'getZoomLevel' | 'setZoomLevel' | 'setWindowOpenHandler'
  >
}

/** The contents as the program sees them, and what happens to them. */
export function createContents(id: number) {
  const state = { url: '', crashed: false, destroyed: false, zoom: 0, opens: undefined as OpenHandler | undefined }
  const emitter = new LoudEmitter('webContents', events)
  // The frame's identity is what senders are compared by.
  const mainFrame = {
    parent: null,
    get url() {
      return state.url
    },
  }
  const model = Object.assign(emitter, modelOf(id, state), { mainFrame })

  return {
    contents: loud('webContents', model) as unknown as Electron.WebContents,
    emitter,
    mainFrame,
    /** Whether the program refuses a navigation that the page asked for; events in Electron's order. */
    refuses(url: string, isMainFrame: boolean): boolean {
      const details = { url, isMainFrame, isSameDocument: false, frame: isMainFrame ? mainFrame : null }
      emitter.emit('did-start-navigation', preventable(details))
      if (emitter.emitPreventable('will-frame-navigate', details)) return true
      return isMainFrame && emitter.emitPreventable('will-navigate', details)
    },
    navigated(url: string, sameDocument: boolean) {
      state.url = url
      state.crashed = false
      if (!sameDocument) emitter.emit('did-navigate', preventable({}), url, 200, 'OK')
    },
    gone(reason: string) {
      state.crashed = true
      emitter.emit('render-process-gone', preventable({}), { reason, exitCode: 1 })
    },
    /** What the program says to a window that the page wants to open. */
    opens(url: string): string {
      if (!state.opens) return 'allow'
      const details = {
        url,
        frameName: '',
        features: '',
        disposition: 'new-window',
        referrer: { url: '', policy: 'no-referrer' },
      } as const
      return state.opens(details).action
    },
    destroy() {
      state.destroyed = true
      emitter.emit('destroyed')
    },
  }
}
