/** The parts of an answer as Anthropic's content blocks: how each begins, what a delta to it is called, and how it looks whole. */
import type { AnswerEvent } from '../types.ts'

type OpenPart = Extract<AnswerEvent, { type: 'open' }>['part']
type WholePart = Extract<AnswerEvent, { type: 'whole' }>['part']
export type Block = Record<string, unknown>

/** The block as it stands before its first delta. A refusal is a text here. */
export function emptyBlock(part: OpenPart): Block {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '', citations: null }
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'tool-call':
      return { type: 'tool_use', id: part.id, name: part.name, input: {}, caller: { type: 'direct' } }
  }
}

export function deltaTo(kind: OpenPart['kind'], text: string): Block {
  switch (kind) {
    case 'text':
    case 'refusal':
      return { type: 'text_delta', text }
    case 'thinking':
      return { type: 'thinking_delta', thinking: text }
    case 'tool-call':
      return { type: 'input_json_delta', partial_json: text }
  }
}

/** Null = Anthropic's answers have no place for such a part. */
export function wholeBlock(part: WholePart): Block | null {
  return part.kind === 'redacted-thinking' ? { type: 'redacted_thinking', data: part.data } : null
}

/** A message before its first block. */
export function emptyMessage(id: string, model: string, usage: Record<string, unknown>): Record<string, unknown> {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage,
  }
}
