/** Puts a request into the format of the upstream that serves it, and the answer back into the client's. */
import { wantsOtherWords } from './chat/model-rules.ts'
import { formats } from './formats.ts'
import { arrayAnswer } from './gemini/array-stream.ts'
import { geminiArrayFormat } from './gemini/format.ts'
import { inWordsOf } from './in-words.ts'
import { errorOfAnswer } from './shared/openai-error.ts'
import { withModel } from './splice/model.ts'
import {
  type AnswerError,
  type AnswerEvent,
  type AnswerTranslation,
  type Conversation,
  type Format,
  type StreamTranslation,
  type Translation,
  type WireFormat,
} from './types.ts'
import { inClientWords } from './words.ts'

export interface Request {
  from: WireFormat
  to: WireFormat
  /** The client's own bytes, and the JSON in them. */
  bytes: Uint8Array
  body: unknown
  /** The model as the upstream knows it. */
  model: string
  /** What the path said. `array` = Gemini's stream as one JSON array (without `alt=sse`). */
  given: { model: string | null; stream: boolean | null; array?: boolean }
}

/**
 * Throws Untranslatable, naming the field, for what the upstream's format cannot say. Between the same formats nothing is read and
 * nothing refused: at most the model's name is replaced in the client's bytes. The one exception are servers of chat that refuse
 * OpenAI's own fields.
 */
export function translate(request: Request): Translation {
  const { from, to, body, given, model } = request
  const isSame = from === to && !(to === 'chat' && wantsOtherWords(model, body))
  if (isSame) return { body: sameFormat(request), dropped: [], answer: given.array === true ? arrayAnswer : null }
  const asked = formats[from].readRequest(body, given)
  const written = inWordsOf(from, asked, () => formats[to].writeRequest({ ...asked, model }))
  const dropped = written.dropped.map((path) => anywhere(inClientWords(from, asked, path)))
  return {
    body: Buffer.from(JSON.stringify(written.body)),
    dropped: [...new Set([...asked.hints, ...dropped])],
    answer: answerTranslation(formats[to], given.array === true ? geminiArrayFormat : formats[from], asked),
  }
}

/** Gemini's model is in the path, and only some clients repeat it in the body. */
function sameFormat({ from, bytes, body, model }: Request): Uint8Array | null {
  const name = from === 'gemini' ? `models/${model}` : model
  const said = (body as { model?: unknown } | null)?.model
  if (said === name || (from === 'gemini' && (said === undefined || said === model))) return null
  return withModel(bytes, name)
}

/** `messages[2].name` and `messages[4].name` are one entry in the list of what was dropped. */
function anywhere(path: string): string {
  return path.replace(/\[\d+\]/g, '[]')
}

function answerTranslation(upstream: Format, client: Format, asked: Conversation): AnswerTranslation {
  return {
    whole(status, body) {
      if (status >= 400) return client.writeError(errorOfAnswer(status, body))
      const events = upstream.readAnswer(body)
      const error = errorAmong(events)
      return error === null ? client.writeAnswer(events, asked) : client.writeError(error)
    },
    stream: () => streamTranslation(upstream, client, asked),
  }
}

const nothing = new Uint8Array(0)

function streamTranslation(upstream: Format, client: Format, asked: Conversation): StreamTranslation {
  const reader = upstream.streamReader()
  const writer = client.streamWriter(asked)
  let error: AnswerError | null = null
  let letters = 0

  function written(events: readonly AnswerEvent[]): Uint8Array {
    if (letters > lettersMax) return nothing
    letters += events.reduce((sum, event) => sum + lettersIn(event), 0)
    const said: readonly AnswerEvent[] = letters > lettersMax ? [{ type: 'error', error: endless }] : events
    error ??= errorAmong(said)
    return said.length === 0 ? nothing : writer.write(said)
  }

  return {
    push: (chunk) => written(reader.push(chunk)),
    end: () => written(reader.end()),
    fail: (failure) => writer.write([{ type: 'error', error: failure }]),
    get error() {
      return error
    },
  }
}

/** Formats that say the whole answer once more at its end have to hold it; no model says so much. */
const lettersMax = 64 * 1024 * 1024
const endless: AnswerError = { status: 502, code: 'ANSWER_TOO_LARGE', message: 'The upstream sent an answer without end.' }

/** That a writer may hold because of it. */
function lettersIn(event: AnswerEvent): number {
  switch (event.type) {
    case 'delta':
      return event.text.length
    case 'signature':
      return event.signature.length
    case 'open':
    case 'whole':
      // A part without any letters takes memory, too.
      return 500 + JSON.stringify(event.part).length
    case 'start':
    case 'close':
    case 'usage':
    case 'stop':
    case 'end':
    case 'error':
      return 0
  }
}

function errorAmong(events: readonly AnswerEvent[]): AnswerError | null {
  const last = events.at(-1)
  return last?.type === 'error' ? last.error : null
}

/** An error as the last thing of a stream in the client's format, when no translation is under way. */
export function streamErrorFor(format: WireFormat, error: AnswerError): Uint8Array {
  return formats[format].streamError(error)
}

/** An error's body in the client's format. */
export function errorBodyFor(format: WireFormat, error: AnswerError): Record<string, unknown> {
  return formats[format].writeError(error)
}
