/** The load: requests as raw bytes over kept connections, so that the client costs as little as it can. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Target {
  name: string
  port: number
  path: string
  headers: Record<string, string>
  /** Of the process that serves, for its CPU and memory; null = not looked at. */
  pid: number | null
}

export interface Load {
  callsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** Answers that were not 200. */
  failed: number
}

/** Closed loop: every connection sends its next call when its last one was answered. Throws when a connection ends. */
export async function run(
  target: Target,
  body: Buffer,
  { connections, calls }: { connections: number; calls: number },
): Promise<Load> {
  const request = requestFor(target, body)
  const times: number[] = []
  let left = calls
  let failed = 0
  const worker = async () => {
    const socket = connect(target.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.setNoDelay()
    while (left-- > 0) {
      const since = performance.now()
      if (!(await call(socket, request, target.name))) failed++
      times.push(performance.now() - since)
    }
    socket.destroy()
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, worker))
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { callsPerSecond: calls / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed }
}

function requestFor({ port, path, headers }: Target, body: Buffer): Buffer {
  const own = Object.entries({ 'content-type': 'application/json', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${own.join('')}content-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** One call on a connection; settles when its answer is whole, with whether it was a good one. */
function call(socket: Socket, request: Buffer, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let head = ''
    let length: number | null = null
    let bytes = 0
    let tail = ''
    const done = (error?: Error) => {
      clearTimeout(late)
      socket.off('data', onData).off('close', onClose)
      if (error === undefined) resolve(head.startsWith('HTTP/1.1 200'))
      else reject(error)
    }
    const late = setTimeout(() => done(new Error(`${name} did not end its answer in 30 s`)), 30_000)
    const onClose = () => done(new Error(`${name} closed the connection`))
    const onData = (chunk: Buffer) => {
      if (length === null) {
        head += chunk.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        // -1 = chunked: until the last chunk.
        length = Number(/\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end))?.[1] ?? -1)
        bytes = head.length - end - 4
      } else bytes += chunk.length
      // The end of a chunked answer may come in two pieces.
      if (length < 0) tail = (tail + chunk.subarray(-lastChunk.length).toString('latin1')).slice(-lastChunk.length)
      if (length >= 0 ? bytes >= length : tail === lastChunk) done()
    }
    socket.on('data', onData).on('close', onClose)
    socket.write(request)
  })
}

const lastChunk = '0\r\n\r\n'
