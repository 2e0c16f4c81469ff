/** A whole answer as a GenerateContentResponse. */
import { askedForThoughts } from '../shared/asked-thoughts.ts'
import { gather } from '../shared/gather.ts'
import { type AnswerEvent, type Conversation, type Part, Untranslatable } from '../types.ts'
import { callPart, type GeminiPart, textPart, wholePart } from './chunks.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

/** Throws Untranslatable for a call whose arguments are no JSON object. */
export function writeAnswer(events: readonly AnswerEvent[], asked: Conversation): Record<string, unknown> {
  const { id, model, parts, usage, stop } = gather(events)
  const written = parts.map((part, index) => writePart(part, index, asked)).filter((part) => part !== null)
  const candidate = { content: { role: 'model', parts: written }, finishReason: writeStop(stop), index: 0 }
  return { candidates: [candidate], usageMetadata: writeUsage(usage), responseId: id, modelVersion: model || asked.model }
}

/** Null = it says nothing to a client of Gemini, or nothing that it asked for. */
function writePart(part: Part, index: number, asked: Conversation): GeminiPart | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? null : textPart(part.kind, part.text)
    case 'thinking':
      return part.text === '' || !askedForThoughts(asked) ? null : textPart(part.kind, part.text)
    case 'tool-call':
      return callPart(part, part.args)
    case 'image':
    case 'audio':
    case 'redacted-thinking':
      return wholePart(part)
    case 'file':
    case 'tool-result':
      throw new Untranslatable(`candidates[0].content.parts[${index}]`, 'No model answers with such a part.')
  }
}
