/** Desktop entry: wiring only. No top-level await on `whenReady`: Electron becomes ready only after this file has run. */
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, dialog, powerMonitor, utilityProcess } from 'electron'
import { pino } from 'pino'
import manifest from '../package.json' with { type: 'json' }
import { createRouter, serveMessagePort } from './api/index.ts'
import { type App, createApp } from './app.ts'
import { createSecretClipboard } from './desktop/clipboard.ts'
import { acceptPorts } from './desktop/handover.ts'
import { setMenu } from './desktop/menu.ts'
import { registerScheme, serveScheme } from './desktop/scheme.ts'
import { guardContents, guardSession, unsafeSwitch } from './desktop/security.ts'
import { createTray } from './desktop/tray.ts'
import { createWindow } from './desktop/window.ts'
import { readPageFiles } from './page/files.ts'
import { systemClock } from './pool/clock.ts'
import { helperPath, utilityHelper } from './vault/keychain-fork.ts'

const log = pino({ base: null, level: process.env['KEYWHEEL_LOG'] ?? 'warn' }, pino.destination({ dest: 2, sync: true }))

let running: App | undefined
let window: BrowserWindow | undefined
let quitting = false

function show(): void {
  if (!window || window.isDestroyed()) window = createWindow()
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

async function start(): Promise<void> {
  guardSession()
  setMenu()
  const clipboard = createSecretClipboard((ms, run) => systemClock().after(ms, run))
  const dataDir = process.env['KEYWHEEL_DATA_DIR'] ?? app.getPath('userData')
  serveScheme(await readPageFiles(fileURLToPath(new URL('../renderer', import.meta.url)), "'none'"))
  running = await createApp({
    dataDir,
    shell: 'desktop',
    version: manifest.version,
    allowReveal: false,
    proxyPort: undefined,
    opening: { passphraseFile: process.env['KEYWHEEL_PASSPHRASE_FILE'], keyFile: undefined },
    log,
    keychainFork: () => utilityHelper(utilityProcess.fork(helperPath, [], { stdio: 'ignore' })),
    copySecret: (secret) => clipboard.copy(secret),
  })
  const { services } = running
  const router = createRouter()
  // Listening comes before loading: the page hands its port over as soon as it runs.
  acceptPorts({
    serve: (port) => serveMessagePort(port, { router, context: { services, actor: 'local', log } }).close,
    isOurs: (contents) => contents === window?.webContents,
    onRefused: (why) => log.warn({ why }, 'a port was refused'),
  })
  window = createWindow()
  const tray = createTray(services, { show, quit: () => app.quit() })
  app.on('second-instance', show)
  app.on('activate', show)
  // Without a tray a hidden window could never be found again.
  app.on('window-all-closed', () => tray ?? app.quit())
  powerMonitor.on('suspend', () => void clipboard.clear())
  app.on('before-quit', (event) => {
    if (quitting) return
    quitting = true
    event.preventDefault()
    void clipboard
      .clear()
      .then(() => running?.close())
      .finally(() => app.quit())
  })
}

function fail(error: unknown): void {
  dialog.showErrorBox('Keywheel could not start', error instanceof Error ? error.message : String(error))
  app.exit(1)
}

const refused = app.isPackaged ? unsafeSwitch(process.argv) : undefined
process.umask(0o077)
app.enableSandbox()
registerScheme()
guardContents()
if (refused !== undefined) fail(new Error(`Keywheel does not run with ${refused}.`))
else if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(fail)
else app.quit()
