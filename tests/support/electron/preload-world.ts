/** Runs the real built preload in an isolated world of the page, with the part of `electron` that a sandboxed preload has. */
import { decode, encode } from './encoding.ts'
import type { Encoded } from './wire.ts'

export const worldName = 'electron-preload'
export const bindingName = 'keywheelHarness'

/** What the world says to the test. */
export type FromWorld =
  | { type: 'ipc'; channel: string; data: Encoded; ports: number[] }
  | { type: 'message'; port: number; data: Encoded }
  | { type: 'close'; port: number }

/** The names under which the world lets the test reach its ports. */
interface World {
  deliver(port: number, data: Encoded): void
  close(port: number): void
}

/** Runs in the page. Only its own text and what is passed in may be used here. */
function startWorld(
  preload: (require: (name: string) => unknown, module: object, exports: object) => void,
  binding: string,
  encodeData: typeof encode,
  decodeData: typeof decode,
): void {
  // A preload runs in the main frame only (nodeIntegrationInSubFrames is off).
  if (window !== window.top) return
  const ports = new Map<number, MessagePort>()
  const say = (message: FromWorld) =>
    (globalThis as unknown as Record<string, (text: string) => void>)[binding]?.(JSON.stringify(message))
  const adopt = (port: MessagePort): number => {
    // Unlike a counter it says something new in every document.
    const id = Math.floor(Math.random() * 2 ** 48)
    ports.set(id, port)
    port.addEventListener('close', () => say({ type: 'close', port: id }))
    port.addEventListener('message', (event) => say({ type: 'message', port: id, data: encodeData(event.data) }))
    port.start()
    return id
  }
  const unmodelled = (name: string, model: object) =>
    new Proxy(model, {
      get(target, property) {
        if (property in target) return Reflect.get(target, property) as unknown
        throw new Error(`electron: ${name}.${String(property)} is not modelled by the harness`)
      },
    })
  const ipcRenderer = unmodelled('ipcRenderer', {
    postMessage: (channel: string, message: unknown, transfer: MessagePort[] = []) =>
      say({ type: 'ipc', channel, data: encodeData(message), ports: transfer.map(adopt) }),
  })
  const electron = unmodelled('electron', { ipcRenderer })
  const world: World = {
    deliver: (port, data) => ports.get(port)?.postMessage(decodeData(data)),
    close: (port) => ports.get(port)?.close(),
  }
  Object.assign(globalThis, { keywheelWorld: world })
  const module = { exports: {} }
  preload(
    (name) => {
      if (name !== 'electron') throw new Error(`a sandboxed preload cannot load ${name}`)
      return electron
    },
    module,
    module.exports,
  )
}

/** The script for `Page.addScriptToEvaluateOnNewDocument`; `preload` = the text of the built file. */
export function worldScript(preload: string): string {
  const wrapped = `(function (require, module, exports) {\n${preload}\n})`
  return `(${startWorld.toString()})(${wrapped}, ${JSON.stringify(bindingName)}, ${encode.toString()}, ${decode.toString()})`
}

export function deliverCall(port: number, data: Encoded): string {
  return `keywheelWorld.deliver(${port}, ${JSON.stringify(data)})`
}

export function closeCall(port: number): string {
  return `keywheelWorld.close(${port})`
}
