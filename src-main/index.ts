/** Desktop entry: wiring only. No top-level await on `whenReady`: Electron becomes ready only after this file has run. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog, type MessagePortMain, powerMonitor, utilityProcess } from 'electron'
import manifest from '../package.json' with { type: 'json' }
import { createRouter, serveMessagePort } from './api/index.ts'
import { defaultDataDir } from './base/data-folder.ts'
import { createLog } from './base/log.ts'
import { createLogRing } from './base/log-ring.ts'
import { createSecretClipboard } from './desktop/clipboard.ts'
import { guardContents } from './desktop/contents.ts'
import { acceptPorts } from './desktop/handover.ts'
import { followLanguage } from './desktop/language.ts'
import { setMenu } from './desktop/menu.ts'
import { showNotices } from './desktop/notifications.ts'
import { closeBeforeQuit } from './desktop/quit.ts'
import { registerScheme, serveScheme } from './desktop/scheme.ts'
import { guardSession } from './desktop/session.ts'
import { createShellLine } from './desktop/shell-line.ts'
import { unsafeSwitch } from './desktop/switches.ts'
import { createTray } from './desktop/tray.ts'
import { openMainWindow } from './desktop/window.ts'
import { wantedWorkspace } from './desktop/workspace.ts'
import { readPageFiles } from './page/files.ts'
import { systemClock } from './pool/clock.ts'
import type { Services } from './services/types.ts'
import { helperPath, utilityHelper } from './vault/keychain-fork.ts'
import { openKeywheel } from './workspaces.ts'

const ring = createLogRing()
const log = createLog(process.env['KEYWHEEL_LOG'], { ring })
const onError = (error: unknown) => log.error({ error: String(error) }, 'something failed in the shell')
const { env } = process
const after = (ms: number, run: () => void) => systemClock().after(ms, run)

async function start(): Promise<void> {
  guardSession()
  serveScheme(await readPageFiles(fileURLToPath(new URL('../renderer', import.meta.url)), "'none'"))
  const clipboard = createSecretClipboard({ after, onError })
  const opening = openKeywheel({
    dataDir: app.getPath('userData'),
    workspace: wantedWorkspace(process.argv, env),
    shell: 'desktop',
    version: manifest.version,
    allowReveal: false,
    proxyPort: env['KEYWHEEL_PROXY_PORT'] ? Number(env['KEYWHEEL_PROXY_PORT']) : undefined,
    opening: { passphraseFile: env['KEYWHEEL_PASSPHRASE_FILE'], keyFile: env['KEYWHEEL_KEY_FILE'] },
    log,
    recentWarnings: ring.lines,
    keychainFork: () => utilityHelper(utilityProcess.fork(helperPath, [], { stdio: 'ignore', serviceName: 'keywheel keychain' })),
    copySecret: (secret) => clipboard.copy(secret),
  })
  let leave: (() => void) | undefined
  const quitting = closeBeforeQuit([() => leave?.(), () => clipboard.clear(), async () => (await opening).close()], onError)
  const clearNow = () => void clipboard.clear().catch(onError)
  powerMonitor.on('suspend', clearNow)
  powerMonitor.on('lock-screen', clearNow)

  const { services } = await opening
  if (quitting()) return
  const shell = openShell(services, quitting)
  leave = shell.leave
  app.on('second-instance', shell.show)
  app.on('activate', shell.show)
  app.on('window-all-closed', () => app.quit())
}

/** Everything that a person sees, and the window's line to the services. */
function openShell(open: Services, quitting: () => boolean): { show: () => void; leave: () => void } {
  const line = createShellLine(open)
  const { services } = line
  const router = createRouter()
  const serve = (port: MessagePortMain) => serveMessagePort(port, { router, context: { services, actor: 'local', log } }).close
  const onRefused = (why: string, refused: number) => log.warn({ why, refused }, 'a port was refused')
  // Listening comes before loading: the page hands its port over as soon as it runs.
  acceptPorts({ serve, isOurs: (contents) => window.owns(contents), onRefused })
  const run: typeof line.run = (command, subject) => {
    window.show()
    line.run(command, subject)
  }
  const language = followLanguage(services, app.getLocale(), (spoken) =>
    setMenu(spoken, { run, zoom: (step) => window.zoom(step) }),
  )
  const statePath = join(app.getPath('userData'), 'window.json')
  // Without a tray a hidden window could never be found again.
  const window = openMainWindow({ staysHidden: () => tray !== undefined && !quitting(), statePath, onError })
  const showPool = (slug: string) => run('go.keys', slug)
  const tray = createTray({
    services,
    show: window.show,
    showPool,
    quit: () => app.quit(),
    language: language.now,
    after,
    onError,
  })
  const showNotice = (notice: string | null) => run('notices.show', notice ?? undefined)
  const notices = showNotices({ services, language: language.now, isInFront: window.isInFront, show: showNotice, after })
  return {
    show: window.show,
    leave() {
      language.stop()
      notices.stop()
      tray?.destroy()
      window.hide()
    },
  }
}

function fail(error: unknown): void {
  dialog.showErrorBox('Keywheel could not start', error instanceof Error ? error.message : String(error))
  app.exit(1)
}

/** Another folder is another Keywheel, with its own lock: it may run beside the first. */
function useFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  app.setPath('userData', folder)
}

function main(): void {
  process.umask(0o077)
  const refused = app.isPackaged ? unsafeSwitch(process.argv.slice(1), process.platform) : undefined
  if (refused !== undefined) return fail(new Error(`Keywheel does not run with ${refused}.`))
  useFolder(defaultDataDir())
  app.enableSandbox()
  registerScheme()
  guardContents()
  if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(fail)
  else app.quit()
}

try {
  main()
} catch (error) {
  fail(error)
}
