/** `app`: the start, the end, the lock, the folders. */

import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { becomeReady, isReady, needsUnready, options } from './host.ts'
import { LoudEmitter, loud } from './loud.ts'
import { windows } from './windows.ts'

const events = [
  'activate',
  'before-quit',
  'certificate-error',
  'login',
  'second-instance',
  'select-client-certificate',
  'web-contents-created',
  'will-quit',
  'window-all-closed',
  'quit',
]
export const appEvents = new LoudEmitter('app', events)

const folders = new Map([['userData', join(tmpdir(), 'keywheel-shell')]])
let announceReady: () => void = () => undefined
const readiness = new Promise<void>((resolve) => {
  announceReady = resolve
})

/** Called once the entry was evaluated: not earlier, as in Electron. */
export function makeReady(): void {
  becomeReady()
  announceReady()
}

function end(code: number): never {
  appEvents.emit('quit', {}, code)
  process.exit(code)
}

/** The order of Electron: before-quit, every window's close, will-quit, quit; each but the last may stop it. */
function quit(): void {
  if (!isReady()) return end(0)
  if (appEvents.emitPreventable('before-quit', {})) return
  for (const window of windows.all()) if (!window.tryClose()) return
  if (!appEvents.emitPreventable('will-quit', {})) end(0)
}

const model = {
  isPackaged: options.packaged,
  whenReady: () => readiness,
  isReady,
  quit: () => void setImmediate(quit),
  exit: (code = 0) => end(code),
  enableSandbox: () => needsUnready('app.enableSandbox'),
  requestSingleInstanceLock: () => options.first,
  getLocale: () => 'en-GB',
  getPath(name: string) {
    const folder = folders.get(name)
    if (folder === undefined) throw new Error(`electron: app.getPath("${name}") is not modelled by the harness`)
    return folder
  },
  setPath(name: string, folder: string) {
    if (!folders.has(name)) throw new Error(`electron: app.setPath("${name}") is not modelled by the harness`)
    if (!existsSync(folder)) throw new Error(`${folder} does not exist`)
    folders.set(name, folder)
  },
} satisfies Pick<
  Electron.App,
  | 'isPackaged'
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit'
  | 'enableSandbox'
  | 'requestSingleInstanceLock'
  | 'getLocale'
  | 'getPath'
  | 'setPath'
>

export const app = loud('app', Object.assign(appEvents, model))
