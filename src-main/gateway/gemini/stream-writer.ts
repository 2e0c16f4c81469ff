/** Writes answer events as a Gemini stream: `alt=sse`, or without it one JSON array that grows. */
import { askedForThoughts } from '../shared/asked-thoughts.ts'
import type { AnswerError, AnswerEvent, AnswerUsage, AnswerWriter, Conversation, StopReason } from '../types.ts'
import { Untranslatable } from '../types.ts'
import { callPart, type GeminiPart, textPart, wholePart } from './chunks.ts'
import { writeError } from './errors.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']

/** Characters of one call's arguments, which have to be kept until they are whole. */
const argsMax = 16 * 1024 * 1024

/** How chunks stand one after the other. */
interface Framing {
  chunk(json: string): string
  /** After the last chunk. */
  end(): string
}

function sseFraming(): Framing {
  return { chunk: (json) => `data: ${json}\r\n\r\n`, end: () => '' }
}

/** The array is open after the first chunk; it is closed even when nothing was said. */
export function arrayFraming(): Framing {
  let begun = false
  return {
    chunk(json) {
      const before = begun ? ',\r\n' : '['
      begun = true
      return before + json
    },
    end: () => (begun ? ']' : '[]'),
  }
}

export function streamWriter(asked: Conversation, framing: Framing = sseFraming()): AnswerWriter {
  const writer = new GeminiWriter(asked, framing)
  return {
    write(events) {
      for (const event of events) writer.write(event)
      return writer.taken()
    },
  }
}

export function streamError(error: AnswerError): Uint8Array {
  return Buffer.from(sseFraming().chunk(JSON.stringify(writeError(error))))
}

class GeminiWriter {
  readonly #asked: Conversation
  readonly #framing: Framing
  #text = ''
  #head = { responseId: '', modelVersion: '' }
  #usage: Partial<AnswerUsage> = {}
  #stop: StopReason = 'end'
  #open: { part: OpenPart; args: string } | null = null
  #over = false

  constructor(asked: Conversation, framing: Framing) {
    this.#asked = asked
    this.#framing = framing
  }

  taken(): Uint8Array {
    const text = this.#text
    this.#text = ''
    return Buffer.from(text)
  }

  write(event: AnswerEvent): void {
    if (this.#over) return
    switch (event.type) {
      case 'start':
        this.#head = { responseId: event.id, modelVersion: event.model || this.#asked.model }
        return
      case 'open':
        this.#open = { part: event.part, args: '' }
        return
      case 'delta':
        return this.#delta(event.text)
      case 'close':
        return this.#close()
      case 'whole':
        return this.#part(wholePart(event.part))
      case 'usage':
        this.#usage = { ...this.#usage, ...event.usage }
        return
      case 'stop':
        this.#stop = event.reason
        return
      // Another provider's proof of its thoughts; Gemini's own are in the ids of calls.
      case 'signature':
        return
      case 'end':
        return this.#end()
      case 'error':
        return this.#fail(event.error)
    }
  }

  /** Gemini's clients get the arguments of a call whole. */
  #delta(text: string): void {
    if (this.#open === null) return
    const { part } = this.#open
    if (part.kind === 'tool-call') this.#extend(this.#open, text)
    else if (part.kind !== 'thinking' || askedForThoughts(this.#asked)) this.#part(textPart(part.kind, text))
  }

  #extend(open: { args: string }, text: string): void {
    open.args += text
    if (open.args.length <= argsMax) return
    this.#open = null
    this.#fail({ status: 502, code: 'UPSTREAM_BAD_ANSWER', message: 'The upstream sent a call with arguments without end.' })
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    if (open?.part.kind !== 'tool-call') return
    try {
      this.#part(callPart(open.part, open.args))
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error
      this.#fail({ status: 502, code: 'MALFORMED_FUNCTION_CALL', message: error.message })
    }
  }

  #part(part: GeminiPart | null): void {
    if (part !== null) this.#say({ candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }], ...this.#head })
  }

  /** As Google does, with an empty text: its SDK keeps no answer in a chat whose last chunk has no part. */
  #end(): void {
    const candidate = { content: { role: 'model', parts: [{ text: '' }] }, finishReason: writeStop(this.#stop), index: 0 }
    this.#say({ candidates: [candidate], usageMetadata: writeUsage(this.#usage), ...this.#head })
    this.#finish()
  }

  #fail(error: AnswerError): void {
    this.#say(writeError(error))
    this.#finish()
  }

  #say(chunk: Record<string, unknown>): void {
    this.#text += this.#framing.chunk(JSON.stringify(chunk))
  }

  #finish(): void {
    this.#over = true
    this.#text += this.#framing.end()
  }
}
