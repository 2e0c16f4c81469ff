/** The beginning of a good answer, looked at before the client sees any of it: an error inside a 200 can still go to the next key. */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Outcome } from '../../pool/types.ts'
import type { ProviderDefinition } from '../../providers/types.ts'
import { createMeterTap, type MeterReading } from '../answer/meter-tap.ts'
import { headerValue } from '../raw-headers.ts'
import type { RawHeaders } from '../types.ts'

/** Follows an answer's first bytes. */
export interface Opening {
  /** Bytes that are held back at most. */
  readonly maxBytes: number
  /** False = enough was seen, nothing has to be held back any more. */
  push(chunk: Uint8Array): boolean
  /** What was seen; `whole` is the body when all of it is here. A promise only when that has to be decoded first. */
  verdict(whole: Uint8Array | null): OpeningVerdict | Promise<OpeningVerdict>
}

export interface OpeningVerdict {
  /** What the provider's rules make of the error that is there instead of an answer; null = none was seen. */
  error: Outcome | null
  /** Of a whole answer, so that nobody reads it twice. */
  read: MeterReading | null
}

/**
 * A stream's head and its events without content (pings, `message_start`, a chunk with nothing but the role) are held back until the
 * first content, and for so long at most: clients that wait for a sign of life get one, and a provider that fails does it at once.
 */
export const openingMaxMs = 2_000

/** Null when there is nothing in such an answer that could be understood. */
export function openingOf(provider: ProviderDefinition, headers: RawHeaders, now: () => number): Opening | null {
  const contentType = headerValue(headers, 'content-type') ?? ''
  const coding = headerValue(headers, 'content-encoding')
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream') return coding === undefined || coding === 'identity' ? eventOpening(provider, now) : null
  return type === 'application/json' || type.endsWith('+json') ? jsonOpening(provider, { contentType, coding, now }) : null
}

interface JsonInput {
  contentType: string
  coding: string | undefined
  now: () => number
}

/** A JSON answer is of use only when it is whole, so nobody is kept waiting; but for Gemini's streams, which are one array. */
function jsonOpening(provider: ProviderDefinition, { contentType, coding, now }: JsonInput): Opening | null {
  const meter = provider.meter(contentType, now)
  if (meter === null) return null
  let start = ''
  return {
    maxBytes: 256 * 1024,
    push(chunk) {
      if (start.length >= 64 || coding !== undefined) return true
      start = (start + Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(64, chunk.byteLength)).toString('latin1')).trimStart()
      return !start.startsWith('[') || /^\[\s*(?:\{\s*(?:"(?:e(?:r(?:r(?:o(?:r.*)?)?)?)?)?)?)?$/s.test(start)
    },
    verdict(whole) {
      if (whole === null) return { error: null, read: null }
      const tap = createMeterTap(meter, coding)
      tap.push(whole)
      const read = tap.finish(true)
      return read instanceof Promise ? read.then(verdictOf) : verdictOf(read)
    },
  }
}

function verdictOf(read: MeterReading): OpeningVerdict {
  return { error: read.error, read }
}

function eventOpening(provider: ProviderDefinition, now: () => number): Opening | null {
  if (provider.meter('text/event-stream', now) === null) return null
  let open = true
  let error: Outcome | null = null
  const parser = createParser({
    maxBufferSize: 64 * 1024,
    onError() {
      open = false
    },
    onEvent(event) {
      if (!open) return
      const value = parsed(event.data)
      error = errorIn(event, provider, now)
      open = error === null && isPreamble(event, value)
    },
  })
  return {
    maxBytes: 64 * 1024,
    push(chunk) {
      // Byte by byte, as the meter does.
      if (open) parser.feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1'))
      return open
    },
    verdict: () => ({ error, read: null }),
  }
}

/** `data` has a character for each byte. The provider's rules for an error that comes as a whole body hold for one that comes as an event. */
function errorIn({ event, data }: EventSourceMessage, provider: ProviderDefinition, now: () => number): Outcome | null {
  if (event !== 'error' && !/"(?:error|ERROR)"/.test(data)) return null
  const meter = provider.meter('application/json', now)
  meter?.push(Buffer.from(data, 'latin1'))
  return meter?.finish(true).error ?? null
}

const starts: ReadonlySet<string> = new Set([
  'ping',
  'message_start',
  'response.created',
  'response.queued',
  'response.in_progress',
])

/** Says nothing of the answer yet. */
function isPreamble({ event = '' }: EventSourceMessage, value: unknown): boolean {
  const { type, choices } = (value ?? {}) as { type?: unknown; choices?: unknown }
  if (starts.has(event) || (typeof type === 'string' && starts.has(type))) return true
  return Array.isArray(choices) && choices.every(saysNothing)
}

/** A choice of chat completions with the role alone. */
function saysNothing(choice: unknown): boolean {
  const { delta, finish_reason: end } = (choice ?? {}) as { delta?: Record<string, unknown>; finish_reason?: unknown }
  if (typeof delta !== 'object' || delta === null || (end !== undefined && end !== null)) return false
  return Object.entries(delta).every(
    ([name, said]) => name === 'role' || said === null || said === '' || (Array.isArray(said) && said.length === 0),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Not JSON: whatever it is, it is the client's.
    return undefined
  }
}
