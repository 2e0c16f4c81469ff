/** Loopback ports: binding both families, and finding the next free one. */

import type { Server } from 'node:net'
import { createServer } from 'node:net'

/** Listens, or rejects with the system's error. */
export function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true, ipv6Only: host === '::1' }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** True for the errors that say that this machine has no such family, rather than that the port is in use. */
export function familyMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(systemCode(error))
}

/** The code of a system error, e.g. EADDRINUSE; '' when it has none. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : ''
}

/** The first port after `port` that is free on both loopback families; null when none of the next hundred is. */
export async function nextFreePort(port: number): Promise<number | null> {
  for (let candidate = port + 1; candidate <= Math.min(port + 100, 65_535); candidate++) {
    if ((await isFree(candidate, '127.0.0.1')) && (await isFree(candidate, '::1'))) return candidate
  }
  return null
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer()
  try {
    await bind(probe, port, host)
    await new Promise<void>((resolve) => void probe.close(() => resolve()))
    return true
  } catch (error) {
    return familyMissing(error)
  }
}
