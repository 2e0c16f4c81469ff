/** The parts of Electron that only have to be written down. */
import { existsSync } from 'node:fs'
import { isReady, needsReady, seen, test } from './host.ts'
import { LoudEmitter, loud } from './loud.ts'

function put(text: string): void {
  seen.clipboard = text
  void test('clipboardIs', text)
}

export const clipboard = loud('clipboard', {
  readText: async () => seen.clipboard,
  writeText: async (text: string) => put(text),
  clear: () => put(''),
} satisfies Pick<Electron.Clipboard, 'readText' | 'writeText' | 'clear'>)

export const shell = loud('shell', {
  async openExternal(url: string) {
    seen.opened.push(url)
  },
} satisfies Pick<Electron.Shell, 'openExternal'>)

export const dialog = loud('dialog', {
  showErrorBox(title: string, content: string) {
    seen.errorBoxes.push(`${title}: ${content}`)
    // It may be the last thing that the program does.
    process.stderr.write(`error box: ${title}: ${content}\n`)
  },
} satisfies Pick<Electron.Dialog, 'showErrorBox'>)

export const powerEvents = new LoudEmitter('powerMonitor', ['suspend', 'lock-screen'])
powerEvents.on('newListener', () => needsReady('powerMonitor'))
export const powerMonitor = loud('powerMonitor', powerEvents)

/** One screen, as small ones are. */
export const screen = loud('screen', {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1440, height: 900 } } as Electron.Display],
} satisfies Pick<Electron.Screen, 'getAllDisplays'>)

export const nativeImage = loud('nativeImage', {
  createFromPath(path: string) {
    if (!isReady()) throw new Error('nativeImage cannot be used before the app is ready')
    return loud('NativeImage', { isEmpty: () => !existsSync(path) } satisfies Pick<Electron.NativeImage, 'isEmpty'>)
  },
})
