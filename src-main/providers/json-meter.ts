/** The meter of plain JSON answers, and of Gemini's streams that are one JSON array. */
import type { ErrorReader } from './body-error.ts'
import type { TokenUsage, UsageMeter } from './types.ts'
import { noUsage, withUsage } from './usage.ts'

/** What is kept of one answer at most; a longer one has no known usage. */
const bodyMax = 8 * 1024 * 1024

/** Looking for the whole pieces of a cut array parses it several times, so only a short one is worth it. */
const rescueMax = 1024 * 1024

export function jsonMeter(errorIn: ErrorReader): UsageMeter {
  let chunks: Uint8Array[] = []
  let length = 0
  return {
    push(chunk) {
      length += chunk.length
      // A chunk is the caller's own after this call, so it is copied.
      if (length <= bodyMax) chunks.push(Buffer.from(chunk))
      else chunks = []
    },
    finish(complete) {
      const text = length <= bodyMax ? textOf(chunks) : ''
      chunks = []
      const whole = tryParse(text) ?? (complete ? undefined : wholePieces(text))
      const pieces: readonly unknown[] = Array.isArray(whole) ? whole : [whole]
      const usage = pieces.reduce<TokenUsage>(withUsage, noUsage())
      return { usage, error: pieces.map(errorIn).find((error) => error !== null) ?? null }
    },
  }
}

function textOf(chunks: readonly Uint8Array[]): string {
  const [only] = chunks
  return (
    chunks.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(chunks)
  ).toString('utf8')
}

/** What came whole of a stream in array form that was cut; undefined for anything else. */
function wholePieces(text: string): unknown {
  if (text.length > rescueMax || !text.trimStart().startsWith('[')) return undefined
  let end = text.lastIndexOf('}')
  for (let tries = 0; end > 0 && tries < 32; tries++) {
    const closed = tryParse(`${text.slice(0, end + 1)}]`)
    if (closed !== undefined) return closed
    end = text.lastIndexOf('}', end - 1)
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
