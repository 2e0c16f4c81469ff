/** Gemini's generateContent format, as client and as upstream. */
import { sseReader } from '../shared/sse-reader.ts'
import { type AnswerEvent, type Format, Untranslatable } from '../types.ts'
import { writeError } from './errors.ts'
import { answerEvents, GeminiEvents } from './read-events.ts'
import { readRequest } from './read-request.ts'
import { arrayFraming, streamError, streamWriter } from './stream-writer.ts'
import { writeAnswer } from './write-answer.ts'
import { writeRequest } from './write-request.ts'

export const geminiFormat: Format = {
  readRequest,
  writeRequest,
  readAnswer,
  writeAnswer,
  streamReader: () => sseReader(new GeminiEvents()),
  streamWriter: (asked) => streamWriter(asked),
  writeError,
  streamError,
}

/** For clients of `:streamGenerateContent` without `alt=sse`. A stream that breaks must be ended with its writer's `error` event, which closes the array. */
export const geminiArrayFormat: Format = {
  ...geminiFormat,
  streamWriter: (asked) => streamWriter(asked, arrayFraming()),
  streamError: (error) => Buffer.from(`,\r\n${JSON.stringify(writeError(error))}]`),
}

function readAnswer(body: unknown): AnswerEvent[] {
  const events = answerEvents(body)
  if (events === null) throw new Untranslatable('body', "The upstream's answer is none of Gemini's API.")
  return events
}
