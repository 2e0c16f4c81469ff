/** Turns as Gemini's contents: user and model by turns, results of functions before all else. */
import { type Media, type Part, type Turn, Untranslatable } from '../types.ts'
import type { ModelRules } from './model-rules.ts'

type GeminiPart = Record<string, unknown>
type Content = { role: 'user' | 'model'; parts: GeminiPart[] }

export interface Writing {
  rules: ModelRules
  /** `path` in the conversation, as `turns[2].parts[0].detail`. */
  drop(path: string): void
}

interface Place {
  path: string
  /** Names of the functions called so far, by the call's id: Gemini wants them with the results. */
  names: Map<string, string>
  writing: Writing
}

/** What Google accepts in place of a signature for calls that another model made, or whose signature was lost. Source: ai.google.dev/gemini-api/docs/thought-signatures. */
const unsigned = 'skip_thought_signature_validator'

/** Throws Untranslatable. */
export function writeContents(turns: readonly Turn[], writing: Writing): Content[] {
  const contents: Content[] = []
  const names = new Map<string, string>()
  for (const [index, { role, parts }] of turns.entries()) {
    const written = parts.flatMap((part, at) => writePart(part, { path: `turns[${index}].parts[${at}]`, names, writing }))
    const name = role === 'assistant' ? 'model' : 'user'
    const last = contents.at(-1)
    if (last?.role === name) last.parts.push(...written)
    else if (written.length > 0) contents.push({ role: name, parts: written })
  }
  for (const content of contents) {
    if (content.role === 'user') content.parts = resultsFirst(content.parts)
    else if (writing.rules.signed) signFirstCall(content.parts)
  }
  return contents
}

/** None where there is nothing to say: Gemini refuses an empty text, and does without thoughts that it cannot prove. */
function writePart(part: Part, place: Place): GeminiPart[] {
  const { path, writing } = place
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.drop(`${path}.detail`)
      return [writeMedia(part.media)]
    case 'audio':
    case 'file':
      return [writeMedia(part.media)]
    case 'tool-call':
      return [writeCall(part, place)]
    case 'tool-result':
      return writeResult(part, place)
    case 'thinking':
    case 'redacted-thinking':
      writing.drop(path)
      return []
  }
}

function writeCall(part: Extract<Part, { kind: 'tool-call' }>, { path, names }: Place): GeminiPart {
  names.set(part.id, part.name)
  const functionCall = { id: part.id, name: part.name, args: argsOf(part, path) }
  return part.signature === undefined ? { functionCall } : { functionCall, thoughtSignature: part.signature }
}

function argsOf({ args, name }: Extract<Part, { kind: 'tool-call' }>, path: string): object {
  const parsed = objectIn(args === '' ? '{}' : args)
  if (parsed === null) throw new Untranslatable(path, `The arguments of the call of ${name} are not a JSON object.`)
  return parsed
}

/** Gemini 3 takes pictures inside a result; before it they stand beside it. */
function writeResult(part: Extract<Part, { kind: 'tool-result' }>, place: Place): GeminiPart[] {
  const name = part.name ?? place.names.get(part.callId)
  if (name === undefined) throw new Untranslatable(place.path, 'No call of a tool comes before this result.')
  const texts = part.parts.flatMap((inner) => (inner.kind === 'text' ? [inner.text] : []))
  const media = part.parts.flatMap((inner) => ('media' in inner ? [writeMedia(inner.media)] : []))
  const inside = place.writing.rules.signed && media.length > 0
  const functionResponse = {
    id: part.callId,
    name,
    response: responseOf(texts.join('\n'), part.isError),
    ...(inside ? { parts: media } : {}),
  }
  return inside ? [{ functionResponse }] : [{ functionResponse }, ...media]
}

/** A result that is an object goes as one, unless it could be taken for Google's own wrapping. */
function responseOf(text: string, isError: boolean): object {
  if (isError) return { error: text }
  const parsed = objectIn(text)
  if (parsed === null) return { output: text }
  const wrapped = Object.keys(parsed).length === 0 || 'output' in parsed || 'error' in parsed
  return wrapped ? { output: parsed } : parsed
}

function objectIn(text: string): object | null {
  if (!text.trimStart().startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    // A text that only begins like JSON.
    return null
  }
}

function writeMedia(media: Media): GeminiPart {
  if ('data' in media) return { inlineData: { mimeType: media.mime, data: media.data } }
  const mimeType = media.mime ?? mimeByName(media.url)
  return { fileData: { fileUri: media.url, ...(mimeType === null ? {} : { mimeType }) } }
}

const mimes: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
])

/** Google fetches the address itself, but wants to know what it will find; null = it does not tell, and Google looks. */
function mimeByName(url: string): string | null {
  const [name = ''] = url.split(/[?#]/, 1)
  return mimes.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? null
}

function resultsFirst(parts: readonly GeminiPart[]): GeminiPart[] {
  const results = parts.filter((part) => part.functionResponse !== undefined)
  return [...results, ...parts.filter((part) => part.functionResponse === undefined)]
}

/** Of calls made at the same time, only the first is signed. */
function signFirstCall(parts: GeminiPart[]): void {
  const first = parts.find((part) => part.functionCall !== undefined)
  if (first !== undefined) first.thoughtSignature ??= unsigned
}
