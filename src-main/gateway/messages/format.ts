/** Anthropic's Messages format, as client and as upstream. */
import { sseReader } from '../shared/sse-reader.ts'
import { type AnswerEvent, type Format, Untranslatable } from '../types.ts'
import { writeError } from './errors.ts'
import { MessageEvents, messageEvents } from './read-events.ts'
import { readRequest } from './read-request.ts'
import { streamError, streamWriter } from './stream-writer.ts'
import { writeAnswer } from './write-answer.ts'
import { writeRequest } from './write-request.ts'

export const messagesFormat: Format = {
  readRequest,
  writeRequest,
  readAnswer,
  writeAnswer,
  streamReader: () => sseReader(new MessageEvents()),
  streamWriter,
  writeError,
  streamError,
}

function readAnswer(body: unknown): AnswerEvent[] {
  const events = messageEvents(body)
  if (events === null) throw new Untranslatable('body', "The upstream's answer is no message of Anthropic's API.")
  return events
}
