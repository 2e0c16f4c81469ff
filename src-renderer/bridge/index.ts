/** The window's only door to Keywheel: picks the transport, keeps live data coming, says how the line stands. */
import { type Client, type Connection, type ConnectionState, emitter } from './connection.ts'
import { followLive } from './follow-live.ts'
import { httpLine } from './http-line.ts'
import type { Page } from './page.ts'
import { portLine } from './port-line.ts'
import { createSession, hasSession } from './session.ts'

export { type Client, type Connection, ConnectionError, type ConnectionState } from './connection.ts'

/**
 * Opens the line. Call it once, before anything reads the address: a sign-in code in the fragment is taken out at once.
 * Calls made before the line stands wait for it; calls that cannot be made throw ConnectionError.
 */
export function connect(page: Page = window): Connection {
  return isDesktop(page) ? overPort(page) : overHttp(page)
}

/** A code or a session means HTTP even in a browser that is made with Electron. */
function isDesktop(page: Page): boolean {
  if (page.location.protocol === 'app:') return true
  return !hasSession(page) && page.navigator.userAgent.includes(' Electron/')
}

function overPort(page: Page): Connection {
  const line = portLine(page)
  return assemble(line.client, {
    reconnects: false,
    retry: () => page.location.reload(),
    close: () => line.close(),
  })
}

function overHttp(page: Page): Connection {
  const session = createSession(page)
  let expired: (() => void) | undefined
  const client = httpLine(page, session, () => expired?.())
  const connection = assemble(client, { reconnects: true, expiredBy: (listener) => (expired = listener) })
  // A new address opened in this tab changes only the fragment: the page stays.
  const onHash = () => session.takeCode() && connection.retry()
  page.addEventListener('hashchange', onHash)
  return {
    ...connection,
    close() {
      page.removeEventListener('hashchange', onHash)
      connection.close()
    },
  }
}

interface Parts {
  reconnects: boolean
  /** Gives the function to call when a call was refused for want of a session. */
  expiredBy?: (listener: () => void) => void
  retry?: () => void
  close?: () => void
}

function assemble(client: Client, parts: Parts): Connection {
  let state: ConnectionState = 'connecting'
  const states = emitter<ConnectionState>()
  const batches = emitter<Parameters<Parameters<Connection['onLive']>[0]>[0]>()
  const onState = (next: ConnectionState) => {
    if (next === state) return
    state = next
    states.emit(next)
  }
  parts.expiredBy?.(() => onState('expired'))
  const live = followLive({
    open: (signal) => client.system.live(undefined, { signal }),
    onBatch: (batch) => batches.emit(batch),
    onState,
    random: Math.random,
    reconnects: parts.reconnects,
  })
  return {
    client,
    state: () => state,
    subscribe: (listener) => states.on(listener),
    onLive: (listener) => batches.on(listener),
    retry: () => (parts.retry ? parts.retry() : live.retry()),
    close() {
      live.close()
      parts.close?.()
      states.clear()
      batches.clear()
    },
  }
}
