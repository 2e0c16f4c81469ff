/** Asks a SOCKS5 proxy for a connection: RFC 1928, user name and password by RFC 1929. */
import { isIP, type Socket } from 'node:net'
import type { ProxyLogin } from '../types.ts'
import type { TunnelAsk } from './outbound-connect.ts'
import { OutboundError } from './outbound-failure.ts'
import { ByteReader } from './outbound-reader.ts'

const version = 5
const methods = { none: 0, password: 2 }
const connect = 1

/** Reply codes of RFC 1928, 6. */
const replies = [
  'granted',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'kind of address not supported',
]

/** The same socket, now leading to host and port. A name is looked up by the proxy. Rejects with OUTBOUND_REFUSED or the socket's own error. */
export async function socksTunnel(ask: TunnelAsk): Promise<Socket> {
  const { socket, login, host, port } = ask
  const reader = new ByteReader(socket, () => refused(ask, 'it closed the connection'))
  const offered = login === null ? [methods.none] : [methods.none, methods.password]
  socket.write(Uint8Array.of(version, offered.length, ...offered))
  const [spoken, method = 255] = await reader.take(2)
  if (spoken !== version) throw refused(ask, 'it does not speak SOCKS5')
  if (method === methods.password && login !== null) await signIn(ask, reader, login)
  else if (method !== methods.none) throw refused(ask, 'it wants a user name and a password, or another way to sign in')
  const portBytes = [port >> 8, port & 255]
  socket.write(Uint8Array.of(version, connect, 0, ...destination(ask, host), ...portBytes))
  await granted(ask, reader)
  reader.release()
  return socket
}

async function signIn(ask: TunnelAsk, reader: ByteReader, login: ProxyLogin): Promise<void> {
  const [user, password] = [Buffer.from(login.user), Buffer.from(login.password)]
  if (user.length > 255 || password.length > 255) throw refused(ask, 'user name and password have 255 bytes at most')
  ask.socket.write(Uint8Array.of(1, user.length, ...user, password.length, ...password))
  const [, status] = await reader.take(2)
  if (status !== 0) throw refused(ask, 'it does not take this user name and password')
}

/** The bound address in a reply is of no use here, but has to be read: what follows is the upstream's. */
async function granted(ask: TunnelAsk, reader: ByteReader): Promise<void> {
  const [spoken, reply = 255, , kind] = await reader.take(4)
  if (spoken !== version) throw refused(ask, 'it does not speak SOCKS5')
  if (reply !== 0) throw refused(ask, replies[reply] ?? `reply ${reply}`)
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await reader.take(1))[0] ?? 0)
  await reader.take(length + 2)
}

/** Kind, and then the address itself. */
function destination(ask: TunnelAsk, host: string): number[] {
  switch (isIP(host)) {
    case 4:
      return [1, ...host.split('.').map(Number)]
    case 6:
      return [4, ...ipv6Bytes(host)]
    default: {
      const name = Buffer.from(host)
      if (name.length > 255) throw refused(ask, 'the name is longer than SOCKS5 allows')
      return [3, name.length, ...name]
    }
  }
}

/** The parser of addresses writes every form (`::`, an IPv4 tail) with hexadecimal groups alone. */
function ipv6Bytes(address: string): number[] {
  const [before = '', after] = new URL(`http://[${address.split('%', 1)[0]}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const [head, tail] = [groups(before), groups(after ?? '')]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
}

function refused({ name, host, port }: TunnelAsk, why: string): OutboundError {
  return new OutboundError('OUTBOUND_REFUSED', `The proxy ${name} did not lead to ${host}:${port}: ${why}.`)
}
