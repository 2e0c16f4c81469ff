/**
 * Gemini's two forms of a stream between themselves: upstreams are always asked for `alt=sse`, and a client that did not say so
 * gets the same chunks, byte for byte, in one JSON array.
 */
import { sseData } from '../shared/sse-data.ts'
import type { AnswerError, AnswerTranslation, StreamTranslation } from '../types.ts'
import { writeError } from './errors.ts'
import { GeminiEvents } from './read-events.ts'
import { arrayFraming } from './stream-writer.ts'

/** For Gemini's client of a Gemini upstream; what is no stream stays as it is. */
export const arrayAnswer: AnswerTranslation = {
  whole: (_status, body) => body as Record<string, unknown>,
  stream: arrayStream,
}

const nothing = new Uint8Array(0)

export function arrayStream(): StreamTranslation {
  const framing = arrayFraming()
  const follower = new GeminiEvents()
  let text = ''
  let error: AnswerError | null = null
  const sse = sseData(pass, () =>
    fail({ status: 502, code: 'UPSTREAM_BAD_ANSWER', message: 'The upstream sent an event that is too long to be read.' }),
  )

  function pass(data: string): void {
    if (error !== null) return
    let chunk: unknown
    try {
      chunk = JSON.parse(data)
    } catch {
      fail({ status: 502, code: 'UPSTREAM_BAD_ANSWER', message: 'The upstream sent an event that is not JSON.' })
      return
    }
    const last = follower.read(chunk).at(-1)
    text += framing.chunk(data)
    if (last?.type !== 'error') return
    error = last.error
    text += framing.end()
  }

  function fail(failure: AnswerError): void {
    error ??= failure
    text += framing.chunk(JSON.stringify(writeError(failure))) + framing.end()
  }

  function taken(): Uint8Array {
    if (text === '') return nothing
    const bytes = Buffer.from(text)
    text = ''
    return bytes
  }

  return {
    push(bytes) {
      sse.push(bytes)
      return taken()
    },
    end() {
      sse.end()
      if (error === null) {
        const last = follower.end().at(-1)
        if (last?.type === 'error') fail(last.error)
        else text += framing.end()
      }
      return taken()
    },
    fail(failure) {
      if (error === null) fail(failure)
      return taken()
    },
    get error() {
      return error
    },
  }
}
