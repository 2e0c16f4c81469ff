/** Writes answer events as an Anthropic stream: message_start, blocks one after the other, message_delta, message_stop. */
import { askedForThoughts } from '../shared/asked-thoughts.ts'
import type { AnswerError, AnswerEvent, AnswerUsage, AnswerWriter, Conversation, StopReason } from '../types.ts'
import { deltaTo, emptyBlock, emptyMessage, wholeBlock } from './blocks.ts'
import { writeError } from './errors.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']

export function streamWriter(asked: Conversation): AnswerWriter {
  const writer = new MessageWriter(asked)
  return {
    write(events) {
      for (const event of events) writer.write(event)
      return writer.taken()
    },
  }
}

export function streamError(error: AnswerError): Uint8Array {
  return Buffer.from(sse('error', writeError(error)))
}

class MessageWriter {
  readonly #asked: Conversation
  #text = ''
  /** Said with the first thing after it, because the usage of the input may come in between and belongs into it. */
  #start: Extract<AnswerEvent, { type: 'start' }> | null = null
  #usage: Partial<AnswerUsage> = {}
  #index = 0
  #open: OpenPart['kind'] | 'hidden' | null = null
  #called = false
  #stop: { reason: StopReason; sequence: string | null } = { reason: 'end', sequence: null }

  constructor(asked: Conversation) {
    this.#asked = asked
  }

  taken(): Uint8Array {
    this.#sayStart()
    const text = this.#text
    this.#text = ''
    return Buffer.from(text)
  }

  write(event: AnswerEvent): void {
    if (event.type === 'start') this.#start = event
    else if (event.type === 'usage') this.#usage = { ...this.#usage, ...event.usage }
    else if (event.type === 'stop') this.#stop = event
    else {
      this.#sayStart()
      this.#writeNow(event)
    }
  }

  #writeNow(event: Exclude<AnswerEvent, { type: 'start' | 'usage' | 'stop' }>): void {
    switch (event.type) {
      case 'open':
        return this.#openBlock(event.part)
      case 'delta':
        return this.#delta(event.text)
      case 'signature':
        // Gemini's, of a tool call, is in the call's id already.
        if (this.#open === 'thinking') this.#blockDelta({ type: 'signature_delta', signature: event.signature })
        return
      case 'whole':
        return this.#whole(event.part)
      case 'close':
        return this.#close()
      case 'end':
        return this.#end()
      case 'error':
        return this.#say('error', writeError(event.error))
    }
  }

  #openBlock(part: OpenPart): void {
    if (part.kind === 'thinking' && !askedForThoughts(this.#asked)) {
      this.#open = 'hidden'
      return
    }
    this.#open = part.kind
    this.#called ||= part.kind === 'tool-call'
    this.#say('content_block_start', { index: this.#index, content_block: emptyBlock(part) })
  }

  #delta(text: string): void {
    if (this.#open !== null && this.#open !== 'hidden') this.#blockDelta(deltaTo(this.#open, text))
  }

  #blockDelta(delta: Record<string, unknown>): void {
    this.#say('content_block_delta', { index: this.#index, delta })
  }

  #whole(part: Extract<AnswerEvent, { type: 'whole' }>['part']): void {
    const block = wholeBlock(part)
    if (block === null) {
      const message = `The model answered with ${part.kind === 'image' ? 'an image' : 'audio'}, which Anthropic's API has no place for.`
      this.#say('error', writeError({ status: 502, code: 'UNTRANSLATABLE_ANSWER', message }))
      return
    }
    this.#say('content_block_start', { index: this.#index, content_block: block })
    this.#say('content_block_stop', { index: this.#index++ })
  }

  #close(): void {
    if (this.#open !== null && this.#open !== 'hidden') this.#say('content_block_stop', { index: this.#index++ })
    this.#open = null
  }

  #end(): void {
    this.#close()
    const reason = this.#called && this.#stop.reason === 'end' ? 'tool-calls' : this.#stop.reason
    const delta = { stop_reason: writeStop(reason), stop_sequence: this.#stop.sequence, stop_details: null, container: null }
    this.#say('message_delta', { delta, usage: writeUsage(this.#usage) })
    this.#say('message_stop', {})
  }

  #sayStart(): void {
    if (this.#start === null) return
    const { id, model } = this.#start
    this.#start = null
    this.#say('message_start', { message: emptyMessage(id, model || this.#asked.model, writeUsage(this.#usage)) })
  }

  #say(type: string, fields: Record<string, unknown>): void {
    this.#text += sse(type, { type, ...fields })
  }
}

function sse(type: string, data: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}
