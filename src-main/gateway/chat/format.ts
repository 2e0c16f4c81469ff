/** OpenAI's chat completions, as client and as upstream. */
import { writeError } from '../shared/openai-error.ts'
import { sseReader } from '../shared/sse-reader.ts'
import { type Format, Untranslatable } from '../types.ts'
import { ChatEvents, completionEvents } from './read-events.ts'
import { readRequest } from './read-request.ts'
import { streamError, streamWriter } from './stream-writer.ts'
import { writeAnswer } from './write-answer.ts'
import { writeRequest } from './write-request.ts'

export const chatFormat: Format = {
  readRequest,
  writeRequest,
  readAnswer(body) {
    const events = completionEvents(body)
    if (events === null) throw new Untranslatable('body', "The upstream's answer is no chat completion.")
    return events
  },
  writeAnswer,
  streamReader: () => sseReader(new ChatEvents()),
  streamWriter,
  writeError,
  streamError,
}
