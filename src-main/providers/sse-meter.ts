/** The meter of server-sent events. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Outcome } from '../pool/types.ts'
import type { ErrorReader } from './body-error.ts'
import type { UsageMeter } from './types.ts'
import { noUsage, withUsage } from './usage.ts'

/** A line or event longer than this many bytes ends the reading; what was read before stays. */
const eventMax = 1024 * 1024

/**
 * Such events are parsed, and the first one, which names the model; the many others carry text that nobody here reads. With
 * `include_usage` each of them says that it has none yet.
 */
const worthReading = /"(?:usage|usageMetadata|error|ERROR)"(?!\s*:\s*null)/

const ends = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error'])

export function sseMeter(errorIn: ErrorReader): UsageMeter {
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
    const value = tryParse(Buffer.from(data, 'latin1').toString())
    usage = withUsage(usage, value)
    error ??= errorIn(value)
  }

  return {
    push(chunk) {
      // Byte by byte, which is much less work than UTF-8 and shows where lines end just as well; what is read is decoded then.
      if (!deaf) parser.feed(bytesOf(chunk).toString('latin1'))
    },
    finish(complete) {
      // The Responses API always says how it ended; a stream that just stops was cut somewhere behind the upstream.
      const unended = complete && !deaf && responses === 'open' && error === null
      return { usage, error: unended ? { class: 'network', message: 'the stream ended without its last event' } : error }
    },
  }
}

function bytesOf(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // `[DONE]`, or anything else that is not JSON.
    return undefined
  }
}
