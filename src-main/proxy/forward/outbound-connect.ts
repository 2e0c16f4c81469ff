/** Asks an HTTP proxy for a tunnel: CONNECT, RFC 9110 9.3.6. */
import { request } from 'node:http'
import type { Socket } from 'node:net'
import type { ProxyLogin } from '../types.ts'
import { OutboundError } from './outbound-failure.ts'

export interface TunnelAsk {
  /** Connected to the proxy; nothing has been said on it. */
  socket: Socket
  /** How messages name the proxy. */
  name: string
  login: ProxyLogin | null
  /** A name or an address. */
  host: string
  port: number
  /** Aborted when the time to connect is over; the socket is destroyed then. */
  signal: AbortSignal
}

/** The same socket, now leading to host and port. Rejects with OUTBOUND_REFUSED or the socket's own error. */
export function httpTunnel({ socket, name, login, host, port }: TunnelAsk): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const headers = { host: authority, ...(login === null ? {} : { 'proxy-authorization': basic(login) }) }
  return new Promise((resolve, reject) => {
    const asked = request({ createConnection: () => socket, method: 'CONNECT', path: authority, headers })
    asked.once('connect', ({ statusCode = 0 }, tunnel: Socket, head) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) tunnel.unshift(head)
        return resolve(tunnel)
      }
      tunnel.destroy()
      reject(refused(name, statusCode, authority))
    })
    asked.once('error', reject)
    asked.end()
  })
}

function refused(name: string, status: number, authority: string): OutboundError {
  const why =
    status === 407
      ? 'It wants a user name and a password; give them in HTTPS_PROXY, or use a proxy that needs none.'
      : 'Check whether it may lead there.'
  return new OutboundError('OUTBOUND_REFUSED', `The proxy ${name} answered ${status} instead of a tunnel to ${authority}. ${why}`)
}

function basic({ user, password }: ProxyLogin): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
