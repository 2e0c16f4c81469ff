/** Raw bytes over a socket, for what no HTTP client would send; and an upstream that answers with raw bytes. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Sends bytes and gives back everything that came until the other side closed, or until `enough` says so. */
export async function exchangeRaw(
  port: number,
  bytes: string | Buffer,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  const text = await readUntil(socket, enough)
  socket.destroy()
  return text
}

/** What comes on a socket until it closes or `enough` says so. */
export function readUntil(socket: Socket, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const done = () => resolve(text)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (enough(text)) done()
    })
    socket.on('close', done).on('error', done)
  })
}

/** The status of the first answer in what came; 0 when there is none. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
}

/** True when a whole answer with Content-Length or the last chunk has come. */
export function whole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1]
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length)
}

export interface RawUpstream {
  readonly url: string
  /** What each connection sent, in order of connecting. */
  readonly heard: string[]
  close(): Promise<void>
}

/** An upstream that runs `answer` once a request's head has come. */
export async function startRawUpstream(
  answer: (socket: Socket, heard: string, connection: number) => unknown,
): Promise<RawUpstream> {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const index = heard.push('') - 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let answered = 0
    socket.on('data', (chunk) => {
      heard[index] += chunk.toString('latin1')
      const heads = (heard[index] ?? '').split('\r\n\r\n').length - 1
      if (heads > answered) {
        answered = heads
        void answer(socket, heard[index] ?? '', index)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the upstream has no TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** A small answer in raw bytes. */
export function rawAnswer(status: string, headers: string, body = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
