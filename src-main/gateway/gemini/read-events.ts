/** Gemini's answers: the chunks of a stream one by one, and a whole answer, which is one chunk. */
import { at, listAt, textAt } from '../../providers/read.ts'
import { brokeOff } from '../shared/broke-off.ts'
import { signedCallId } from '../shared/call-id.ts'
import type { EventFollower } from '../shared/sse-reader.ts'
import type { AnswerError, AnswerEvent, StopReason } from '../types.ts'
import { isError, readError } from './errors.ts'
import { readStop } from './stop.ts'
import { readUsage } from './usage.ts'

/** Follows one answer. The last chunk does not say that it is the last, so the end is told by `end`. */
export class GeminiEvents implements EventFollower {
  ended = false
  #started = false
  #id = ''
  #open: 'text' | 'thinking' | null = null
  #calls = 0
  #stop: StopReason | null = null

  read(event: unknown): AnswerEvent[] {
    if (this.ended) return []
    // An error may come in a list, as in the form without `alt=sse`.
    const chunk: unknown = Array.isArray(event) ? event[0] : event
    if (isError(chunk)) return this.fail(readError(chunk))
    const events = this.#start(chunk)
    const candidate = listAt(chunk, 'candidates')[0]
    for (const part of listAt(candidate, 'content', 'parts')) {
      events.push(...this.#part(part))
      if (this.ended) return events
    }
    if (at(chunk, 'usageMetadata') !== undefined) events.push({ type: 'usage', usage: readUsage(at(chunk, 'usageMetadata')) })
    return [...events, ...this.#finish(chunk, candidate)]
  }

  /** Nothing more comes. Without a reason to stop, the answer was cut. */
  end(): AnswerEvent[] {
    if (this.ended) return []
    const stop = this.#stop
    if (stop === null) return this.fail(brokeOff)
    this.ended = true
    const reason = stop === 'end' && this.#calls > 0 ? 'tool-calls' : stop
    return [...this.#close(), { type: 'stop', reason, sequence: null }, { type: 'end' }]
  }

  fail(error: AnswerError): AnswerEvent[] {
    this.ended = true
    return [{ type: 'error', error }]
  }

  #start(chunk: unknown): AnswerEvent[] {
    if (this.#started) return []
    this.#started = true
    this.#id = textAt(chunk, 'responseId')
    return [{ type: 'start', id: this.#id, model: textAt(chunk, 'modelVersion'), createdAt: null }]
  }

  #part(part: unknown): AnswerEvent[] {
    const call = at(part, 'functionCall')
    if (call !== undefined) return this.#call(call, textAt(part, 'thoughtSignature'))
    const media = at(part, 'inlineData')
    if (media !== undefined) return this.#media(media)
    const text = at(part, 'text')
    if (typeof text === 'string') return this.#text(at(part, 'thought') === true ? 'thinking' : 'text', text)
    return this.#other(part)
  }

  /** Texts go on from chunk to chunk. An empty one carries a signature only, which no other format can and Google lets us leave out. */
  #text(kind: 'text' | 'thinking', text: string): AnswerEvent[] {
    if (text === '') return []
    const delta: AnswerEvent = { type: 'delta', text }
    if (this.#open === kind) return [delta]
    const closed = this.#close()
    this.#open = kind
    return [...closed, { type: 'open', part: { kind } }, delta]
  }

  #call(call: unknown, signature: string): AnswerEvent[] {
    const own = textAt(call, 'id') || `call_${this.#id.replace(/[^\w-]/g, '') || 'gemini'}_${this.#calls}`
    this.#calls++
    const id = signature === '' ? own : signedCallId(own, signature)
    return [
      ...this.#close(),
      { type: 'open', part: { kind: 'tool-call', id, name: textAt(call, 'name') } },
      { type: 'delta', text: JSON.stringify(at(call, 'args') ?? {}) },
      { type: 'close' },
    ]
  }

  #media(media: unknown): AnswerEvent[] {
    const [mime, data] = [textAt(media, 'mimeType'), textAt(media, 'data')]
    const closed = this.#close()
    if (mime.startsWith('image/')) return [...closed, { type: 'whole', part: { kind: 'image', media: { mime, data } } }]
    if (mime.startsWith('audio/')) return [...closed, { type: 'whole', part: { kind: 'audio', media: { mime, data } } }]
    return this.fail(unknownPart(`of type ${mime.slice(0, 60)}`))
  }

  /** A signature alone says nothing; any other part is something that nobody here can tell. */
  #other(part: unknown): AnswerEvent[] {
    const names = Object.keys(part ?? {}).filter((name) => name !== 'thoughtSignature' && name !== 'thought')
    return names.length === 0 ? [] : this.fail(unknownPart(names.join(', ').slice(0, 60)))
  }

  #close(): AnswerEvent[] {
    if (this.#open === null) return []
    this.#open = null
    return [{ type: 'close' }]
  }

  #finish(chunk: unknown, candidate: unknown): AnswerEvent[] {
    const reason = textAt(candidate, 'finishReason')
    // A prompt that is blocked has no candidate at all.
    if (reason === '' && textAt(chunk, 'promptFeedback', 'blockReason') !== '') this.#stop = 'filtered'
    if (reason === '' || reason === 'FINISH_REASON_UNSPECIFIED') return []
    this.#stop = readStop(reason, this.#calls > 0)
    if (this.#stop !== null) return []
    const message = `The model's answer was broken (${reason.slice(0, 60)}).`
    return this.fail({ status: 502, code: reason, message })
  }
}

/** A whole answer as the events that it would have been. Null when it is none. */
export function answerEvents(body: unknown): AnswerEvent[] | null {
  const whole: unknown = Array.isArray(body) && isError(body[0]) ? body[0] : body
  const isAnswer = Array.isArray(at(whole, 'candidates')) || at(whole, 'promptFeedback') !== undefined
  if (!isAnswer && !isError(whole)) return null
  const reader = new GeminiEvents()
  const events = reader.read(whole)
  return [...events, ...reader.end()]
}

function unknownPart(what: string): AnswerError {
  return {
    status: 502,
    code: 'UPSTREAM_BAD_ANSWER',
    message: `The upstream's answer has a part that this API has no place for (${what}).`,
  }
}
