/** The line of a desktop window: one MessagePort, handed through the preload to the main process. */
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { handover } from '../../src-preload/contract/handover.ts'
import { type Client, ConnectionError } from './connection.ts'
import type { Page } from './page.ts'

export interface PortLine {
  client: Client
  close(): void
}

/** Makes a channel and posts one end to the preload. A document can do this once: the preload takes only the first port. */
export function portLine(page: Pick<Page, 'postMessage'>): PortLine {
  const { port1: port, port2 } = new MessageChannel()
  let closed = false
  // Electron's addition to MessagePort (docs/tutorial/message-ports.md, "Extensions"); plain Chromium never says so.
  // Before oRPC's own listener, so that the calls it rejects are known to be lost.
  port.addEventListener('close', () => {
    closed = true
  })
  const link = new RPCLink({
    port,
    interceptors: [
      async (call) => {
        // oRPC rejects the calls under way when the port closes, but one made afterwards would never settle.
        if (closed) throw new ConnectionError('lost')
        try {
          return await call.next()
        } catch (error) {
          throw closed ? new ConnectionError('lost') : error
        }
      },
    ],
  })
  port.start()
  // `/` = only a listener of this page's own origin.
  page.postMessage(handover, '/', [port2])
  return {
    client: createORPCClient(link),
    close() {
      closed = true
      port.close()
    },
  }
}
