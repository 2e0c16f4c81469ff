/** One port number on both loopback families, and the next one that is free. */
import { createServer, type Server } from 'node:net'
import type { ErrorData } from '../../src-preload/contract/error-data.ts'
import { invalid, KeywheelError } from '../../src-preload/contract/errors.ts'

const triesForAny = 10
const lastPort = 65_535

/**
 * Makes `servers` (one for 127.0.0.1, one for ::1) listen on `port`, 0 to 65535; 0 = any that is free on both. A machine without
 * ::1 is fine: that server then does not listen. A ::1 taken by somebody else is not, for `localhost` would lead there.
 * `action` goes into the error as the way out. Gives back the port; when it throws, neither server listens.
 * Throws PORT_TAKEN with the next port that is free on both families, INVALID_INPUT (`port`) for a port this user may not open,
 * and RangeError beyond 65535.
 */
export async function listenOnLoopback(
  [v4, v6]: readonly [Server, Server],
  port: number,
  action?: ErrorData['action'],
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    let host = '127.0.0.1'
    try {
      const bound = await bind(v4, port, host)
      host = '::1'
      await bind(v6, bound, host)
      return bound
    } catch (error) {
      if (host === '::1' && isFamilyMissing(error)) return portOf(v4)
      await closeServer(v4)
      if (port === 0 && attempt < triesForAny && systemCode(error) === 'EADDRINUSE') continue
      throw await explain(error, port, host, action)
    }
  }
}

/** Stops listening, and resolves when the last connection has ended; at once for a server that does not listen. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()))
}

/** The code of a system error, e.g. EADDRINUSE; '' when it has none. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : ''
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true, ipv6Only: host === '::1' }, () => {
      server.off('error', reject)
      resolve(portOf(server))
    })
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** This machine has no such family, rather than that the port is in use. */
function isFamilyMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(systemCode(error))
}

async function explain(error: unknown, port: number, host: string, action: ErrorData['action']): Promise<unknown> {
  const code = systemCode(error)
  if (code === 'EACCES') return invalid('port', 'this system keeps the port for itself; use one from 1024 to 65535')
  if (code !== 'EADDRINUSE') return error
  const nextPort = await nextFreePort(port)
  const mend = nextPort === null ? 'Choose another one.' : `Port ${nextPort} is free.`
  return new KeywheelError('PORT_TAKEN', `Port ${port} is in use on ${host}. ${mend}`, {
    ...(action === undefined ? {} : { action }),
    ...(nextPort === null ? {} : { nextPort }),
  })
}

/** The first port after `port` that is free on both families; null when none of the next hundred is. */
async function nextFreePort(port: number): Promise<number | null> {
  for (let candidate = port + 1; candidate <= Math.min(port + 100, lastPort); candidate++) {
    if ((await isFree(candidate, '127.0.0.1')) && (await isFree(candidate, '::1'))) return candidate
  }
  return null
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer()
  try {
    await bind(probe, port, host)
    await closeServer(probe)
    return true
  } catch (error) {
    return isFamilyMissing(error)
  }
}
