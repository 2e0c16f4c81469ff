/** The drill's client: one small call as an SDK would make it, and whether what came back is a whole answer in that API's words. */
import { type IncomingMessage, request } from 'node:http'
import type { ApiFormat } from '../../providers/types.ts'

export interface DrillAnswer {
  /** Null = the connection ended without an answer. */
  status: number | null
  /** A real answer, to its end. */
  whole: boolean
  /** The connection was cut in the middle. */
  cut: boolean
  /** It is, or ends with, an error in the words of the API that was spoken; then its code. */
  error: string | null
  attempts: number
  requestId: string | null
}

export interface DrillCall {
  /** Of the pool, at the proxy. */
  url: string
  token: string
  format: ApiFormat
  stream: boolean
  signal: AbortSignal
}

/** How one API is spoken. */
interface Speech {
  path(stream: boolean): string
  body(stream: boolean): object
  /** What only a whole answer has, plain and at the end of a stream. */
  plainEnd: string
  streamEnd: string
}

/** The model that it asks for: one that nobody has. */
export const drillModel = 'drill-model'
const messages = [{ role: 'user', content: 'Say hello.' }]

const chat: Speech = {
  path: () => '/chat/completions',
  body: (stream) => ({
    model: drillModel,
    messages,
    max_tokens: 64,
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
  }),
  plainEnd: '"finish_reason":"stop"',
  streamEnd: 'data: [DONE]',
}

const speeches: Readonly<Record<ApiFormat, Speech>> = {
  openai: chat,
  plain: chat,
  anthropic: {
    path: () => '/messages',
    body: (stream) => ({ model: drillModel, messages, max_tokens: 64, ...(stream ? { stream } : {}) }),
    plainEnd: '"stop_reason":"end_turn"',
    streamEnd: '"type":"message_stop"',
  },
  gemini: {
    path: (stream) => `/v1beta/models/${drillModel}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] }),
    plainEnd: '"finishReason":"STOP"',
    streamEnd: '"finishReason":"STOP"',
  },
}

/** Below the scripted upstream's address: what the base URL of such a pool ends with. */
export const basePaths: Readonly<Record<ApiFormat, string>> = { openai: '/v1', plain: '/v1', anthropic: '/v1', gemini: '' }

/** Makes the call on a connection of its own. Rejects only with the signal's reason. */
export async function drillCall({ url, token, format, stream, signal }: DrillCall): Promise<DrillAnswer> {
  const speech = speeches[format]
  const address = new URL(url + speech.path(stream))
  const nothing = { status: null, whole: false, cut: true, error: null, attempts: 0, requestId: null }
  return new Promise((resolve, reject) => {
    const outgoing = request(address, {
      method: 'POST',
      agent: false,
      signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
    outgoing.once('response', (answer) => {
      read(answer).then((text) => resolve(judged(answer, text, speech, stream)), reject)
    })
    outgoing.once('error', () => (signal.aborted ? reject(signal.reason as Error) : resolve(nothing)))
    outgoing.end(JSON.stringify(speech.body(stream)))
  })
}

/** What came, until the end or the cut. */
function read(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    // A cut is an error as well as a close; `complete` says afterwards which it was.
    answer.on('error', () => {}).once('close', () => resolve(text))
  })
}

function judged(answer: IncomingMessage, text: string, speech: Speech, stream: boolean): DrillAnswer {
  const error = errorIn(text)
  const ended = text.includes(stream ? speech.streamEnd : speech.plainEnd)
  return {
    status: answer.statusCode ?? null,
    whole: answer.statusCode === 200 && answer.complete && ended && error === null,
    cut: !answer.complete,
    error,
    attempts: Number(answer.headers['x-keywheel-attempts'] ?? 0),
    requestId: one(answer.headers['x-keywheel-request']),
  }
}

/** The code of an error that stands for the whole body, or is the last event of a stream. */
function errorIn(text: string): string | null {
  const last = text
    .trimEnd()
    .split(/\r?\n/)
    .findLast((line) => line.startsWith('data:'))
  const error = fieldOf(parsed(last === undefined ? text : last.slice('data:'.length)), 'error')
  if (typeof error !== 'object' || error === null) return null
  // Gemini's code is a number; its name is beside it.
  return ['code', 'status', 'type'].map((name) => fieldOf(error, name)).find((name) => typeof name === 'string') ?? 'error'
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function one(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
