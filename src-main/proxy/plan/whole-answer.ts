/** Whether an answer is there to its end: one that stops early without an error is no answer to give again. */
import { createParser } from 'eventsource-parser'
import { at, listAt, textAt } from '../../providers/read.ts'
import { parseJson } from '../answer/answer-facts.ts'

/** JSON that can be read, or a stream of events that says that it is over; of anything else it cannot be told. */
export function isWholeAnswer(contentType: string, body: Uint8Array): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream') return saysItsEnd(body)
  return (type === 'application/json' || type.endsWith('+json')) && parseJson(body) !== undefined
}

/** Usage may follow the end, and so may a `[DONE]`. */
const lastEvents = 4

function saysItsEnd(body: Uint8Array): boolean {
  const events: string[] = []
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) })
  parser.feed(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())
  return events.slice(-lastEvents).some((data) => data === '[DONE]' || isEnd(parseJson(Buffer.from(data))))
}

const ends: ReadonlySet<string> = new Set(['message_stop', 'response.completed', 'response.incomplete'])

function isEnd(event: unknown): boolean {
  if (ends.has(textAt(event, 'type')) || textAt(event, 'promptFeedback', 'blockReason') !== '') return true
  if (listAt(event, 'choices').some((choice) => textAt(choice, 'finish_reason') !== '')) return true
  return listAt(event, 'candidates').some((one) => at(one, 'finishReason') !== undefined)
}
