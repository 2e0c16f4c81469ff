/** Starts the built program in a process of its own and gives its windows a real Chromium. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { openPageWindow, type PageWindow } from './page-window.ts'
import { type Caller, connect, type MainSide, type PageSide, type ShellOptions } from './wire.ts'

export interface LaunchOptions extends Partial<ShellOptions> {
  dataDir?: string
  env?: Record<string, string | undefined>
  /** The code with which it must end; 0 by default. */
  endsWith?: number
  /** Runs on every new page before the program's own scripts. */
  onPage?(context: BrowserContext): Promise<void>
}

export interface HarnessShell {
  readonly dataDir: string
  /** Asks the program's process. */
  readonly main: Caller<MainSide>
  /** The page of the newest window; waits until there is one. */
  page(): Promise<Page>
  /** Names of the files that the program let its pages save. */
  saved(): string[]
  /** What the program last put into the clipboard; undefined = never anything. */
  clipboard(): string | undefined
  /** What the program wrote to stderr. */
  log(): string
  /** The exit code, once the program has ended. */
  readonly exited: Promise<number | null>
  /** Quits as a person does, if it still runs; gives back the exit code. */
  quit(): Promise<number | null>
  /** Ends the program, and Chromium's part of it, whatever happened. */
  dispose(): Promise<void>
}

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Keywheel/0.1.0 Chrome/152.0.0.0 Electron/45.4.1 Safari/537.36'
/** No keychain unless a test brings one, so that what it finds does not depend on the machine. */
const isolated = {
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  DISPLAY: '',
  WAYLAND_DISPLAY: '',
  // Any free one: others at the same time would take the usual one, between two starts as well.
  KEYWHEEL_PROXY_PORT: '0',
}

/** The first program of each folder, for the single-instance lock. */
const running = new Map<string, { tell(): void }>()

export async function launch(browser: Browser, options: LaunchOptions = {}): Promise<HarnessShell> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'keywheel-shell-'))
  const first = running.get(dataDir)
  const context = await browser.newContext({ userAgent, viewport: { width: 1280, height: 820 }, acceptDownloads: true })
  // What no window of the program answers for, such as a page opened by the page, loads nothing.
  await context.route('**/*', (route) => route.abort())
  await options.onPage?.(context)
  const child = start(dataDir, options, first === undefined)
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text))
  // 'close', not 'exit': that one may come before the last that the program said has been read.
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))

  const windows = createWindows(context, () => main)
  const main = connect<MainSide>(
    {
      send: (message) => child.connected && child.send(message, () => undefined),
      listen: (onMessage) => child.on('message', onMessage),
    },
    windows.side,
  )
  if (first) first.tell()
  else running.set(dataDir, { tell: () => void main('emit', 'app', 'second-instance') })
  void exited.then(() => first ?? running.delete(dataDir))

  return {
    dataDir,
    main,
    exited,
    page: () =>
      Promise.race([
        windows.newest(),
        exited.then((code) => Promise.reject(new Error(`the program ended with ${code}: ${log}`))),
      ]),
    saved: windows.saved,
    clipboard: windows.clipboard,
    log: () => log,
    quit() {
      void main('quit')
      return exited
    },
    async dispose() {
      child.kill('SIGKILL')
      await exited
      await context.close()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function start(dataDir: string, options: LaunchOptions, first: boolean): ChildProcess {
  const { packaged = false, tray = true, args = [], entry = 'out/main/index.js', deadlockMs = 20_000, env = {} } = options
  const shell: ShellOptions = { packaged, tray, args, entry, deadlockMs, first }
  return fork(fileURLToPath(new URL('./main/boot.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...isolated, ...env, KEYWHEEL_DATA_DIR: dataDir, KEYWHEEL_TEST_SHELL: JSON.stringify(shell) },
  })
}

/** The program's windows on this side; a window is used only when it is there. */
function createWindows(context: BrowserContext, main: () => Caller<MainSide>) {
  const opened = new Map<number, Promise<PageWindow>>()
  const all: PageWindow[] = []
  let clipboard: string | undefined
  let waiting: ((page: Page) => void)[] = []

  const side: PageSide = {
    openWindow(id, preload) {
      const opening = openPageWindow(context, main(), id, preload)
      opened.set(id, opening)
    },
    async load(id, url) {
      const window = await find(id)
      all.push(window)
      await window.load(url)
      for (const resolve of waiting) resolve(window.page)
      waiting = []
    },
    async reload(id) {
      const window = await find(id)
      await window.reload()
    },
    async closeWindow(id) {
      const window = await find(id)
      all.splice(all.indexOf(window), 1)
      await window.close()
    },
    clipboardIs(text) {
      clipboard = text
    },
    portPost: (port, data) => all.forEach((window) => window.post(port, data)),
    portClose: (port) => all.forEach((window) => window.closePort(port)),
  }
  const find = (id: number): Promise<PageWindow> => opened.get(id) ?? Promise.reject(new Error(`window ${id} was never opened`))
  return {
    side,
    clipboard: () => clipboard,
    saved: () => all.flatMap(({ saved }) => saved),
    newest: () => {
      const newest = all.at(-1)
      return newest ? Promise.resolve(newest.page) : new Promise<Page>((resolve) => waiting.push(resolve))
    },
  }
}
