/** Blanks the key out of an answer that echoes it, without changing the answer's length. */

export interface Scrubber {
  /** The bytes that are safe to pass on; a tail that may be the start of the key is kept back. */
  push(chunk: Uint8Array): Uint8Array
  /** What was kept back. */
  flush(): Uint8Array
}

const empty: Buffer = Buffer.alloc(0)
const star = 0x2a

/** A scrubber for one answer. `secret` is printable ASCII, at least one character. */
export function createScrubber(secret: string): Scrubber {
  const needle = Buffer.from(secret, 'latin1')
  let kept = empty

  return {
    push(chunk) {
      const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let bytes = kept.length === 0 ? view : Buffer.concat([kept, view])
      let at = bytes.indexOf(needle)
      if (at >= 0 && bytes === view) bytes = Buffer.from(view)
      for (; at >= 0; at = bytes.indexOf(needle, at + needle.length)) bytes.fill(star, at, at + needle.length)
      const hold = heldBack(bytes, needle)
      if (hold === 0) {
        kept = empty
        return bytes
      }
      kept = Buffer.from(bytes.subarray(bytes.length - hold))
      return bytes.subarray(0, bytes.length - hold)
    },
    flush() {
      const rest = kept
      kept = empty
      return rest
    },
  }
}

/**
 * The secret as JSON that Keywheel writes itself has it. In an upstream's JSON any letter may be escaped, so what is put into another
 * format is looked through once more when it is written.
 */
export function asWritten(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

/** How many bytes at the end may be the beginning of the needle. */
function heldBack(bytes: Buffer, needle: Buffer): number {
  let start = Math.max(0, bytes.length - needle.length + 1)
  const first = needle[0] ?? 0
  for (start = bytes.indexOf(first, start); start >= 0; start = bytes.indexOf(first, start + 1)) {
    if (needle.compare(bytes, start, bytes.length, 0, bytes.length - start) === 0) return bytes.length - start
  }
  return 0
}
