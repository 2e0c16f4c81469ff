/** Reads a stream of server-sent events, each with JSON as its data, for what understands that JSON. */
import type { AnswerError, AnswerEvent, AnswerReader } from '../types.ts'
import { sseData } from './sse-data.ts'

/** Follows one answer. */
export interface EventFollower {
  /** The answer is over, or an error has ended it: nothing is read any more. */
  readonly ended: boolean
  read(event: unknown): AnswerEvent[]
  /** Nothing more comes: the last events, or an error when the answer was cut. Nothing when it is over. */
  end(): AnswerEvent[]
  fail(error: AnswerError): AnswerEvent[]
}

export function sseReader(follower: EventFollower): AnswerReader {
  let found: AnswerEvent[] = []
  let ending = false
  const sse = sseData(
    (data) => found.push(...readData(follower, data, ending)),
    () => found.push(...bad(follower, 'The upstream sent an event that is too long to be read.')),
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
      ending = true
      sse.end()
      return [...taken(), ...follower.end()]
    },
  }
}

/** `last` = nothing follows: what is no JSON was cut. */
function readData(follower: EventFollower, data: string, last: boolean): AnswerEvent[] {
  if (follower.ended) return []
  // How streams of OpenAI's chat end.
  if (data === '[DONE]') return follower.end()
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    return last ? follower.end() : bad(follower, 'The upstream sent an event that is not JSON.')
  }
  return follower.read(event)
}

function bad(follower: EventFollower, message: string): AnswerEvent[] {
  return follower.ended ? [] : follower.fail({ status: 502, code: 'UPSTREAM_BAD_ANSWER', message })
}
