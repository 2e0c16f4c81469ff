/** The meter of server-sent events. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Outcome } from '../pool/types.ts'
import type { ErrorReader } from './body-error.ts'
import type { UsageMeter } from './types.ts'
import { noUsage, withUsage } from './usage.ts'

/** A line or event longer than this many characters ends the reading; what was read before stays. */
const eventMax = 1024 * 1024

/**
 * Such events are parsed, and the first one, which names the model; the many others carry text that nobody here reads. With
 * `include_usage` each of them says that it has none yet.
 */
const worthReading = /"(?:usage|usageMetadata|error|ERROR)"(?!\s*:\s*null)/

const ends = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])

export function sseMeter(errorIn: ErrorReader): UsageMeter {
  const decoder = new TextDecoder()
  let usage = noUsage()
  let error: Outcome | null = null
  let responses: 'none' | 'open' | 'ended' = 'none'
  let deaf = false
  let first = true

  const parser = createParser({
    maxBufferSize: eventMax,
    onEvent: read,
    onError(problem) {
      deaf ||= problem.type === 'max-buffer-size-exceeded'
    },
  })

  function read({ event, data }: EventSourceMessage): void {
    if (event?.startsWith('response.')) responses = ends.has(event) ? 'ended' : 'open'
    if (!first && event !== 'error' && !worthReading.test(data)) return
    first = false
    const value = tryParse(data)
    usage = withUsage(usage, value)
    error ??= errorIn(value)
  }

  return {
    push(chunk) {
      if (!deaf) parser.feed(decoder.decode(chunk, { stream: true }))
    },
    finish(complete) {
      // The Responses API always says how it ended; a stream that just stops was cut somewhere behind the upstream.
      const unended = complete && !deaf && responses === 'open' && error === null
      return { usage, error: unended ? { class: 'network', message: 'the stream ended without its last event' } : error }
    },
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // `[DONE]`, or anything else that is not JSON.
    return undefined
  }
}
