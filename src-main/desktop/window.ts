/** The one window: hidden when it is closed as long as the tray can bring it back, loaded anew when its page has died. */
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, type WebContents } from 'electron'
import { pageUrl } from './origin.ts'

export interface MainWindow {
  /** Brings it to the front; makes it first if there is none. */
  show: () => void
  hide: () => void
  owns: (contents: WebContents) => boolean
}

/** Makes the window and shows it as soon as it has something to show. `staysHidden` = a closed window is only hidden. */
export function openMainWindow(staysHidden: () => boolean): MainWindow {
  let window = create(staysHidden)
  return {
    show() {
      if (window.isDestroyed()) window = create(staysHidden)
      if (window.webContents.isCrashed()) window.webContents.reload()
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    hide() {
      if (!window.isDestroyed()) window.hide()
    },
    owns: (contents) => !window.isDestroyed() && contents === window.webContents,
  }
}

function create(staysHidden: () => boolean): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
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
  })
  window.once('ready-to-show', () => window.show())
  window.on('close', (event) => {
    if (!staysHidden()) return
    event.preventDefault()
    window.hide()
  })
  // A page that could not be loaded leaves an empty window behind; showing it is all that can be done.
  window.loadURL(pageUrl).catch(() => window.isDestroyed() || window.show())
  return window
}
