/** How many tokens a request holds, roughly and cheaply: by the lengths of its texts, without a tokenizer. */

/** A picture or file: between OpenAI's 85 and Anthropic's 1,600 for a picture, and some pages of a document. */
const fileTokens = 1000

/** Values of a request that are looked at; what comes after them is not counted. */
const valuesMax = 20_000

/** Characters of one text that are looked at; longer ones are judged by samples. */
const samples = 8
const sampleLength = 256

/** Tokens of everything in a parsed body; 0 for none. */
export function estimateTokens(body: unknown): number {
  const rest: unknown[] = [body]
  let tokens = 0
  let values = 0
  while (rest.length > 0 && values < valuesMax) {
    values++
    const value = rest.pop()
    if (typeof value === 'string') tokens += textTokens(value)
    else if (Array.isArray(value)) tokens += pushAll(rest, value)
    else if (typeof value === 'object' && value !== null)
      for (const name in value) rest.push((value as Record<string, unknown>)[name])
  }
  return Math.ceil(tokens)
}

/** Names, not text. */
const silent = new Set(['model', 'role', 'type', 'id', 'user', 'metadata', 'prompt_cache_key'])

function pushFields(rest: unknown[], fields: Record<string, unknown>): void {
  for (const name in fields) if (!silent.has(name)) rest.push(fields[name])
}

/** An input may be given as the numbers of its tokens; anything else is looked at in its turn. */
function pushAll(rest: unknown[], values: readonly unknown[]): number {
  if (typeof values[0] === 'number') return values.length
  for (let index = Math.min(values.length, valuesMax) - 1; index >= 0; index--) rest.push(values[index])
  return 0
}

function textTokens(text: string): number {
  if (isFile(text)) return fileTokens
  if (text.length <= samples * sampleLength) return tokensOf(text, 0, text.length)
  const stride = Math.floor((text.length - sampleLength) / (samples - 1))
  let tokens = 0
  for (let sample = 0; sample < samples; sample++) tokens += tokensOf(text, sample * stride, sample * stride + sampleLength)
  return (tokens / (samples * sampleLength)) * text.length
}

/** One per Chinese, Japanese or Korean character, one per 2 of other scripts, one per 4 of Latin ones. */
function tokensOf(text: string, from: number, to: number): number {
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
  return text.length > 1024 && /^[\w+/-]{1024}/.test(text)
}
