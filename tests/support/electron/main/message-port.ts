/** `MessagePortMain` and `ipcMain`: a real MessagePort of Node, whose other end is relayed to the page. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { decode, encode } from '../encoding.ts'
import type { Encoded } from '../wire.ts'
import { test } from './host.ts'
import { LoudEmitter, loud } from './loud.ts'

/** What a handler is given: silent until `start()`, then everything that has come meanwhile. */
class MessagePortMain extends LoudEmitter {
  readonly #port: MessagePort

  constructor(port: MessagePort) {
    super('MessagePortMain', ['message', 'close'])
    this.#port = port
    port.once('close', () => this.emit('close'))
  }

  start(): void {
    // Node's port starts with its first listener.
    if (this.#port.listenerCount('message') === 0)
      this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message)
  }

  close(): void {
    this.#port.close()
  }
}
MessagePortMain.prototype satisfies Pick<Electron.MessagePortMain, 'start' | 'postMessage' | 'close'>

const relays = new Map<number, MessagePort>()

/** A port of the page, known there by `id`, as the program receives it. */
export function receivePort(id: number): Electron.MessagePortMain {
  const { port1, port2 } = new MessageChannel()
  relays.set(id, port2)
  port2.on('message', (data: unknown) => void test('portPost', id, encode(data)))
  port2.once('close', () => {
    relays.delete(id)
    void test('portClose', id)
  })
  return loud('MessagePortMain', new MessagePortMain(port1))
}

export const relay = {
  post: (id: number, data: Encoded) => relays.get(id)?.postMessage(decode(data)),
  close: (id: number) => relays.get(id)?.close(),
}

export const ipcEvents = new LoudEmitter('ipcMain', ['keywheel:port'])
export const ipcMain = loud('ipcMain', ipcEvents)
