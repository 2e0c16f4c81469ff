/** The router behind a desktop window's MessagePort, with a guard in front: oRPC's own adapter trusts what it is sent. */
import { RPCHandler } from '@orpc/server/message-port'
import { z } from 'zod'
import type { ApiContext } from './context.ts'
import { errorMapping } from './errors.ts'
import type { AppRouter } from './router.ts'

/** What is used of Electron's MessagePortMain and of Node's MessagePort. */
export interface ServedPort {
  on(event: 'message' | 'close', listener: (event?: unknown) => void): unknown
  postMessage(data: string): void
  start(): void
  close(): void
}

export interface ServedPortHandle {
  /** Closes the port and ends what hangs on it: subscriptions now, other calls finish unanswered. */
  close: () => void
  /** Messages that were not oRPC requests of this contract and were dropped. */
  dropped: () => number
}

interface Served {
  router: AppRouter
  context: ApiContext
}

const abortType = 4
const id = z.string().min(1).max(64)
const envelope = z.union([
  z.object({ i: id, t: z.literal(abortType) }),
  z.object({
    i: id,
    t: z.undefined().optional(),
    p: z.object({ u: z.string().regex(/^\/[A-Za-z]+\/[A-Za-z]+$/), b: z.unknown().optional() }),
  }),
])

/**
 * Serves `router` over `port` until either side closes it, and starts the port.
 * A message that does not decode is dropped and counted (in oRPC it would reject unhandled); nothing is sent after the close.
 */
export function serveMessagePort(port: ServedPort, { router, context }: Served): ServedPortHandle {
  let dropped = 0
  let open = true
  let onMessage: ((event: { data: unknown }) => void) | undefined
  const onClose: Array<() => void> = []

  const shut = () => {
    if (!open) return
    open = false
    for (const listener of onClose) listener()
  }
  port.on('message', (event) => {
    const message = decode(event)
    if (message) onMessage?.({ data: message })
    else if (open) {
      dropped += 1
      context.log.warn({ dropped }, 'a message from a window was not understood')
    }
  })
  port.on('close', shut)

  const guarded = {
    on(event: string, listener: (event?: { data: unknown }) => void) {
      if (event === 'message') onMessage = listener
      if (event === 'close') onClose.push(listener)
    },
    postMessage(data: string) {
      if (open) port.postMessage(data)
    },
  }
  new RPCHandler(router, errorMapping).upgrade(guarded, { context })
  port.start()
  return {
    close() {
      shut()
      port.close()
    },
    dropped: () => dropped,
  }
}

/** Only what a call needs is let through: its id, its path and its JSON input; no headers, files or streams. */
function decode(event: unknown): object | undefined {
  // MessagePortMain and DOM ports give an event, Node's `on` gives the data itself.
  const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : event
  if (typeof data !== 'string') return undefined
  const parsed = envelope.safeParse(parseJson(data))
  if (!parsed.success) return undefined
  return parsed.data.t === abortType ? parsed.data : { i: parsed.data.i, p: { u: parsed.data.p.u, b: parsed.data.p.b } }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
