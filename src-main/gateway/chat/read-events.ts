/** The chunks of a chat stream, one by one, and of a whole completion, which is the same at once. */
import { at, listAt, textAt } from '../../providers/read.ts'
import { brokeOff } from '../shared/broke-off.ts'
import { mediaFromUrl } from '../shared/media.ts'
import { errorIn } from '../shared/openai-error.ts'
import type { EventFollower } from '../shared/sse-reader.ts'
import type { AnswerError, AnswerEvent } from '../types.ts'
import { CallPieces } from './read-calls.ts'
import { isFailure, readStop } from './stop.ts'
import { usageIn } from './usage.ts'

type PlainKind = 'text' | 'thinking' | 'refusal'

export class ChatEvents implements EventFollower {
  ended = false
  #started = false
  #stopped = false
  #refused = false
  #open: PlainKind | null = null
  readonly #calls = new CallPieces()

  read(chunk: unknown): AnswerEvent[] {
    if (this.ended) return []
    const error = errorIn(chunk)
    if (error !== null) return this.fail(error)
    const events: AnswerEvent[] = []
    const choice = listAt(chunk, 'choices')[0]
    const usage = usageIn(chunk)
    // Azure begins with a chunk that has neither, nor an id.
    if (choice === undefined && usage === null) return []
    if (!this.#started) events.push(this.#start(chunk))
    if (choice !== undefined && !this.#stopped) events.push(...this.#choice(choice))
    if (usage !== null && !this.ended) events.push({ type: 'usage', usage })
    return events
  }

  end(): AnswerEvent[] {
    if (this.ended) return []
    if (!this.#stopped) return this.fail(brokeOff)
    this.ended = true
    return [{ type: 'end' }]
  }

  fail(error: AnswerError): AnswerEvent[] {
    this.ended = true
    return [{ type: 'error', error }]
  }

  #start(chunk: unknown): AnswerEvent {
    this.#started = true
    const created = at(chunk, 'created')
    return {
      type: 'start',
      id: textAt(chunk, 'id'),
      model: textAt(chunk, 'model'),
      createdAt: typeof created === 'number' && Number.isInteger(created) ? created : null,
    }
  }

  #choice(choice: unknown): AnswerEvent[] {
    const delta = at(choice, 'delta')
    const events = [
      ...this.#plain('thinking', textAt(delta, 'reasoning_content') || textAt(delta, 'reasoning')),
      ...this.#content(at(delta, 'content')),
      ...this.#plain('refusal', textAt(delta, 'refusal')),
      ...this.#images(listAt(delta, 'images')),
      ...this.#toolCalls(listAt(delta, 'tool_calls')),
    ]
    const reason = textAt(choice, 'finish_reason')
    return this.ended || reason === '' ? events : [...events, ...this.#stop(reason)]
  }

  /** A text; or parts, as Mistral's thinking models send them. */
  #content(content: unknown): AnswerEvent[] {
    if (typeof content === 'string') return this.#plain('text', content)
    if (!Array.isArray(content)) return []
    return content.flatMap((part: unknown) => {
      if (textAt(part, 'type') === 'thinking')
        return this.#plain(
          'thinking',
          listAt(part, 'thinking')
            .map((inner) => textAt(inner, 'text'))
            .join(''),
        )
      return this.#plain('text', textAt(part, 'text'))
    })
  }

  #plain(kind: PlainKind, text: string): AnswerEvent[] {
    if (text === '') return []
    this.#refused ||= kind === 'refusal'
    if (this.#open === kind) return [{ type: 'delta', text }]
    const before = this.#close()
    this.#open = kind
    return [...before, { type: 'open', part: { kind } }, { type: 'delta', text }]
  }

  /** OpenRouter's place for the pictures that a model made. */
  #images(images: readonly unknown[]): AnswerEvent[] {
    return images.flatMap((image): AnswerEvent[] => {
      const media = mediaFromUrl(textAt(image, 'image_url', 'url'))
      return media === null ? [] : [...this.#close(), { type: 'whole', part: { kind: 'image', media } }]
    })
  }

  #toolCalls(pieces: readonly unknown[]): AnswerEvent[] {
    const events: AnswerEvent[] = []
    for (const [position, piece] of pieces.entries()) {
      const said = this.#calls.read(piece, position, () => this.#close())
      if (said === null) return [...events, ...this.fail(bad('The upstream mixed the pieces of two calls.'))]
      events.push(...said)
    }
    return events
  }

  #close(): AnswerEvent[] {
    if (this.#open === null) return this.#calls.close()
    this.#open = null
    return [{ type: 'close' }]
  }

  #stop(reason: string): AnswerEvent[] {
    if (isFailure(reason)) return this.fail(bad('The upstream could not finish its answer.'))
    if (this.#calls.unnamed) return this.fail(bad('The upstream called a tool without its name.'))
    this.#stopped = true
    const read = readStop(reason)
    const actual = read === 'end' && this.#calls.any ? 'tool-calls' : read === 'end' && this.#refused ? 'refusal' : read
    return [...this.#close(), { type: 'stop', reason: actual, sequence: null }]
  }
}

/** A whole completion as the events that it would have been. Null when it is none. */
export function completionEvents(body: unknown): AnswerEvent[] | null {
  const events = new ChatEvents()
  const error = errorIn(body)
  if (error !== null) return events.fail(error)
  const [choice] = listAt(body, 'choices')
  const message = at(choice, 'message')
  if (typeof message !== 'object' || message === null) return null
  const chunk = { ...(body as object), choices: [{ delta: message, finish_reason: textAt(choice, 'finish_reason') || 'stop' }] }
  return [...events.read(chunk), ...events.end()]
}

function bad(message: string): AnswerError {
  return { status: 502, code: 'UPSTREAM_BAD_ANSWER', message }
}
