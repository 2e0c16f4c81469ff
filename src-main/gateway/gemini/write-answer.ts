/** A whole answer as a GenerateContentResponse. */
import { type AnswerEvent, type AnswerUsage, type Conversation, Untranslatable } from '../types.ts'
import { callPart, type GeminiPart, showsThoughts, textPart, wholePart } from './chunks.ts'
import { writeStop } from './stop.ts'
import { writeUsage } from './usage.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']

/** Throws Untranslatable for a call whose arguments are no JSON object. */
export function writeAnswer(events: readonly AnswerEvent[], asked: Conversation): Record<string, unknown> {
  const parts: GeminiPart[] = []
  let usage: Partial<AnswerUsage> = {}
  let head = { responseId: '', modelVersion: asked.model }
  let finishReason = 'STOP'
  let open: { part: OpenPart; text: string } | null = null

  for (const event of events) {
    switch (event.type) {
      case 'start':
        head = { responseId: event.id, modelVersion: event.model || asked.model }
        break
      case 'open':
        open = { part: event.part, text: '' }
        break
      case 'delta':
        if (open !== null) open.text += event.text
        break
      case 'close':
        if (open !== null) parts.push(...written(open.part, open.text, asked))
        open = null
        break
      case 'whole':
        parts.push(...[wholePart(event.part)].filter((part) => part !== null))
        break
      case 'usage':
        usage = { ...usage, ...event.usage }
        break
      case 'stop':
        finishReason = writeStop(event.reason)
        break
      // Another provider's proof of its thoughts; Gemini's own are in the ids of calls.
      case 'signature':
      case 'end':
        break
      case 'error':
        throw new Untranslatable('error', event.error.message)
    }
  }
  const candidate = { content: { role: 'model', parts }, finishReason, index: 0 }
  return { candidates: [candidate], usageMetadata: writeUsage(usage), ...head }
}

function written(part: OpenPart, text: string, asked: Conversation): GeminiPart[] {
  if (part.kind === 'tool-call') return [callPart(part, text)]
  return text === '' || (part.kind === 'thinking' && !showsThoughts(asked)) ? [] : [textPart(part.kind, text)]
}
