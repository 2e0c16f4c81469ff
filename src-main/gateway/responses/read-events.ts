/** The events of a Responses stream, one by one, and of a whole response, which is the same items at once. */
import { at, listAt, textAt } from '../../providers/read.ts'
import { brokeOff } from '../shared/broke-off.ts'
import { errorIn } from '../shared/openai-error.ts'
import type { EventFollower } from '../shared/sse-reader.ts'
import type { AnswerError, AnswerEvent, StopReason } from '../types.ts'
import { signatureOf } from './reasoning-id.ts'
import { readUsage } from './usage.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']

export class ResponseReader implements EventFollower {
  ended = false
  #started = false
  /** What is open, and the piece of the response that it is, so that two texts side by side stay two. */
  #open: { kind: OpenPart['kind']; place: string } | null = null
  #argsSeen = false
  #called = false
  #refused = false

  read(event: unknown): AnswerEvent[] {
    if (this.ended) return []
    const type = textAt(event, 'type')
    if (type === 'error' || type === 'response.failed') return this.fail(errorIn(event) ?? failed)
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        return this.#start(at(event, 'response'))
      case 'response.output_item.added':
        return this.#item(at(event, 'item'), textAt(event, 'output_index'))
      case 'response.output_text.delta':
        return this.#delta('text', event)
      case 'response.refusal.delta':
        this.#refused = true
        return this.#delta('refusal', event)
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#delta('thinking', event)
      case 'response.function_call_arguments.delta':
        return this.#args(textAt(event, 'delta'))
      case 'response.output_item.done':
        return this.#done(at(event, 'item'))
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(at(event, 'response'))
      // The many others say again what these say.
      default:
        return []
    }
  }

  end(): AnswerEvent[] {
    if (this.ended) return []
    return this.fail(brokeOff)
  }

  fail(error: AnswerError): AnswerEvent[] {
    this.ended = true
    return [{ type: 'error', error }]
  }

  #start(response: unknown): AnswerEvent[] {
    if (this.#started) return []
    this.#started = true
    const created = at(response, 'created_at')
    // Some servers give fractions.
    const createdAt = typeof created === 'number' && Number.isFinite(created) ? Math.floor(created) : null
    return [{ type: 'start', id: textAt(response, 'id'), model: textAt(response, 'model'), createdAt }]
  }

  #item(item: unknown, index: string): AnswerEvent[] {
    if (textAt(item, 'type') !== 'function_call') return []
    this.#called = true
    this.#argsSeen = false
    const part = { kind: 'tool-call', id: textAt(item, 'call_id'), name: textAt(item, 'name') } as const
    const before = this.#close()
    this.#open = { kind: 'tool-call', place: index }
    return [...before, { type: 'open', part }]
  }

  #delta(kind: 'text' | 'refusal' | 'thinking', event: unknown): AnswerEvent[] {
    const text = textAt(event, 'delta')
    if (text === '') return []
    const place = ['output_index', 'content_index', 'summary_index'].map((name) => textAt(event, name)).join('.')
    const delta: AnswerEvent = { type: 'delta', text }
    if (this.#open?.kind === kind && this.#open.place === place) return [delta]
    const before = this.#close()
    this.#open = { kind, place }
    return [...before, { type: 'open', part: { kind } }, delta]
  }

  #args(text: string): AnswerEvent[] {
    if (text === '' || this.#open?.kind !== 'tool-call') return []
    this.#argsSeen = true
    return [{ type: 'delta', text }]
  }

  #done(item: unknown): AnswerEvent[] {
    switch (textAt(item, 'type')) {
      case 'function_call':
        return this.#argsSeen ? this.#close() : [...this.#args(textAt(item, 'arguments') || '{}'), ...this.#close()]
      case 'reasoning':
        return this.#thoughtDone(item)
      default:
        return this.#close()
    }
  }

  #thoughtDone(item: unknown): AnswerEvent[] {
    const sealed = textAt(item, 'encrypted_content')
    if (sealed === '') return this.#close()
    const opened: AnswerEvent[] =
      this.#open?.kind === 'thinking' ? [] : [...this.#close(), { type: 'open', part: { kind: 'thinking' } }]
    this.#open = { kind: 'thinking', place: '' }
    return [...opened, { type: 'signature', signature: signatureOf(textAt(item, 'id'), sealed) }, ...this.#close()]
  }

  #close(): AnswerEvent[] {
    if (this.#open === null) return []
    this.#open = null
    return [{ type: 'close' }]
  }

  #finish(response: unknown): AnswerEvent[] {
    this.ended = true
    const usage: AnswerEvent = { type: 'usage', usage: readUsage(at(response, 'usage')) }
    const stop: AnswerEvent = {
      type: 'stop',
      reason: this.#reason(textAt(response, 'incomplete_details', 'reason')),
      sequence: null,
    }
    return [...this.#close(), usage, stop, { type: 'end' }]
  }

  #reason(incomplete: string): StopReason {
    if (incomplete === 'content_filter') return 'filtered'
    if (incomplete !== '') return 'length'
    if (this.#called) return 'tool-calls'
    return this.#refused ? 'refusal' : 'end'
  }
}

/** A whole response as the events that it would have been. Null when it is none, or is not finished. */
export function responseEvents(body: unknown): AnswerEvent[] | null {
  const reader = new ResponseReader()
  const error = errorIn(body)
  if (error !== null) return reader.fail(error)
  const status = textAt(body, 'status')
  if (at(body, 'object') !== 'response' || !['completed', 'incomplete'].includes(status)) return null
  return [
    ...reader.read({ type: 'response.created', response: body }),
    ...listAt(body, 'output').flatMap((item, index) => pieces(item, index).flatMap((event) => reader.read(event))),
    ...reader.read({ type: `response.${status}`, response: body }),
  ]
}

/** The events that an item came as. */
function pieces(item: unknown, output_index: number): unknown[] {
  const content = listAt(item, 'content').map((part, content_index) => {
    const kind = textAt(part, 'type')
    const type =
      kind === 'refusal'
        ? 'response.refusal.delta'
        : kind === 'reasoning_text'
          ? 'response.reasoning_text.delta'
          : 'response.output_text.delta'
    return { type, output_index, content_index, delta: textAt(part, 'text') || textAt(part, 'refusal') }
  })
  const summary = listAt(item, 'summary').map((part, summary_index) => {
    return { type: 'response.reasoning_summary_text.delta', output_index, summary_index, delta: textAt(part, 'text') }
  })
  return [
    { type: 'response.output_item.added', output_index, item },
    ...summary,
    ...content,
    { type: 'response.output_item.done', output_index, item },
  ]
}

const failed: AnswerError = {
  status: 500,
  code: 'UPSTREAM_ERROR',
  message: 'The upstream reported an error and did not say which.',
}
