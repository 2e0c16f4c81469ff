/** Turns answer events into those of the Responses API, item by item, and keeps the response that they make up. */
import { nowSeconds } from '../shared/now.ts'
import { writeError } from '../shared/openai-error.ts'
import type { AnswerError, AnswerEvent, Conversation } from '../types.ts'
import type { Emit, Item, OpenItem, OpenPart } from './item.ts'
import { CallItem } from './item-call.ts'
import { MessageItem } from './item-message.ts'
import { ThoughtItem } from './item-thought.ts'
import { incompleteReason, type Progress, responseOf } from './response.ts'
import { sealRedacted } from './sealed.ts'

type WholePart = Extract<AnswerEvent, { type: 'whole' }>['part']

export class ResponseEvents {
  error: AnswerError | null = null
  readonly #asked: Conversation
  readonly #emit: Emit
  readonly #output: Item[] = []
  readonly #progress: Progress
  #item: OpenItem | null = null

  constructor(asked: Conversation, emit: Emit) {
    this.#asked = asked
    this.#emit = emit
    this.#progress = { id: '', model: '', createdAt: 0, output: this.#output, usage: {}, stop: null }
  }

  get response(): Record<string, unknown> {
    return responseOf(this.#asked, this.#progress)
  }

  take(event: AnswerEvent): void {
    if (this.error !== null) return
    switch (event.type) {
      case 'start':
        return this.#start(event)
      case 'open':
        return this.#open(event.part)
      case 'delta':
        return this.#item?.delta(event.text)
      case 'signature':
        return this.#item?.signature(event.signature)
      case 'close':
        return this.#close()
      case 'whole':
        return this.#whole(event.part)
      case 'usage':
        Object.assign(this.#progress.usage, event.usage)
        return
      case 'stop':
        this.#progress.stop = event.reason
        return
      case 'end':
        return this.#end()
      case 'error':
        return this.#fail(event.error)
    }
  }

  #start({ id, model, createdAt }: Extract<AnswerEvent, { type: 'start' }>): void {
    Object.assign(this.#progress, { id, model, createdAt: createdAt ?? nowSeconds() })
    const { response } = this
    this.#emit('response.created', { response })
    this.#emit('response.in_progress', { response })
  }

  /** Texts and refusals that follow each other share a message; everything else is an item of its own. */
  #open(part: OpenPart): void {
    const plain = part.kind === 'text' || part.kind === 'refusal'
    if (!(plain && this.#item instanceof MessageItem)) {
      this.#finishItem()
      this.#item = this.#newItem(part)
    }
    this.#item?.open(part)
  }

  #newItem(part: OpenPart): OpenItem {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        return new MessageItem(this.#emit, this.#name('msg'), this.#output.length)
      case 'thinking':
        return new ThoughtItem(this.#emit, this.#name('rs'), this.#output.length, this.#asked.thinking?.visible === true)
      case 'tool-call':
        return new CallItem(this.#emit, this.#name('fc'), this.#output.length, part)
    }
  }

  #close(): void {
    this.#item?.close()
    if (!(this.#item instanceof MessageItem)) this.#finishItem()
  }

  #finishItem(): void {
    if (this.#item === null) return
    const { stop } = this.#progress
    const item = this.#item.finish(stop === null || incompleteReason(stop) === null)
    this.#item = null
    this.#done(item)
  }

  #done(item: Item): void {
    this.#output.push(item)
    this.#emit('response.output_item.done', { output_index: this.#output.length - 1, item })
  }

  #whole(part: WholePart): void {
    this.#finishItem()
    const item = this.#wholeItem(part)
    if (item === null) {
      this.#fail({
        status: 502,
        code: 'UNTRANSLATABLE_ANSWER',
        message: 'The model answered with something that cannot be carried over.',
      })
      return
    }
    this.#emit('response.output_item.added', { output_index: this.#output.length, item: { ...item, status: 'in_progress' } })
    this.#done(item)
  }

  #wholeItem(part: WholePart): Item | null {
    if (part.kind === 'redacted-thinking') {
      return {
        id: this.#name('rs'),
        type: 'reasoning',
        summary: [],
        encrypted_content: sealRedacted(part.data),
        status: 'completed',
      }
    }
    if (part.kind === 'audio' || !('data' in part.media)) return null
    return { id: this.#name('ig'), type: 'image_generation_call', status: 'completed', result: part.media.data }
  }

  #end(): void {
    this.#finishItem()
    const incomplete = this.#progress.stop !== null && incompleteReason(this.#progress.stop) !== null
    this.#progress.stop ??= 'end'
    this.#emit(incomplete ? 'response.incomplete' : 'response.completed', { response: this.response })
  }

  #fail(error: AnswerError): void {
    this.error = error
    this.#emit('error', errorFields(error))
  }

  /** Unique within the response, which is what clients need. */
  #name(prefix: string): string {
    return `${prefix}_${this.#progress.id || this.#progress.createdAt}_${this.#output.length}`
  }
}

/** The fields of an `error` event. */
export function errorFields(error: AnswerError): Record<string, unknown> {
  const { code, message, param } = writeError(error).error as Record<string, unknown>
  return { code, message, param }
}
