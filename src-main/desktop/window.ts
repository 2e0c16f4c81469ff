/** The one window: hidden when it is closed as long as the tray can bring it back, loaded anew when its page has died, where it was the last time. */
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, screen, type WebContents } from 'electron'
import { pageUrl } from './origin.ts'
import { type Bounds, reachable, readWindowState, type WindowState, writeWindowState } from './window-state.ts'

export interface MainWindow {
  /** Brings it to the front; makes it first if there is none. */
  show: () => void
  hide: () => void
  owns: (contents: WebContents) => boolean
  /** It has the keyboard. */
  isInFront: () => boolean
  /** A step larger (1) or smaller (-1), or as it was (0). */
  zoom: (step: -1 | 0 | 1) => void
}

export interface WindowDeps {
  /** A closed window is only hidden. */
  staysHidden: () => boolean
  /** The file that says where it was. */
  statePath: string
  onError: (error: unknown) => void
}

const zoomStep = 0.5
const zoomEnds = { least: -3, most: 5 }

/** Makes the window and shows it as soon as it has something to show. */
export function openMainWindow(deps: WindowDeps): MainWindow {
  let window = create(deps)
  return {
    show() {
      if (window.isDestroyed()) window = create(deps)
      if (window.webContents.isCrashed()) window.webContents.reload()
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    hide() {
      if (!window.isDestroyed()) window.hide()
    },
    owns: (contents) => !window.isDestroyed() && contents === window.webContents,
    isInFront: () => !window.isDestroyed() && window.isFocused(),
    zoom(step) {
      if (window.isDestroyed()) return
      const { webContents } = window
      const wanted = step === 0 ? 0 : webContents.getZoomLevel() + step * zoomStep
      webContents.setZoomLevel(Math.min(zoomEnds.most, Math.max(zoomEnds.least, wanted)))
      keep(window, deps)
    },
  }
}

function create(deps: WindowDeps): BrowserWindow {
  const state = readWindowState(deps.statePath)
  const bounds = reachable(
    state.bounds,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  )
  const window = new BrowserWindow(optionsOf(bounds))
  window.once('ready-to-show', () => reveal(window, state))
  window.on('close', (event) => {
    keep(window, deps)
    if (!deps.staysHidden()) return
    event.preventDefault()
    window.hide()
  })
  // A page that could not be loaded leaves an empty window behind; showing it is all that can be done.
  window.loadURL(pageUrl).catch(() => window.isDestroyed() || window.show())
  return window
}

function reveal(window: BrowserWindow, { maximised, zoom }: WindowState): void {
  if (zoom !== 0) window.webContents.setZoomLevel(zoom)
  if (maximised) window.maximize()
  window.show()
}

/** The bounds are those that a maximised window comes back to. */
function keep(window: BrowserWindow, { statePath, onError }: WindowDeps): void {
  try {
    const { x, y, width, height } = window.getNormalBounds()
    const zoom = window.webContents.getZoomLevel()
    writeWindowState(statePath, { bounds: { x, y, width, height }, maximised: window.isMaximized(), zoom })
  } catch (error) {
    onError(error)
  }
}

function optionsOf(bounds: Bounds | null): Electron.BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 820,
    ...bounds,
    minWidth: 720,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: '#1a1b1e',
    title: 'Keywheel',
    webPreferences: {
      preload: fileURLToPath(new URL('../preload/index.cjs', import.meta.url)),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
      safeDialogs: true,
    },
  }
}
