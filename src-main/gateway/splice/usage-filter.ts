/** Takes the chunk that only tells the usage out of a chat stream, for a client that did not ask for it. All other bytes stay. */

interface UsageFilter {
  /** What may go to the client now; empty while an event is not yet whole. */
  push(chunk: Uint8Array): Uint8Array
  /** The stream has ended: what was still held. */
  end(): Uint8Array
}

/** Bytes; an event that is longer is no chunk of usage, and is let through as it comes. */
const eventMax = 16 * 1024

const [lf, cr] = [0x0a, 0x0d]
const nothing = new Uint8Array(0)
const choices = Buffer.from('"choices"')

export function usageFilter(): UsageFilter {
  /** The beginning of an event whose end has not come. */
  let held: Uint8Array = nothing
  /** In the midst of an event that is too long to be held. */
  let passing = false

  function push(chunk: Uint8Array): Uint8Array {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const kept: Uint8Array[] = []
    let begun = 0
    // The blank line may have begun in what was held.
    let from = Math.max(0, held.length - 3)
    for (;;) {
      const end = endOfEvent(bytes, from)
      if (end === -1) break
      const event = bytes.subarray(begun, end)
      kept.push(passing ? event : withoutUsage(event))
      passing = false
      begun = end
      from = end
    }
    const rest = bytes.subarray(begun)
    passing ||= rest.length > eventMax
    // A long event's last bytes are kept, for its blank line may come in two pieces.
    const hold = passing ? Math.max(0, rest.length - 3) : 0
    kept.push(rest.subarray(0, hold))
    held = rest.subarray(hold).slice()
    return joined(kept)
  }

  return {
    push,
    end() {
      const rest = passing ? held : withoutUsage(held)
      held = nothing
      return rest
    },
  }
}

/** After the first blank line whose bytes begin at or after `from`; -1 = none yet. */
function endOfEvent(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(lf, from); at !== -1; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return at + 2
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3
  }
  return -1
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter(({ length }) => length > 0)
  return filled.length < 2 ? (filled[0] ?? nothing) : Buffer.concat(filled)
}

/** The event without its data if that is the chunk in question: comments in between stay. */
function withoutUsage(event: Uint8Array): Uint8Array {
  if (!mayBeUsage(event)) return event
  const lines = Buffer.from(event)
    .toString()
    .split(/(?<=\n)/)
  const data = lines.filter(isData).map((line) => line.slice('data:'.length).trim())
  if (!isUsageOnly(data.join('\n'))) return event
  return Buffer.from(lines.filter((line) => line.startsWith(':')).join(''))
}

function isData(line: string): boolean {
  return line.startsWith('data:')
}

/** `"choices"`, and then an empty list. A text that holds these words has its quotes escaped. */
function mayBeUsage(event: Uint8Array): boolean {
  const buffer = Buffer.from(event.buffer, event.byteOffset, event.byteLength)
  for (let at = buffer.indexOf(choices); at !== -1; at = buffer.indexOf(choices, at + 1)) {
    const signs = [...buffer.subarray(at + choices.length, at + choices.length + 16)].filter((byte) => byte > 0x20)
    // Colon and both brackets.
    if (signs[0] === 0x3a && signs[1] === 0x5b && signs[2] === 0x5d) return true
  }
  return false
}

function isUsageOnly(data: string): boolean {
  try {
    const chunk = JSON.parse(data) as { choices?: unknown; usage?: unknown } | null
    return Array.isArray(chunk?.choices) && chunk.choices.length === 0 && typeof chunk.usage === 'object' && chunk.usage !== null
  } catch {
    // Cut in the middle, or no JSON: not ours to judge.
    return false
  }
}
