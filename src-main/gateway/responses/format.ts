/** OpenAI's Responses API, as client and as upstream. */
import { writeError } from '../shared/openai-error.ts'
import { sseReader } from '../shared/sse-reader.ts'
import { type Format, Untranslatable } from '../types.ts'
import { ResponseReader, responseEvents } from './read-events.ts'
import { readRequest } from './read-request.ts'
import { streamError, streamWriter, writeAnswer } from './write-answer.ts'
import { writeRequest } from './write-request.ts'

export const responsesFormat: Format = {
  readRequest,
  writeRequest,
  readAnswer(body) {
    const events = responseEvents(body)
    if (events === null) throw new Untranslatable('body', "The upstream's answer is no response of the Responses API.")
    return events
  },
  writeAnswer,
  streamReader: () => sseReader(new ResponseReader()),
  streamWriter,
  writeError,
  streamError,
}
