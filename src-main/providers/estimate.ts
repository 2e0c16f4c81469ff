/** How many tokens a request holds, roughly and cheaply: by the lengths of its texts, without a tokenizer. */

/** A picture or file: between OpenAI's 85 and Anthropic's 1,600 for a picture, and some pages of a document. */
const fileTokens = 1000

/** Values of a request that are looked at; what comes after them is not counted. */
const valuesMax = 20_000

/** A text is judged by this many samples, of so many characters each; once enough has been read, by shorter ones. */
const samples = 8
const sampleLength = 256
const shortLength = 16
const enough = 16_384

/** Names, not text. */
const silent = new Set(['model', 'role', 'type', 'id', 'user', 'metadata', 'prompt_cache_key'])

/** Tokens of everything in a parsed body; 0 for none. */
export function estimateTokens(body: unknown): number {
  const rest: unknown[] = [body]
  let tokens = 0
  let read = 0
  for (let seen = 0; rest.length > 0 && seen < valuesMax; seen++) {
    const value = rest.pop()
    if (typeof value === 'string') {
      tokens += textTokens(value, read < enough ? sampleLength : shortLength)
      read += value.length
    } else if (Array.isArray(value)) tokens += pushItems(rest, value)
    else if (typeof value === 'object' && value !== null) pushFields(rest, value as Record<string, unknown>)
  }
  return Math.ceil(tokens)
}

function pushFields(rest: unknown[], fields: Record<string, unknown>): void {
  for (const name in fields) {
    if (rest.length >= valuesMax) return
    if (!silent.has(name)) rest.push(fields[name])
  }
}

/** An input may be given as the numbers of its tokens; anything else is looked at in its turn. */
function pushItems(rest: unknown[], items: readonly unknown[]): number {
  if (typeof items[0] === 'number') return items.length
  for (const item of items) {
    if (rest.length >= valuesMax) break
    rest.push(item)
  }
  return 0
}

function textTokens(text: string, sample: number): number {
  if (isFile(text)) return fileTokens
  if (text.length <= samples * sample) return tokensOf(text, 0, text.length)
  const stride = Math.floor((text.length - sample) / (samples - 1))
  let tokens = 0
  for (let at = 0; at < samples; at++) tokens += tokensOf(text, at * stride, at * stride + sample)
  return (tokens / (samples * sample)) * text.length
}

/** One per Chinese, Japanese or Korean character, one per 2 of other scripts, one per 4 of Latin ones. */
function tokensOf(text: string, from: number, to: number): number {
  // Most texts are ASCII, and that is found out much faster than by looking at each character.
  if (Buffer.byteLength(text.slice(from, to)) === to - from) return (to - from) / 4
  let quarters = 0
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index)
    quarters += code < 0x250 ? 1 : code < 0x2e80 ? 2 : 4
  }
  return quarters / 4
}

/** A data URL, or a long text of nothing but base64. */
function isFile(text: string): boolean {
  if (text.startsWith('data:')) return true
  // Texts have a space every few characters, so that one of these samples is one.
  if (text.length <= 1024) return false
  for (let at = 0; at < 1024; at += 8) if (!isBase64(text.charCodeAt(at))) return false
  return true
}

/** Letters, digits, `+ / - _`. */
function isBase64(code: number): boolean {
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x2f && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x5f
}
