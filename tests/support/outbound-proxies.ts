/** Proxies as a company or a person has them: HTTP with CONNECT, and SOCKS5. Every name they are asked for leads to this machine. */
import { once } from 'node:events'
import { createServer as createHttp, type IncomingMessage } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from 'node:net'
import { ByteReader } from '../../src-main/proxy/forward/outbound-reader.ts'

export interface OutboundProxy {
  /** Without user and password. */
  url: URL
  /** What it was asked for, in order: `host:port`. */
  asked: string[]
  /** What it was shown as a login, one entry a connection; null = nothing. */
  logins: (string | null)[]
  close(): Promise<void>
}

interface Behaviour {
  /** `user:password` that it wants. */
  login?: string
  /** It answers every CONNECT with this status, or with this SOCKS reply code. */
  refuse?: number
  /** It takes connections and never says a word. */
  silent?: boolean
  /** It speaks TLS itself. */
  tls?: { key: string; cert: string }
}

/** Sockets of a server and those that it opened, so that closing ends them all. */
function tracked(server: Server, scheme: string, asked: string[], logins: (string | null)[], sockets: Set<Socket>) {
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  }
  server.on('connection', keep)
  return async (): Promise<OutboundProxy> => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return {
      url: new URL(`${scheme}://127.0.0.1:${port}`),
      asked,
      logins,
      async close() {
        for (const socket of sockets) socket.destroy()
        server.close()
        await once(server, 'close')
      },
    }
  }
}

function pipeBoth(client: Socket, upstream: Socket): void {
  client.pipe(upstream).pipe(client)
  client.on('close', () => upstream.destroy()).on('error', () => {})
  upstream.on('close', () => client.destroy()).on('error', () => {})
}

export async function startConnectProxy({ login, refuse, silent, tls }: Behaviour = {}): Promise<OutboundProxy> {
  const [asked, logins, sockets]: [string[], (string | null)[], Set<Socket>] = [[], [], new Set()]
  const server = tls === undefined ? createHttp() : createHttps(tls)
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    asked.push(request.url ?? '')
    const shown = /^Basic (.+)$/.exec(request.headers['proxy-authorization'] ?? '')?.[1]
    logins.push(shown === undefined ? null : Buffer.from(shown, 'base64').toString())
    const answer = (status: string) => client.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)
    if (silent === true) return
    if (refuse !== undefined) return void answer(`${refuse} Refused`)
    if (login !== undefined && logins.at(-1) !== login) return void answer('407 Proxy Authentication Required')
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1')
    sockets.add(upstream)
    upstream.once('error', () => void answer('502 Bad Gateway'))
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      pipeBoth(client, upstream)
    })
  })
  return tracked(server, tls === undefined ? 'http' : 'https', asked, logins, sockets)()
}

/** `piecemeal` = its answers come a byte at a time. */
export async function startSocksProxy(
  { login, refuse, silent, piecemeal = false }: Behaviour & { piecemeal?: boolean } = {},
  scheme: 'socks5' | 'socks5h' = 'socks5h',
): Promise<OutboundProxy> {
  const [asked, logins, sockets]: [string[], (string | null)[], Set<Socket>] = [[], [], new Set()]
  const server = createTcp((client) => {
    if (silent === true) return
    void serve(client).catch(() => client.destroy())
  })
  const say = async (client: Socket, ...bytes: number[]) => {
    if (!piecemeal) return void client.write(Uint8Array.from(bytes))
    for (const byte of bytes) {
      client.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  async function serve(client: Socket): Promise<void> {
    const reader = new ByteReader(client, () => new Error('gone'))
    const take = (length: number) => reader.take(length)
    const [, count = 0] = await take(2)
    const methods = await take(count)
    const wants = login === undefined ? 0 : 2
    if (!methods.includes(wants)) {
      logins.push(null)
      await say(client, 5, 0xff)
      return void client.end()
    }
    await say(client, 5, wants)
    if (wants === 2) {
      const user = (await take((await take(2))[1] ?? 0)).toString()
      const password = (await take((await take(1))[0] ?? 0)).toString()
      logins.push(`${user}:${password}`)
      await say(client, 1, logins.at(-1) === login ? 0 : 1)
    } else logins.push(null)
    const kind = (await take(4))[3]
    const host = kind === 3 ? (await take((await take(1))[0] ?? 0)).toString() : address(await take(kind === 1 ? 4 : 16))
    const port = (await take(2)).readUInt16BE()
    asked.push(`${host}:${port}`)
    if (refuse !== undefined) return say(client, 5, refuse, 0, 1, 0, 0, 0, 0, 0, 0)
    const upstream = connect(port, '127.0.0.1')
    sockets.add(upstream)
    upstream.once('error', () => void say(client, 5, 5, 0, 1, 0, 0, 0, 0, 0, 0))
    await once(upstream, 'connect')
    // The bound address as a name, which nobody needs and everybody has to skip.
    await say(client, 5, 0, 0, 3, 4, ...Buffer.from('here'), 0, 80)
    reader.release()
    pipeBoth(client, upstream)
  }
  return tracked(server, scheme, asked, logins, sockets)()
}

function address(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname
}
