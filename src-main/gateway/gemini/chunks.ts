/** The pieces that Gemini's answers are made of. */
import { readCallId } from '../shared/call-id.ts'
import { type AnswerEvent, Untranslatable } from '../types.ts'

export type GeminiPart = Record<string, unknown>
type WholePart = Extract<AnswerEvent, { type: 'whole' }>['part']

/** A text of the open part; a refusal is a text here. */
export function textPart(kind: 'text' | 'thinking' | 'refusal', text: string): GeminiPart {
  return kind === 'thinking' ? { text, thought: true } : { text }
}

/** Throws Untranslatable when the arguments are not a JSON object. */
export function callPart({ id, name }: { id: string; name: string }, args: string): GeminiPart {
  const call = readCallId(id)
  const functionCall = { id: call.id, name, args: argsOf(name, args) }
  return call.signature === undefined ? { functionCall } : { functionCall, thoughtSignature: call.signature }
}

/** Null = it says nothing to Gemini's clients: thoughts that only Anthropic can read. */
export function wholePart(part: WholePart): GeminiPart | null {
  if (part.kind === 'redacted-thinking') return null
  return 'data' in part.media
    ? { inlineData: { mimeType: part.media.mime, data: part.media.data } }
    : { fileData: { fileUri: part.media.url, mimeType: part.media.mime } }
}

function argsOf(name: string, text: string): unknown {
  let args: unknown
  try {
    args = JSON.parse(text === '' ? '{}' : text)
  } catch {
    // Told below, as for any JSON that is no object.
  }
  if (typeof args === 'object' && args !== null && !Array.isArray(args)) return args
  throw new Untranslatable('functionCall.args', `The model called ${name} with arguments that are not a JSON object.`)
}
