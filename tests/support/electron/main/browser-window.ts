/** `BrowserWindow`: seen and closed here, drawn by the test's Chromium. */
import { app, appEvents } from './app.ts'
import { needsReady, test } from './host.ts'
import { LoudEmitter, preventable } from './loud.ts'
import { createContents } from './web-contents.ts'
import { windows } from './windows.ts'

let nextId = 1

export class BrowserWindow extends LoudEmitter {
  readonly id = nextId++
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly page: ReturnType<typeof createContents>
  readonly webContents: Electron.WebContents
  visible: boolean
  focused = false
  maximised = false
  bounds: Electron.Rectangle
  #destroyed = false

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super('BrowserWindow', ['close', 'closed', 'ready-to-show'])
    needsReady('BrowserWindow')
    this.options = options
    this.visible = options.show ?? true
    const { x = 40, y = 30, width = 800, height = 600 } = options
    this.bounds = { x, y, width, height }
    this.page = createContents(this.id)
    this.webContents = this.page.contents
    windows.add(this)
    void test('openWindow', this.id, options.webPreferences?.preload ?? '')
    appEvents.emit('web-contents-created', preventable({}), this.webContents)
  }

  loadURL(url: string): Promise<void> {
    return test('load', this.id, url)
  }

  show(): void {
    this.visible = true
    this.focused = true
  }

  hide(): void {
    this.visible = false
    this.focused = false
  }

  focus(): void {
    this.focused = true
  }

  isFocused(): boolean {
    return this.focused
  }

  maximize(): void {
    this.maximised = true
  }

  isMaximized(): boolean {
    return this.maximised
  }

  getNormalBounds(): Electron.Rectangle {
    return this.bounds
  }

  isMinimized(): boolean {
    return false
  }

  restore(): void {
    this.visible = true
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  close(): void {
    if (this.tryClose() && windows.all().length === 0 && !appEvents.emit('window-all-closed')) app.quit()
  }

  /** False when the program did not let it close. */
  tryClose(): boolean {
    if (this.emitPreventable('close', {})) return false
    this.#destroyed = true
    windows.remove(this.id)
    this.page.destroy()
    void test('closeWindow', this.id)
    this.emit('closed')
    return true
  }
}

type Modelled =
  | 'isFocused'
  | 'maximize'
  | 'isMaximized'
  | 'getNormalBounds'
  | 'loadURL'
  | 'show'
  | 'hide'
  | 'focus'
  | 'isMinimized'
  | 'restore'
  | 'isDestroyed'
  | 'close'
  | 'id'
  | 'webContents'
BrowserWindow.prototype satisfies Pick<Electron.BrowserWindow, Modelled>
