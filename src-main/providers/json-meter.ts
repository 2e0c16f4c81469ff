/** The meter of plain JSON answers, and of Gemini's streams that are one JSON array. */
import type { ErrorReader } from './body-error.ts'
import type { TokenUsage, UsageMeter } from './types.ts'
import { noUsage, withUsage } from './usage.ts'

/** What is kept of one answer at most; a longer one has no known usage. */
const bodyMax = 8 * 1024 * 1024

export function jsonMeter(errorIn: ErrorReader): UsageMeter {
  let chunks: Uint8Array[] = []
  let length = 0
  return {
    push(chunk) {
      length += chunk.length
      // A chunk is the caller's own after this call, so it is copied.
      if (length <= bodyMax) chunks.push(Uint8Array.from(chunk))
      else chunks = []
    },
    finish() {
      const whole = length <= bodyMax ? parsed(Buffer.concat(chunks).toString('utf8')) : undefined
      chunks = []
      // A cut answer does not parse, save for an array whose first pieces are whole; see `parsed`.
      const pieces: readonly unknown[] = Array.isArray(whole) ? whole : [whole]
      const usage = pieces.reduce<TokenUsage>(withUsage, noUsage())
      return { usage, error: pieces.map(errorIn).find((error) => error !== null) ?? null }
    },
  }
}

/** Undefined when it is not JSON. A stream in array form that was cut is closed after its last whole piece. */
function parsed(text: string): unknown {
  const whole = tryParse(text)
  if (whole !== undefined || !text.trimStart().startsWith('[')) return whole
  // Gemini begins every further piece with a comma at the start of a line or right after the brace before it.
  for (let end = text.lastIndexOf('}'), tries = 0; end > 0 && tries < 64; end = text.lastIndexOf('}', end - 1), tries++) {
    const closed = tryParse(`${text.slice(0, end + 1)}]`)
    if (closed !== undefined) return closed
  }
  return undefined
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // Not JSON, or cut short: an answer may be anything.
    return undefined
  }
}
