/** Finds the members of a JSON object in its bytes, so that one can be replaced and all others stay as the client wrote them. */

export interface Member {
  key: string
  /** The value's first byte and the one after its last. */
  start: number
  end: number
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [braceOpen, braceClose, bracketOpen, bracketClose] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * The members of the object that begins at or after `from`, in their order, doubles and all. Null when there is no object there.
 * `bytes` must be JSON; of anything else it finds nothing in particular, but always ends.
 */
export function membersOf(bytes: Uint8Array, from = 0): { open: number; members: Member[] } | null {
  const open = skipSpace(bytes, from)
  if (bytes[open] !== braceOpen) return null
  const members: Member[] = []
  let at = skipSpace(bytes, open + 1)
  while (bytes[at] === quote) {
    const keyEnd = skipString(bytes, at)
    const key = keyOf(bytes, at, keyEnd)
    const between = skipSpace(bytes, keyEnd)
    if (key === null || bytes[between] !== colon) return null
    const start = skipSpace(bytes, between + 1)
    const end = skipValue(bytes, start)
    members.push({ key, start, end })
    at = skipSpace(bytes, end)
    if (bytes[at] !== comma) break
    at = skipSpace(bytes, at + 1)
  }
  return bytes[at] === braceClose ? { open, members } : null
}

/** The member that counts when a key is there more than once: the last, as JSON.parse has it. */
export function lastMember(members: readonly Member[], key: string): Member | undefined {
  return members.findLast((member) => member.key === key)
}

/** The bytes with those from `start` to before `end` replaced. */
export function spliced(bytes: Uint8Array, start: number, end: number, text: string): Uint8Array {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)])
}

/** The JSON value of a member. */
export function valueOf(bytes: Uint8Array, { start, end }: Member): unknown {
  return JSON.parse(textOf(bytes, start, end)) as unknown
}

function keyOf(bytes: Uint8Array, start: number, end: number): string | null {
  const text = textOf(bytes, start, end)
  if (!text.includes('\\')) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1
  return at
}

/** From its opening quote to after its closing one. Pictures are long texts: the search for quotes is the platform's own. */
function skipString(bytes: Uint8Array, open: number): number {
  for (let from = open + 1; ; ) {
    const found = bytes.indexOf(quote, from)
    if (found === -1) return bytes.length
    let escapes = 0
    while (bytes[found - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return found + 1
    from = found + 1
  }
}

function skipValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  if (first === quote) return skipString(bytes, start)
  return first === braceOpen || first === bracketOpen ? skipNested(bytes, start) : skipPlain(bytes, start)
}

function skipNested(bytes: Uint8Array, start: number): number {
  let depth = 0
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at]
    if (byte === quote) {
      at = skipString(bytes, at)
      continue
    }
    if (byte === braceOpen || byte === bracketOpen) depth += 1
    else if (byte === braceClose || byte === bracketClose) depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return bytes.length
}

/** A number, true, false or null. */
function skipPlain(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && !isEnd(bytes[at])) at += 1
  return at
}

function isEnd(byte: number | undefined): boolean {
  return byte === comma || byte === braceClose || byte === bracketClose || (byte !== undefined && byte <= 0x20)
}
