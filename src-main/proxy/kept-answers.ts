/** Answers that are kept: which calls, under which key, and the answer to one that is found. */
import type { TokenUsage } from '../providers/types.ts'
import type { AdmittedCall } from './admission.ts'
import type { Keeping } from './call-plan.ts'
import { headerValue } from './raw-headers.ts'
import type { KeptAnswer, RawHeaders } from './types.ts'

interface KeepInput {
  /** Pool or route, and what of the request is not in its body. */
  place: string
  /** 0 = not at all. */
  ttlMs: number
  /** One client may be given what another one asked for. */
  shared: boolean
  json: unknown
}

/** Answers longer than this are not kept. */
const keptMax = 4 * 1024 * 1024

/** Null when the answer is not to be kept: nothing was set, the client forbids it, or the request is not one that a body says whole. */
export function keepingOf({ exchange, client }: AdmittedCall, { place, ttlMs, shared, json }: KeepInput): Keeping | null {
  if (ttlMs <= 0 || exchange.method !== 'POST' || typeof json !== 'object' || json === null) return null
  const wishes = headerValue(exchange.rawHeaders, 'cache-control')?.toLowerCase() ?? ''
  if (/\bno-store\b/.test(wishes)) return null
  // Beta features and versions change what the same body means.
  const variants = ['anthropic-version', 'anthropic-beta', 'openai-beta', 'accept'].map(
    (name) => headerValue(exchange.rawHeaders, name) ?? '',
  )
  try {
    const key = JSON.stringify([shared ? null : client.id, place, variants, sorted(json)])
    return { key, ttlMs, fresh: /\b(?:no-cache|max-age=0)\b/.test(wishes) }
  } catch {
    // Nested too deeply to be put in order: no conversation is.
    return null
  }
}

/** The bytes that a client is given, as long as they are few enough to be kept. */
export class AnswerCopy {
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #contentType = ''

  headers(sent: RawHeaders): void {
    this.#contentType = headerValue(sent, 'content-type') ?? ''
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength
    // Copied: a chunk is the giver's again when this returns.
    if (this.#bytes <= keptMax) this.#chunks.push(new Uint8Array(chunk))
    else this.#chunks.length = 0
  }

  /** Null = there were too many, or nobody could tell what they are. */
  answer(usage: TokenUsage | null): KeptAnswer | null {
    if (this.#bytes > keptMax || this.#contentType === '') return null
    return { status: 200, headers: ['content-type', this.#contentType], body: Buffer.concat(this.#chunks), usage }
  }
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
