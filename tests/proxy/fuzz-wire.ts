/** Raw talk with the proxy: bytes in any pieces, answers taken apart by the letter of RFC 9112, and what state the connection is in afterwards. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

export interface RawReply {
  status: number
  /** Lower-case names; repeated ones joined by a comma. */
  headers: Record<string, string>
  body: string
}

export interface Talk {
  replies: RawReply[]
  /** What came behind the last whole answer. */
  rest: string
  /** A small request behind it all: the connection served it, or had been closed. */
  after: 'served' | 'closed'
}

interface TalkOptions {
  port: number
  /** Answers to wait for, interim ones not counted; fewer come when the proxy closes. */
  expected: number
}

/** Writes the pieces one by one, each in a packet of its own as far as the system goes along. */
export async function talk(pieces: readonly (string | Uint8Array)[], { port, expected }: TalkOptions): Promise<Talk> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  let text = ''
  let closed = false
  let wake = () => {}
  const heard = (chunk?: Buffer) => {
    text += chunk?.toString('latin1') ?? ''
    wake()
  }
  socket.on('data', heard).on('error', () => {})
  socket.on('close', () => {
    closed = true
    wake()
  })
  // The proxy may say no before it has heard all, and close: what it said counts.
  const until = async (enough: () => boolean) => {
    const over = () => closed || enough()
    while (!over()) await new Promise<void>((resolve) => (wake = resolve))
    return enough()
  }
  await once(socket, 'connect')
  for (const piece of pieces) {
    if (closed || socket.writableEnded) break
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    await turn()
  }
  await until(() => finals(text).replies.length >= expected)
  const { replies, rest } = finals(text)
  const from = text.length
  if (!closed) socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  const served = await until(() => finals(text.slice(from)).replies.length > 0)
  const state = served && finals(text.slice(from)).replies[0]?.status === 200 ? 'served' : 'closed'
  // Closed without a word, or with one for what was left unfinished; never with anything else.
  const late = state === 'served' ? [] : finals(rest + text.slice(from)).replies
  socket.destroy()
  return { replies: [...replies, ...late], rest: state === 'served' ? rest : finals(rest + text.slice(from)).rest, after: state }
}

/** Whole answers, without the interim ones. Throws for what is no HTTP/1.1 answer. */
function finals(text: string): { replies: RawReply[]; rest: string } {
  const replies: RawReply[] = []
  let rest = text
  for (let next = oneReply(rest); next !== null; next = oneReply(rest)) {
    rest = rest.slice(next.length)
    if (next.reply.status >= 200) replies.push(next.reply)
  }
  return { replies, rest }
}

/** The first answer, if all of it is there. */
function oneReply(text: string): { reply: RawReply; length: number } | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/.exec(first)?.[1])
  if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first.slice(0, 80))}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined) throw new Error(`no header: ${JSON.stringify(line.slice(0, 80))}`)
    const known = headers[name.toLowerCase()]
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`
  }
  const body = bodyOf(text.slice(end + 4), status, headers)
  return body === null ? null : { reply: { status, headers, body: body.text }, length: end + 4 + body.length }
}

function bodyOf(text: string, status: number, headers: Record<string, string>): { text: string; length: number } | null {
  const length = headers['content-length']
  const chunked = headers['transfer-encoding']?.toLowerCase() === 'chunked'
  if (length !== undefined && chunked) throw new Error('an answer with both lengths')
  if (status < 200 || status === 204 || status === 304) return { text: '', length: 0 }
  if (chunked) return chunksOf(text)
  if (length === undefined || !/^\d+$/.test(length)) throw new Error(`an answer of unknown length: ${length}`)
  return text.length < Number(length) ? null : { text: text.slice(0, Number(length)), length: Number(length) }
}

function chunksOf(text: string): { text: string; length: number } | null {
  let body = ''
  let at = 0
  for (;;) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return null
    const size = Number.parseInt(text.slice(at, end), 16)
    if (!/^[\da-f]+$/i.test(text.slice(at, end))) throw new Error('a bad chunk size')
    const next = end + 2 + size + 2
    if (text.length < next) return null
    if (text.slice(next - 2, next) !== '\r\n') throw new Error('a bad end of chunk')
    body += text.slice(end + 2, next - 2)
    at = next
    if (size === 0) return { text: body, length: at }
  }
}

/** The API in whose words an error is; null = in none. */
export function errorFormat({ headers, body }: RawReply): 'openai' | 'anthropic' | 'gemini' | 'plain' | null {
  if (!(headers['content-type'] ?? '').startsWith('application/json')) return null
  const value = JSON.parse(body) as { type?: unknown; error?: Record<string, unknown> }
  const { error } = value
  if (typeof error !== 'object' || typeof error['message'] !== 'string') return null
  if (value.type === 'error') return typeof error['type'] === 'string' ? 'anthropic' : null
  if (typeof error['status'] === 'string') return typeof error['code'] === 'number' ? 'gemini' : null
  if (typeof error['type'] === 'string') return 'openai'
  return typeof error['code'] === 'string' ? 'plain' : null
}

/** Cuts bytes at these places (fractions of the whole, in any order). */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => Math.floor(place * bytes.length)))].toSorted((a, b) => a - b)
  return [...ends, bytes.length]
    .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    .filter((piece) => piece.length > 0)
}
