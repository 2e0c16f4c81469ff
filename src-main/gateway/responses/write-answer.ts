/** Answers as the Responses API gives them, whole or as a stream: both are the same events. */
import { writeError } from '../shared/openai-error.ts'
import { type AnswerError, type AnswerWriter, type Conversation, type Format, Untranslatable } from '../types.ts'
import { errorFields, ResponseEvents } from './response-events.ts'

/** An answer that is an error becomes the body of one. Throws Untranslatable for audio. */
export const writeAnswer: Format['writeAnswer'] = (events, asked) => {
  const maker = new ResponseEvents(asked, () => undefined)
  for (const event of events) {
    if (event.type === 'error') return writeError(event.error)
    maker.take(event)
  }
  if (maker.error !== null) throw new Untranslatable('output', maker.error.message)
  return maker.response
}

export function streamWriter(asked: Conversation): AnswerWriter {
  let text = ''
  let number = 0
  const maker = new ResponseEvents(asked, (type, fields) => {
    text += sse(type, fields, number++)
  })
  return {
    write(events) {
      for (const event of events) maker.take(event)
      const written = Buffer.from(text)
      text = ''
      return written
    },
  }
}

export function streamError(error: AnswerError): Uint8Array {
  return Buffer.from(sse('error', errorFields(error), 0))
}

function sse(type: string, fields: Record<string, unknown>, number: number): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...fields })}\n\n`
}
