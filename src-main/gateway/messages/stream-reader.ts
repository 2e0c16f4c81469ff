/** Reads an Anthropic stream into answer events. */
import { sseData } from '../shared/sse-data.ts'
import type { AnswerError, AnswerEvent, AnswerReader } from '../types.ts'
import { MessageEvents } from './read-events.ts'

export function streamReader(): AnswerReader {
  const events = new MessageEvents()
  let found: AnswerEvent[] = []
  const sse = sseData(
    (data) => found.push(...readData(events, data)),
    () => found.push(...fail(events, 'The upstream sent an event that is too long to be read.')),
  )

  function taken(): AnswerEvent[] {
    const events = found
    found = []
    return events
  }

  return {
    push(chunk) {
      sse.push(chunk)
      return taken()
    },
    end() {
      sse.end()
      return [...taken(), ...fail(events, 'The upstream broke off in the middle of its answer.', 'UPSTREAM_BROKE_OFF')]
    },
  }
}

function readData(events: MessageEvents, data: string): AnswerEvent[] {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    return fail(events, 'The upstream sent an event that is not JSON.')
  }
  return events.read(event)
}

function fail(events: MessageEvents, message: string, code: AnswerError['code'] = 'UPSTREAM_BAD_ANSWER'): AnswerEvent[] {
  return events.ended ? [] : events.fail({ status: 502, code, message })
}
