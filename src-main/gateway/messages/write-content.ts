/** Parts of a conversation as Anthropic's content blocks. */
import { originOf } from '../shared/origin.ts'
import { type Part, Untranslatable } from '../types.ts'

export interface Writing {
  /** Ids of calls in letters that Anthropic takes. */
  callId(id: string): string
  drop(field: string): void
}

type Block = Record<string, unknown>

/** The blocks for some parts; none where there is nothing to say. Throws Untranslatable for what Claude cannot be shown. */
export function writeBlocks(parts: readonly Part[], writing: Writing): Block[] {
  return parts.map((part) => writeBlock(part, writing)).filter((block) => block !== null)
}

function writeBlock(part: Part, writing: Writing): Block | null {
  switch (part.kind) {
    case 'text':
      // Anthropic refuses texts without a letter in them.
      return part.text.trim() === '' ? null : { type: 'text', text: part.text, ...cached(part) }
    case 'refusal':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text }
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.drop('detail')
      return { type: 'image', source: imageSource(part), ...cached(part) }
    case 'file':
      return { type: 'document', source: documentSource(part), ...(part.name === null ? {} : { title: part.name }), ...cached(part) }
    case 'audio':
      throw new Untranslatable(originOf(part) ?? 'audio', "Anthropic's models do not listen to audio.")
    case 'tool-call':
      return { type: 'tool_use', id: writing.callId(part.id), name: part.name, input: argsOf(part), ...cached(part) }
    case 'tool-result':
      return toolResult(part, writing)
    case 'thinking':
      // Without a signature it is another model's, or cannot be proved: Anthropic would refuse it.
      if (part.signature === null) return null
      return { type: 'thinking', thinking: part.text, signature: part.signature }
    case 'redacted-thinking':
      return { type: 'redacted_thinking', data: part.data }
  }
}

function toolResult(part: Extract<Part, { kind: 'tool-result' }>, writing: Writing): Block {
  const blocks = writeBlocks(part.parts, writing)
  const [only] = blocks
  const content = blocks.length === 1 && only?.type === 'text' && only.cache_control === undefined ? only.text : blocks
  return {
    type: 'tool_result',
    tool_use_id: writing.callId(part.callId),
    ...(blocks.length === 0 ? {} : { content }),
    ...(part.isError ? { is_error: true } : {}),
    ...cached(part),
  }
}

function argsOf(part: Extract<Part, { kind: 'tool-call' }>): unknown {
  const { args, name } = part
  try {
    const input: unknown = JSON.parse(args === '' ? '{}' : args)
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input
  } catch {
    // Told below, as for any JSON that is no object.
  }
  throw new Untranslatable(originOf(part) ?? 'tool_calls', `The arguments of the call of ${name} are not a JSON object.`)
}

function imageSource(part: Extract<Part, { kind: 'image' }>): Block {
  const { media } = part
  return 'data' in media ? { type: 'base64', media_type: media.mime, data: media.data } : { type: 'url', url: webUrl(media.url, part) }
}

function documentSource(part: Extract<Part, { kind: 'file' }>): Block {
  const { media } = part
  if ('url' in media) return { type: 'url', url: webUrl(media.url, part) }
  if (media.mime === 'application/pdf') return { type: 'base64', media_type: media.mime, data: media.data }
  if (media.mime.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(media.data, 'base64').toString('utf8') }
  }
  throw new Untranslatable(originOf(part) ?? 'file', `Anthropic's models read PDF and text files, not ${media.mime}.`)
}

function webUrl(url: string, part: Part): string {
  if (/^https?:\/\//.test(url)) return url
  throw new Untranslatable(originOf(part) ?? part.kind, 'Anthropic fetches http and https addresses only.')
}

function cached(part: { cache?: boolean }): Block {
  return part.cache === true ? { cache_control: { type: 'ephemeral' } } : {}
}
