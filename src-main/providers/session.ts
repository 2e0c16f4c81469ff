/** Which conversation a request belongs to, as a digest: the texts themselves go nowhere. */
import { at, listAt, textAt } from './read.ts'

/** Characters of each text that tell conversations apart; a longer one also counts with its length. */
const readMax = 2048
/** Messages, and parts of one, that are looked at: the first user's message comes within them. */
const partsMax = 16

/**
 * What the request names itself (`prompt_cache_key`, `conversation`, Anthropic's `metadata.user_id`, `user`), else the system
 * prompt and the first message of the user, which all turns of a conversation share. Null when there is neither, and when the
 * request only names the answer before it, for that changes with every turn.
 */
export function sessionOf(model: string | null, body: unknown): string | null {
  const named =
    textAt(body, 'prompt_cache_key') ||
    textAt(body, 'conversation', 'id') ||
    textAt(body, 'conversation') ||
    textAt(body, 'metadata', 'user_id') ||
    textAt(body, 'user')
  if (named !== '') return digest([named])
  if (at(body, 'previous_response_id') !== undefined) return null
  const texts = opening(body)
  return texts.length === 0 ? null : digest([model ?? '', ...texts])
}

/** System prompt and messages up to the user's first; none when that does not come. */
function opening(body: unknown): string[] {
  const texts: string[] = []
  for (const name of ['instructions', 'system', 'systemInstruction', 'system_instruction']) collect(texts, at(body, name))
  const input = at(body, 'input')
  if (typeof input === 'string') return [...texts, input]
  const messages = ['messages', 'contents', 'input'].map((name) => listAt(body, name)).find((list) => list.length > 0) ?? []
  for (const message of messages.slice(0, partsMax)) {
    collect(texts, message)
    // Gemini's role may be left out.
    if ((textAt(message, 'role') || 'user') === 'user') return texts
  }
  return []
}

/** The texts of a message: a bare one, or those in `content` and `parts`. */
function collect(texts: string[], value: unknown): void {
  if (typeof value === 'string') texts.push(value)
  else if (Array.isArray(value)) for (const part of value.slice(0, partsMax)) collectPart(texts, part)
  else if (typeof value === 'object' && value !== null) {
    collectPart(texts, value)
    for (const name of ['content', 'parts']) {
      const inner = at(value, name)
      if (typeof inner === 'string') texts.push(inner)
      else if (Array.isArray(inner)) for (const part of inner.slice(0, partsMax)) collectPart(texts, part)
    }
  }
}

function collectPart(texts: string[], part: unknown): void {
  const text = typeof part === 'string' ? part : textAt(part, 'text')
  if (text !== '') texts.push(text)
}

/** 64 bits as hex: two rounds of FNV-1a with different primes. Not for secrets; it only has to be short and well spread. */
function digest(texts: readonly string[]): string {
  let [low, high] = [0x811c9dc5, 0x9e3779b9]
  for (const text of texts) {
    const end = Math.min(text.length, readMax)
    for (let index = 0; index < end; index++) {
      const code = text.charCodeAt(index)
      low = Math.imul(low ^ code, 0x01000193)
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13)
    }
    low = Math.imul(low ^ text.length, 0x01000193)
    high = Math.imul(high ^ text.length, 0xc2b2ae35) ^ (high >>> 16)
  }
  return hex(low) + hex(high)
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0')
}
