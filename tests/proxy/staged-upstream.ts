/** An upstream whose answers a test writes step by step, the same over HTTP/1.1, TLS and HTTP/2. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createSecureServer, type Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { createServer as createTls } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

export interface Heard {
  method: string
  path: string
  version: string
  /** By lower-case name; several values are joined by a comma. */
  headers: Record<string, string>
  body: string
  complete: boolean
}

export class Reply {
  readonly #response: ServerResponse | Http2ServerResponse

  constructor(response: ServerResponse | Http2ServerResponse) {
    this.#response = response
    response.on('error', () => {})
  }

  whole(status: number, headers: Record<string, string> = {}, body = ''): void {
    this.begin(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
    this.#response.end(body)
  }

  begin(status: number, headers: Record<string, string> = {}): void {
    // The two kinds of answer agree on this and on write, but not in their types.
    if (this.#response instanceof Http2ServerResponse) this.#response.writeHead(status, headers)
    else this.#response.writeHead(status, headers)
  }

  write(chunk: string | Buffer): void {
    if (this.#response instanceof Http2ServerResponse) this.#response.write(chunk)
    else this.#response.write(chunk)
  }

  end(): void {
    this.#response.end()
  }

  hint(): void {
    this.#response.writeEarlyHints({ link: '</a>; rel=preload' })
  }

  /** Breaks off in mid-answer. */
  cut(): void {
    if (this.#response instanceof Http2ServerResponse) this.#response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    else this.#response.socket?.destroy()
  }

  closed(run: () => void): void {
    this.#response.on('close', run)
  }
}

export interface StagedUpstream {
  port: number
  heard: Heard[]
  connections(): number
  close(): Promise<void>
}

export type Kind = 'http' | 'https' | 'h2'

/** `answer` runs when a request's head has come. `tls` is needed for https and h2. */
export async function startStagedUpstream(
  kind: Kind,
  answer: (reply: Reply, heard: Heard) => void,
  tls: { key: string; cert: string } = { key: '', cert: '' },
): Promise<StagedUpstream> {
  const heard: Heard[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const handle = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
    const one = headOf(request)
    heard.push(one)
    request.on('data', (chunk: Buffer) => (one.body += chunk.toString('latin1')))
    request.on('end', () => (one.complete = true)).on('error', () => {})
    answer(new Reply(response), one)
  }
  const server =
    kind === 'http'
      ? createServer(handle)
      : kind === 'https'
        ? createTls(tls, handle)
        : createSecureServer({ ...tls, allowHTTP1: true }, handle)
  server.on(kind === 'http' ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function headOf({ method = '', url = '', httpVersion, headers }: IncomingMessage | Http2ServerRequest): Heard {
  const plain = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)])
  return { method, path: url, version: httpVersion, headers: Object.fromEntries(plain), body: '', complete: false }
}
