/** A system prompt and turns as the instructions and input of a Responses request. */
import { audioFormat } from '../chat/write-content.ts'
import { noteMarks } from '../shared/cache-marks.ts'
import { urlOf } from '../shared/media.ts'
import { shortIds } from '../shared/short-ids.ts'
import { type Conversation, type Part, type Turn, Untranslatable } from '../types.ts'
import type { Item } from './item.ts'
import { sealedOf } from './reasoning-id.ts'

interface Writing {
  drop(path: string): void
  callId(id: string): string
}

/** OpenAI takes no longer ids of calls here. */
const idMax = 64

/** Throws Untranslatable. */
export function writeInput(conversation: Conversation, drop: (path: string) => void): Record<string, unknown> {
  const writing = { drop, callId: shortIds(idMax) }
  const { system, turns } = conversation
  noteMarks(conversation, drop)
  const input = turns.flatMap((turn, index) => writeTurn(turn, `turns[${index}]`, writing))
  const [only] = system
  if (only === undefined) return { input }
  if (system.length === 1 && only.kind === 'text') return { instructions: only.text, input }
  const content = system.map((part, index) => writePart(part, `system[${index}]`))
  return { input: [{ type: 'message', role: 'developer', content }, ...input] }
}

/** Messages of what belongs to one, and items of their own for calls, results and thoughts, in their order. */
function writeTurn({ role, parts }: Turn, path: string, writing: Writing): Item[] {
  const items: Item[] = []
  let content: Item[] | null = null
  for (const [index, part] of parts.entries()) {
    const place = `${path}.parts[${index}]`
    const alone = writeAlone(part, place, writing)
    if (alone !== null) {
      items.push(...alone)
      content = null
      continue
    }
    if (content === null) items.push({ type: 'message', role, content: (content = []) })
    content.push(role === 'assistant' ? writeSaid(part, place) : writePart(part, place))
  }
  return items
}

/** Null = it belongs into a message. */
function writeAlone(part: Part, path: string, writing: Writing): Item[] | null {
  switch (part.kind) {
    case 'tool-call':
      return [{ type: 'function_call', call_id: writing.callId(part.id), name: part.name, arguments: part.args }]
    case 'tool-result':
      // The text of the result says as much.
      if (part.isError) writing.drop(`${path}.isError`)
      return [{ type: 'function_call_output', call_id: writing.callId(part.callId), output: writeOutput(part.parts, path) }]
    case 'thinking':
    case 'redacted-thinking':
      return writeThought(part, path, writing)
    case 'text':
    case 'image':
    case 'audio':
    case 'file':
    case 'refusal':
      return null
  }
}

function writeThought(part: Extract<Part, { kind: 'thinking' | 'redacted-thinking' }>, path: string, writing: Writing): Item[] {
  const own = part.kind === 'thinking' ? sealedOf(part.signature) : null
  if (own === null || part.kind !== 'thinking') {
    writing.drop(path)
    return []
  }
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
  return [{ type: 'reasoning', id: own.id, summary, encrypted_content: own.sealed }]
}

function writeOutput(parts: readonly Part[], path: string): unknown {
  const [only] = parts
  if (only === undefined) return ''
  return parts.length === 1 && only.kind === 'text' ? only.text : parts.map((part) => writePart(part, path))
}

/** What the assistant said. */
function writeSaid(part: Part, path: string): Item {
  if (part.kind === 'text') return { type: 'output_text', text: part.text, annotations: [] }
  if (part.kind === 'refusal') return { type: 'refusal', refusal: part.text }
  throw new Untranslatable(path, 'The API that serves this model takes only text and calls of tools from the assistant.')
}

function writePart(part: Part, path: string): Item {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'input_text', text: part.text }
    case 'image':
      return { type: 'input_image', image_url: urlOf(part.media), detail: part.detail ?? 'auto' }
    case 'audio':
      if (!('data' in part.media))
        throw new Untranslatable(path, 'The API that serves this model takes audio only as data, not by its URL.')
      return { type: 'input_audio', input_audio: { data: part.media.data, format: audioFormat(part.media, path) } }
    case 'file':
      if ('url' in part.media) return { type: 'input_file', file_url: part.media.url }
      return { type: 'input_file', filename: part.name ?? 'file', file_data: urlOf(part.media) }
    case 'thinking':
    case 'redacted-thinking':
    case 'tool-call':
    case 'tool-result':
      throw new Untranslatable(path, 'This has no place in a message.')
  }
}
