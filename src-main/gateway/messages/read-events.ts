/** The events of an Anthropic stream, one by one, and of a whole message, which is the same blocks at once. */
import { at, listAt, textAt } from '../../providers/read.ts'
import { brokeOff } from '../shared/broke-off.ts'
import { errorIn } from '../shared/openai-error.ts'
import type { EventFollower } from '../shared/sse-reader.ts'
import type { AnswerError, AnswerEvent } from '../types.ts'
import { readStop } from './stop.ts'
import { readUsage } from './usage.ts'

const unsaid: AnswerError = { status: 500, code: 'api_error', message: 'The upstream reported an error and did not say which.' }

/** Follows one answer. `read` takes the parsed data of each event; `ended` once the last has come or an error has. */
export class MessageEvents implements EventFollower {
  ended = false
  #open: 'none' | 'plain' | 'tool-call' = 'none'
  #argsSeen = false
  #started = false

  read(event: unknown): AnswerEvent[] {
    if (this.ended) return []
    switch (textAt(event, 'type')) {
      case 'message_start':
        return this.#start(at(event, 'message'))
      case 'content_block_start':
        return this.#block(at(event, 'content_block'))
      case 'content_block_delta':
        return this.#delta(at(event, 'delta'))
      case 'content_block_stop':
        return this.#close()
      case 'message_delta':
        return this.#messageDelta(event)
      case 'message_stop':
        this.ended = true
        return [...this.#close(), { type: 'end' }]
      case 'error':
        return this.fail(errorIn(event) ?? unsaid)
      // `ping`, and kinds of events that are yet to come: the API's rule is to pass over them.
      default:
        return []
    }
  }

  /** The last event says that it is the last; without it the answer was cut. */
  end(): AnswerEvent[] {
    if (this.ended) return []
    return this.fail(brokeOff)
  }

  fail(error: AnswerError): AnswerEvent[] {
    this.ended = true
    return [{ type: 'error', error }]
  }

  #start(message: unknown): AnswerEvent[] {
    if (this.#started) return []
    this.#started = true
    return [startOf(message), { type: 'usage', usage: readUsage(at(message, 'usage')) }]
  }

  #block(block: unknown): AnswerEvent[] {
    const before = this.#close()
    const type = textAt(block, 'type')
    switch (type) {
      case 'text':
        return [...before, ...this.#opened({ type: 'open', part: { kind: 'text' } }, 'plain'), ...deltaOf(textAt(block, 'text'))]
      case 'thinking':
        return [...before, ...this.#opened({ type: 'open', part: { kind: 'thinking' } }, 'plain'), ...thoughtOf(block)]
      case 'tool_use':
        return [...before, ...this.#toolUse(block)]
      case 'redacted_thinking':
        return [...before, { type: 'whole', part: { kind: 'redacted-thinking', data: textAt(block, 'data') } }]
      default:
        return [...before, ...this.fail(unknownBlock(type))]
    }
  }

  #toolUse(block: unknown): AnswerEvent[] {
    const part = { kind: 'tool-call', id: textAt(block, 'id'), name: textAt(block, 'name') } as const
    const opened = this.#opened({ type: 'open', part }, 'tool-call')
    const input = at(block, 'input')
    // In a stream it starts as {} and comes in deltas; whole answers, and some imitations of the API, have it here.
    if (typeof input !== 'object' || input === null || Object.keys(input).length === 0) return opened
    return [...opened, ...this.#args(JSON.stringify(input))]
  }

  #opened(event: AnswerEvent, kind: 'plain' | 'tool-call'): AnswerEvent[] {
    this.#open = kind
    this.#argsSeen = false
    return [event]
  }

  #delta(delta: unknown): AnswerEvent[] {
    if (this.#open === 'none') return []
    switch (textAt(delta, 'type')) {
      case 'text_delta':
        return deltaOf(textAt(delta, 'text'))
      case 'thinking_delta':
        return deltaOf(textAt(delta, 'thinking'))
      case 'input_json_delta':
        return this.#args(textAt(delta, 'partial_json'))
      case 'signature_delta':
        return signatureOf(textAt(delta, 'signature'))
      // Citations belong to the text, and no other format has a place for them.
      default:
        return []
    }
  }

  #args(text: string): AnswerEvent[] {
    this.#argsSeen ||= text !== ''
    return deltaOf(text)
  }

  #close(): AnswerEvent[] {
    const open = this.#open
    this.#open = 'none'
    if (open === 'none') return []
    // A call without arguments may send no delta at all; other formats want JSON there.
    const none: AnswerEvent[] = open === 'tool-call' && !this.#argsSeen ? [{ type: 'delta', text: '{}' }] : []
    return [...none, { type: 'close' }]
  }

  #messageDelta(event: unknown): AnswerEvent[] {
    const usage: AnswerEvent = { type: 'usage', usage: readUsage(at(event, 'usage')) }
    return [...this.#close(), usage, ...stopOf(at(event, 'delta'))]
  }
}

/** A whole message as the events that it would have been. Null when it is none. */
export function messageEvents(body: unknown): AnswerEvent[] | null {
  if (at(body, 'type') === 'error') return [{ type: 'error', error: errorIn(body) ?? unsaid }]
  if (at(body, 'type') !== 'message' || !Array.isArray(at(body, 'content'))) return null
  const reader = new MessageEvents()
  const events = reader.read({ type: 'message_start', message: body })
  for (const block of listAt(body, 'content')) {
    events.push(...reader.read({ type: 'content_block_start', content_block: block }))
    events.push(...reader.read({ type: 'content_block_stop' }))
  }
  if (reader.ended) return events
  return [...events, ...stopOf(body), ...reader.read({ type: 'message_stop' })]
}

function startOf(message: unknown): AnswerEvent {
  return { type: 'start', id: textAt(message, 'id'), model: textAt(message, 'model'), createdAt: null }
}

function stopOf(said: unknown): AnswerEvent[] {
  const reason = textAt(said, 'stop_reason')
  if (reason === '') return []
  return [{ type: 'stop', reason: readStop(reason), sequence: textAt(said, 'stop_sequence') || null }]
}

function thoughtOf(block: unknown): AnswerEvent[] {
  return [...deltaOf(textAt(block, 'thinking')), ...signatureOf(textAt(block, 'signature'))]
}

function deltaOf(text: string): AnswerEvent[] {
  return text === '' ? [] : [{ type: 'delta', text }]
}

function signatureOf(signature: string): AnswerEvent[] {
  return signature === '' ? [] : [{ type: 'signature', signature }]
}

function unknownBlock(type: string): AnswerError {
  const message = `The upstream's answer has a part of type "${type.slice(0, 60)}", which this API has no place for.`
  return { status: 502, code: 'UPSTREAM_BAD_ANSWER', message }
}
