/** Answers that are kept: which calls, under which key, and the answer to one that is found. */
import type { TokenUsage } from '../../providers/types.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import { credentialHeaders } from '../admit/client-token.ts'
import { filterHeaders, headerValue } from '../raw-headers.ts'
import type { KeptAnswer, RawHeaders } from '../types.ts'
import type { Keeping, Step } from './call-plan.ts'
import { isWholeAnswer } from './whole-answer.ts'

interface KeepInput {
  /** What of the request is not in its body. */
  asked: string
  /** Where it may be answered: another route, or another client's share of its pools, is another question. */
  steps: readonly Step[]
  /** 0 = not at all. */
  ttlMs: number
  /** One client may be given what another one asked for. */
  shared: boolean
  json: unknown
  /** What `json` was read from. */
  bytes: Uint8Array | null
}

/** Answers longer than this are not kept. */
const keptMax = 4 * 1024 * 1024

/** Null when the answer is not to be kept: nothing was set, the client forbids it, or the request is not one that a body says whole. */
export function keepingOf(
  { exchange, client }: AdmittedCall,
  { asked, steps, ttlMs, shared, json, bytes }: KeepInput,
): Keeping | null {
  if (ttlMs <= 0 || bytes === null || exchange.method !== 'POST' || typeof json !== 'object' || json === null) return null
  const wishes = headerValue(exchange.rawHeaders, 'cache-control')?.toLowerCase() ?? ''
  if (/\bno-store\b/.test(wishes)) return null
  // In any order, for a route divides its calls by weight.
  const places = steps.map(({ pool, model = '' }) => `${pool}\n${model}`).toSorted()
  try {
    const key = JSON.stringify([shared ? null : client.id, asked, places, variants(exchange.rawHeaders), normal(json, bytes)])
    return { key, ttlMs, fresh: /\b(?:no-cache|max-age=0)\b/.test(wishes) }
  } catch {
    // Nested too deeply to be put in order: no conversation is.
    return null
  }
}

/**
 * Headers that are another one each time, that never reach the upstream, or that say by what program and how the answer is wanted.
 * Any other may change what is answered: a version, a beta feature, a tenant of the upstream's own.
 */
const incidental =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|date|content-length|cache-control|pragma|user-agent|accept-encoding|content-type|priority|idempotency-key|traceparent|tracestate|baggage|x-(?:client-)?request-id|x-correlation-id|x-stainless-.*|x-goog-api-client|x-keywheel-.*|origin|referer|sec-.*)$/

/** The other headers, whatever their order and case. */
function variants(raw: readonly string[]): string[] {
  const kept = filterHeaders(raw, (name) => !credentialHeaders.has(name) && !incidental.test(name))
  return kept.flatMap((name, at) => (at % 2 === 0 ? `${name.toLowerCase()}: ${kept[at + 1] ?? ''}` : [])).toSorted()
}

/** The bytes that a client is given, as long as they are few enough to be kept. */
export class AnswerCopy {
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #contentType = ''
  #converted = false

  headers(sent: RawHeaders): void {
    this.#contentType = headerValue(sent, 'content-type') ?? ''
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength
    // Copied: a chunk is the giver's again when this returns.
    if (this.#bytes <= keptMax) this.#chunks.push(Buffer.from(chunk))
    else this.#chunks.length = 0
  }

  /** All of an answer that was read, understood and written anew. */
  converted(bytes: Uint8Array): void {
    this.#converted = true
    this.push(bytes)
  }

  /** Null = there were too many, nobody could tell what they are, or they end in the midst of an answer. */
  answer(usage: TokenUsage | null): KeptAnswer | null {
    if (this.#bytes > keptMax || this.#contentType === '') return null
    const body = Buffer.concat(this.#chunks)
    if (!this.#converted && !isWholeAnswer(this.#contentType, body)) return null
    return { status: 200, headers: ['content-type', this.#contentType], body, usage }
  }
}

/**
 * In one order; byte for byte where reading it loses something (a field said twice, digits beyond a double's) that the upstream may
 * go by.
 */
function normal(json: object, bytes: Uint8Array): unknown {
  return Buffer.from(JSON.stringify(json)).equals(bytes) ? sorted(json) : Buffer.from(bytes).toString('latin1')
}

/** The same for every order of an object's fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  )
}
