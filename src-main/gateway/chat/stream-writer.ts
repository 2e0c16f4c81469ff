/** Writes answer events as chunks of chat completions. */
import { urlOf } from '../shared/media.ts'
import { nowSeconds } from '../shared/now.ts'
import { writeError } from '../shared/openai-error.ts'
import type { AnswerError, AnswerEvent, AnswerUsage, AnswerWriter, Conversation } from '../types.ts'
import { writeStop } from './stop.ts'
import { showsThoughts } from './thoughts.ts'
import { writeUsage } from './usage.ts'
import { writeImage } from './write-answer.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']
type Event<Type extends AnswerEvent['type']> = Extract<AnswerEvent, { type: Type }>

export function streamWriter(asked: Conversation): AnswerWriter {
  const writer = new ChunkWriter(asked)
  return {
    write(events) {
      for (const event of events) writer.write(event)
      return writer.taken()
    },
  }
}

export function streamError(error: AnswerError): Uint8Array {
  return Buffer.from(sseError(error))
}

class ChunkWriter {
  readonly #asked: Conversation
  readonly #shows: boolean
  #text = ''
  /** What every chunk begins and ends with. */
  #head = ''
  readonly #tail: string
  #open: OpenPart['kind'] | null = null
  #calls = 0
  #broken = false
  #usage: Partial<AnswerUsage> = {}

  constructor(asked: Conversation) {
    this.#asked = asked
    this.#shows = showsThoughts(asked)
    this.#tail = asked.wantsUsage ? ',"usage":null}\n\n' : '}\n\n'
  }

  taken(): Uint8Array {
    const text = this.#text
    this.#text = ''
    return Buffer.from(text)
  }

  write(event: AnswerEvent): void {
    if (this.#broken) return
    switch (event.type) {
      case 'start':
        return this.#start(event)
      case 'open':
        return this.#openPart(event.part)
      case 'delta':
        return this.#delta(JSON.stringify(event.text))
      case 'whole':
        return this.#whole(event.part)
      case 'usage':
        Object.assign(this.#usage, event.usage)
        return
      case 'stop':
        return this.#chunk('{}', JSON.stringify(writeStop(event.reason)))
      case 'end':
        return this.#end()
      case 'error':
        return this.#fail(event.error)
      // Gemini's signature of a call is in the call's id; no other has a place here.
      case 'signature':
        return
      case 'close':
        this.#open = null
        return
    }
  }

  #start({ id, model, createdAt }: Event<'start'>): void {
    const created = createdAt ?? nowSeconds()
    const fields = {
      id: id || `chatcmpl-${created}`,
      object: 'chat.completion.chunk',
      created,
      model: model || this.#asked.model,
    }
    this.#head = `data: ${JSON.stringify(fields).slice(0, -1)},"choices":[`
    this.#chunk('{"role":"assistant","content":"","refusal":null}')
  }

  #openPart(part: OpenPart): void {
    this.#open = part.kind
    if (part.kind !== 'tool-call') return
    const call = { index: this.#calls++, id: part.id, type: 'function', function: { name: part.name, arguments: '' } }
    this.#chunk(`{"tool_calls":[${JSON.stringify(call)}]}`)
  }

  /** `text` as JSON. */
  #delta(text: string): void {
    switch (this.#open) {
      case 'text':
        return this.#chunk(`{"content":${text}}`)
      case 'thinking':
        return this.#shows ? this.#chunk(`{"reasoning_content":${text}}`) : undefined
      case 'refusal':
        return this.#chunk(`{"refusal":${text}}`)
      case 'tool-call':
        return this.#chunk(`{"tool_calls":[{"index":${this.#calls - 1},"function":{"arguments":${text}}}]}`)
      case null:
        return
    }
  }

  #whole(part: Event<'whole'>['part']): void {
    if (part.kind === 'image') this.#chunk(JSON.stringify({ images: [writeImage(urlOf(part.media))] }))
    else if (part.kind === 'audio') {
      const message = 'The model answered with audio, which cannot be carried over.'
      this.#fail({ status: 502, code: 'UNTRANSLATABLE_ANSWER', message })
    }
  }

  #fail(error: AnswerError): void {
    this.#broken = true
    this.#text += sseError(error)
  }

  #end(): void {
    const usage = this.#asked.wantsUsage ? writeUsage(this.#usage) : null
    if (usage !== null) this.#text += `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n`
    this.#text += 'data: [DONE]\n\n'
  }

  #chunk(delta: string, reason = 'null'): void {
    this.#text += `${this.#head}{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${this.#tail}`
  }
}

function sseError(error: AnswerError): string {
  return `data: ${JSON.stringify(writeError(error))}\n\n`
}
