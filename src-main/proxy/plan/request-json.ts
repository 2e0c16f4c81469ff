/** The body of a request to the unified API, read whole. */

import type { Refusal } from '../admit/request-checks.ts'
import { parseJson } from '../answer/answer-facts.ts'
import { bodyFailed } from '../answer/call-refusals.ts'
import { headerValue } from '../raw-headers.ts'
import type { ReplayBody } from '../replay-body.ts'
import type { Exchange } from '../types.ts'

/** design.md: proxy bodies on the unified API. */
export const unifiedBodyMax = 64 * 1024 * 1024

/** The body as bytes and as a JSON object, or why it is none. */
export async function readJsonObject(
  { rawHeaders, body: reader }: Exchange,
  body: ReplayBody,
): Promise<{ bytes: Uint8Array; json: Record<string, unknown> } | Refusal> {
  if (!isJson(rawHeaders)) {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Send JSON with Content-Type: application/json.' }
  }
  const coding = headerValue(rawHeaders, 'content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity') {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The body must not be compressed: it has to be read here.' }
  }
  const bytes = await body.gather(unifiedBodyMax)
  if (body.failure !== null) return bodyFailed(body.failure)
  if (bytes === null) return (reader.length ?? body.bytes) > unifiedBodyMax ? tooLarge : noMemory
  const json = parseJson(bytes)
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { bytes, json: json as Record<string, unknown> }
  const message = json === undefined ? 'The body is not valid JSON, or it is not complete.' : 'The body must be a JSON object.'
  return { status: 400, code: 'MALFORMED_JSON', message }
}

/** By its content type. */
export function isJson(rawHeaders: readonly string[]): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(headerValue(rawHeaders, 'content-type') ?? '')
}

const tooLarge: Refusal = { status: 413, code: 'PAYLOAD_TOO_LARGE', message: 'The body is longer than 64 MiB.' }
const noMemory: Refusal = {
  status: 503,
  code: 'OUT_OF_BUFFERS',
  message: 'Too many long requests are under way. Try again in a moment.',
  retryAfter: 1,
}
