/** For the tests of OpenAI's formats: conversations, answers, streams in pieces, and a server that plays what it is given. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnswerEvent, AnswerReader, Conversation } from '../../src-main/gateway/types.ts'

export const notGiven = { model: null, stream: null }

export function conversation(parts: Partial<Conversation> = {}): Conversation {
  return {
    model: 'a-model',
    stream: false,
    system: [],
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    maxTokens: null,
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    stop: [],
    presencePenalty: null,
    frequencyPenalty: null,
    shape: null,
    thinking: null,
    user: null,
    wantsUsage: true,
    hints: [],
    ...parts,
  }
}

/** Thoughts, a text in pieces, two calls and the count: what a thinking model that calls tools answers. */
export const richAnswer: AnswerEvent[] = [
  { type: 'start', id: 'one', model: 'a-model-1', createdAt: 1_760_000_000 },
  { type: 'open', part: { kind: 'thinking' } },
  { type: 'delta', text: 'Two cities, ' },
  { type: 'delta', text: 'two calls.' },
  { type: 'close' },
  { type: 'open', part: { kind: 'text' } },
  { type: 'delta', text: 'I’ll look ' },
  { type: 'delta', text: 'it up “now” 🌦.\n' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: 'call_a', name: 'weather' } },
  { type: 'delta', text: '{"city":' },
  { type: 'delta', text: '"Zürich"}' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: 'call_b', name: 'weather' } },
  { type: 'delta', text: '{"city":"Oslo"}' },
  { type: 'close' },
  { type: 'stop', reason: 'tool-calls', sequence: null },
  { type: 'usage', usage: { input: 100, cacheRead: 20, cacheWrite: 5, output: 40, reasoning: 9 } },
  { type: 'end' },
]

export function plainAnswer(...texts: string[]): AnswerEvent[] {
  return [
    { type: 'start', id: 'one', model: 'a-model-1', createdAt: 1_760_000_000 },
    { type: 'open', part: { kind: 'text' } },
    ...texts.map((text): AnswerEvent => ({ type: 'delta', text })),
    { type: 'close' },
    { type: 'stop', reason: 'end', sequence: null },
    { type: 'usage', usage: { input: 7, output: 3 } },
    { type: 'end' },
  ]
}

/** What an answer comes to, however it was cut into deltas. */
export function told(events: readonly AnswerEvent[]): unknown[] {
  const all: Record<string, unknown>[] = []
  let usage: object = {}
  for (const event of events) {
    const last = all.at(-1)
    if (event.type === 'delta' && last?.type === 'open') last.text = (typeof last.text === 'string' ? last.text : '') + event.text
    else if (event.type === 'usage') usage = { ...usage, ...event.usage }
    else if (event.type !== 'close') all.push({ ...event })
  }
  return [...all, usage]
}

/** All events of a stream that comes in these pieces. */
export function readAll(reader: AnswerReader, pieces: readonly Uint8Array[]): AnswerEvent[] {
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}

export interface Played {
  url: string
  /** The bodies that came, oldest first. */
  bodies: Record<string, unknown>[]
  close(): Promise<void>
}

export interface Play {
  status?: number
  contentType?: string
  /** Written one by one. */
  pieces: readonly (string | Uint8Array)[]
  /** The connection is cut after the last piece. */
  cut?: boolean
}

/** A server on loopback that answers each request as `answer` says. */
export async function play(answer: (body: Record<string, unknown>, request: IncomingMessage) => Play): Promise<Played> {
  const bodies: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
      bodies.push(body)
      const { status = 200, contentType = 'application/json', pieces, cut = false } = answer(body, request)
      response.writeHead(status, { 'content-type': contentType })
      for (const piece of pieces) response.write(piece)
      if (cut) setImmediate(() => response.destroy())
      else response.end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
