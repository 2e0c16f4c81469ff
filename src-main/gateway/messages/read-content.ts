/** Anthropic's content blocks as parts. */
import { readCallId } from '../shared/call-id.ts'
import type { Fields } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Media, Part } from '../types.ts'

/** A text, or a list of blocks, under `name`. */
export function readContent(fields: Fields, name: string): Part[] {
  const value = fields.take(name)
  if (typeof value === 'string') return [saidAt(fields.at(name), { kind: 'text', text: value })]
  if (!Array.isArray(value)) return value === null ? [] : fields.refuse(name, 'This must be a text or a list of blocks.')
  return value.map((block, index) => readBlock(fields.child(`${name}[${index}]`, block)))
}

function readBlock(block: Fields): Part {
  const type = block.neededText('type')
  const cache = block.take('cache_control') === null ? {} : { cache: true }
  const part = partOf(type, block, cache)
  block.finish()
  return saidAt(block.path, part)
}

function partOf(type: string, block: Fields, cache: { cache?: boolean }): Part {
  switch (type) {
    case 'text':
      return { kind: 'text', text: block.neededText('text'), ...cache }
    case 'image':
      return { kind: 'image', media: imageOf(block), ...cache }
    case 'document':
      return { ...documentOf(block), ...cache }
    case 'thinking':
      return { kind: 'thinking', text: block.text('thinking') ?? '', signature: block.text('signature') || null }
    case 'redacted_thinking':
      return { kind: 'redacted-thinking', data: block.neededText('data') }
    case 'tool_use':
      return toolUse(block, cache)
    case 'tool_result':
      return toolResult(block, cache)
    default:
      return block.refuse('type', `A block of type "${type.slice(0, 60)}" cannot be said to the API that serves this model.`)
  }
}

function toolUse(block: Fields, cache: { cache?: boolean }): Part {
  const caller = block.inner('caller')
  if (caller !== null && caller.text('type') !== 'direct')
    block.refuse('caller', 'Only calls that the model made itself can be carried over.')
  const call = readCallId(block.neededText('id'))
  return { kind: 'tool-call', ...call, name: block.neededText('name'), args: JSON.stringify(block.take('input') ?? {}), ...cache }
}

function toolResult(block: Fields, cache: { cache?: boolean }): Part {
  const callId = readCallId(block.neededText('tool_use_id')).id
  const parts = readContent(block, 'content')
  return { kind: 'tool-result', callId, name: null, parts, isError: block.flag('is_error') ?? false, ...cache }
}

function imageOf(block: Fields): Media {
  const source = block.inner('source') ?? block.refuse('source', 'This is missing.')
  const type = source.neededText('type')
  if (type === 'base64') return { mime: source.neededText('media_type'), data: source.neededText('data') }
  if (type === 'url') return { mime: null, url: source.neededText('url') }
  return source.refuse('type', 'Only pictures given as base64 or by URL can be carried over.')
}

function documentOf(block: Fields): Extract<Part, { kind: 'file' }> {
  const source = block.inner('source') ?? block.refuse('source', 'This is missing.')
  const citations = block.inner('citations')
  if (citations?.flag('enabled') === true) citations.refuse('enabled', 'No other API cites documents this way.')
  // It is part of what the model reads, and a file has no place for it elsewhere.
  if (block.text('context') !== null) block.refuse('context', 'Put the context of a document into a text block.')
  return { kind: 'file', media: documentMedia(source), name: block.text('title') }
}

function documentMedia(source: Fields): Media {
  const type = source.neededText('type')
  switch (type) {
    case 'base64':
      return { mime: source.neededText('media_type'), data: source.neededText('data') }
    case 'url':
      return { mime: 'application/pdf', url: source.neededText('url') }
    case 'text':
      return plainText(source.neededText('data'))
    case 'content':
      return plainText(source.text('content') ?? '')
    default:
      return source.refuse('type', 'Only documents given as base64, by URL or as text can be carried over.')
  }
}

function plainText(text: string): Media {
  return { mime: 'text/plain', data: Buffer.from(text).toString('base64') }
}
