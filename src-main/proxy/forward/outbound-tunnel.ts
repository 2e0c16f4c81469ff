/** Connects to an upstream through an HTTP or SOCKS5 proxy. TLS is end to end: the proxy sees names and sizes, never a key. */
import { addAbortListener } from 'node:events'
import { isIP, type Socket } from 'node:net'
import type { buildConnector } from 'undici'
import type { Way } from '../types.ts'
import { type ConnectGuard, destinationOf, guardedAddress, guardedConnect, trusting } from './guarded-connect.ts'
import { httpTunnel } from './outbound-connect.ts'
import { OutboundError, proxyName } from './outbound-failure.ts'
import { socksTunnel } from './outbound-socks.ts'
import { isAddressRefusal, isLoopback } from './upstream-address.ts'

type Leaving = Way & { proxy: URL }

/** undici's `connect` for one origin. `connectMs` is for everything until the upstream is spoken to. */
export function tunnelConnect(origin: URL, connectMs: number, way: Leaving, guard: ConnectGuard): buildConnector.connector {
  const direct = guardedConnect(destinationOf(origin), connectMs, guard, way.http2)
  // The time is kept here, for all of it.
  const secure = trusting(guard, { timeout: 0, allowH2: way.http2 })
  return (options, done) => {
    const signal = AbortSignal.timeout(connectMs)
    const fail = (error: Error) => done(signal.aborted ? tooLate(way.proxy, connectMs) : error, null)
    openTunnel(origin, connectMs, way, guard, signal).then((socket) => {
      if (socket === null) return direct(options, done)
      const timer = addAbortListener(signal, () => socket.destroy(tooLate(way.proxy, connectMs)))
      const finish: buildConnector.Callback = (...[error, connected]) => {
        timer[Symbol.dispose]()
        if (error === null) done(null, connected)
        else fail(error)
      }
      if (origin.protocol === 'https:') secure({ ...options, httpSocket: socket }, finish)
      else finish(null, socket)
    }, fail)
  }
}

/** Null = the upstream is on this machine after all. */
async function openTunnel(
  origin: URL,
  connectMs: number,
  way: Leaving,
  guard: ConnectGuard,
  signal: AbortSignal,
): Promise<Socket | null> {
  const host = await placeFor(origin, way.proxy, guard, signal)
  if (host === null) return null
  const socket = await connectToProxy(origin, connectMs, way.proxy, guard)
  const name = proxyName(way.proxy)
  const timer = addAbortListener(signal, () => socket.destroy(tooLate(way.proxy, connectMs)))
  const ask = { socket, name, login: way.login ?? null, host, port: destinationOf(origin).port, signal }
  try {
    return await (way.proxy.protocol.startsWith('socks') ? socksTunnel(ask) : httpTunnel(ask))
  } catch (error) {
    socket.destroy()
    throw error instanceof OutboundError ? error : unreachable(way.proxy, error)
  } finally {
    timer[Symbol.dispose]()
  }
}

/**
 * What the proxy is asked for. Over https a name goes out as it is: whatever the proxy makes of it has to show that name's
 * certificate, which neither a metadata service nor this proxy can. Over http nothing vouches for it, so the address is looked up
 * and judged here, and the proxy is given that; `socks5:` means the same for every upstream.
 */
async function placeFor(origin: URL, proxy: URL, guard: ConnectGuard, signal: AbortSignal): Promise<string | null> {
  const to = destinationOf(origin)
  const remote = to.protocol === 'https:' && proxy.protocol !== 'socks5:'
  if (remote && isIP(to.host) === 0) return to.host
  const address = await Promise.race([guardedAddress(to, guard), aborted(signal)])
  return isLoopback(address) ? null : address
}

/** A proxy on this machine or elsewhere; on the way to a plain http upstream it must be as near as that. */
function connectToProxy(origin: URL, connectMs: number, proxy: URL, guard: ConnectGuard): Promise<Socket> {
  const place = destinationOf(proxy)
  const connect = guardedConnect({ ...place, protocol: origin.protocol }, connectMs, guard)
  const protocol = proxy.protocol === 'https:' ? 'https:' : 'http:'
  const options = { hostname: place.host, host: proxy.host, protocol, port: String(place.port) }
  return new Promise((resolve, reject) => {
    connect(options, (...[error, socket]) => (error === null ? resolve(socket) : reject(unreachable(proxy, error))))
  })
}

function unreachable(proxy: URL, error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  const { code = 'no reason given' } = error as { code?: string }
  const name = proxyName(proxy)
  if (isAddressRefusal(code)) {
    const why =
      code === 'UPSTREAM_LOOP'
        ? 'it is Keywheel itself'
        : 'its address is link-local, metadata or reserved, or keys would travel in clear'
    return new OutboundError('OUTBOUND_FORBIDDEN', `The proxy ${name} is not used: ${why}.`)
  }
  return new OutboundError(
    'OUTBOUND_UNREACHABLE',
    `The proxy ${name} could not be reached (${code}). Check its address in Settings, the pool or the key.`,
  )
}

function tooLate(proxy: URL, connectMs: number): OutboundError {
  return new OutboundError('OUTBOUND_TIMEOUT', `The proxy ${proxyName(proxy)} made no connection within ${connectMs / 1000} s.`)
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => addAbortListener(signal, () => reject(new Error('too late'))))
}
