/** Listens on both loopback families with one port number. */
import type { Server } from 'node:http'
import { createServer } from 'node:net'
import { KeywheelError } from '../../src-preload/contract/index.ts'

const triesForAny = 10

/**
 * Makes `servers` (one for 127.0.0.1, one for ::1) listen on `port`; 0 = any that is free on both. A machine without ::1
 * is fine; a ::1 taken by somebody else is not, for `localhost` would lead there.
 * @returns the port
 * @throws KeywheelError PORT_TAKEN with the next free port, INVALID_INPUT for a port this user may not open
 */
export async function listenOnLoopback([v4, v6]: readonly [Server, Server], port: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const bound = await open(v4, '127.0.0.1', port)
    const failure = bound.error ?? (await open(v6, '::1', bound.port)).error
    if (failure === undefined || isWithoutIpv6(failure)) return bound.port
    await close(v4)
    if (port === 0 && attempt < triesForAny) continue
    throw await explain(failure, port)
  }
}

interface Bound {
  port: number
  error?: NodeJS.ErrnoException
}

function open(server: Server, host: string, port: number): Promise<Bound> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve({ port, error })
    server.once('error', fail)
    server.listen({ host, port, ipv6Only: host === '::1', exclusive: true }, () => {
      server.off('error', fail)
      const address = server.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port })
    })
  })
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()))
}

function isWithoutIpv6({ code, syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'listen' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
}

async function explain(error: NodeJS.ErrnoException, port: number): Promise<Error> {
  if (error.code === 'EACCES') {
    const message = 'this system keeps the port for itself; use one from 1024 to 65535'
    return new KeywheelError('INVALID_INPUT', `port: ${message}`, { fields: [{ path: 'port', message }] })
  }
  if (error.code !== 'EADDRINUSE') return error
  const nextPort = await nextFreePort(port + 1)
  const mend = nextPort === undefined ? '' : ` Port ${nextPort} is free.`
  return new KeywheelError('PORT_TAKEN', `Port ${port} is in use.${mend}`, nextPort === undefined ? {} : { nextPort })
}

async function nextFreePort(from: number): Promise<number | undefined> {
  for (let port = from; port < Math.min(from + 50, 65_536); port++) {
    const probe = createServer()
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false))
      probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)))
    })
    if (free) return port
  }
  return undefined
}
