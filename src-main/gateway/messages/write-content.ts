/** Parts of a conversation as Anthropic's content blocks. */
import { type Media, type Part, Untranslatable } from '../types.ts'

export interface Writing {
  /** Ids of calls in letters that Anthropic takes. */
  callId(id: string): string
  /** `path` in the conversation, as `turns[2].parts[0].detail`. */
  drop(path: string): void
}

type Block = Record<string, unknown>

/** The blocks for some parts; none where there is nothing to say. Throws Untranslatable for what Claude cannot be shown. */
export function writeBlocks(parts: readonly Part[], path: string, writing: Writing): Block[] {
  return parts.map((part, index) => writeBlock(part, `${path}[${index}]`, writing)).filter((block) => block !== null)
}

function writeBlock(part: Part, path: string, writing: Writing): Block | null {
  switch (part.kind) {
    case 'text':
      // Anthropic refuses texts without a letter in them.
      return part.text.trim() === '' ? null : { type: 'text', text: part.text, ...cached(part) }
    case 'refusal':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text }
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') writing.drop(`${path}.detail`)
      return { type: 'image', source: imageSource(part.media, path), ...cached(part) }
    case 'file':
      return {
        type: 'document',
        source: documentSource(part.media, path),
        ...(part.name === null ? {} : { title: part.name }),
        ...cached(part),
      }
    case 'audio':
      throw new Untranslatable(path, "Anthropic's models do not listen to audio.")
    case 'tool-call':
      return { type: 'tool_use', id: writing.callId(part.id), name: part.name, input: argsOf(part, path), ...cached(part) }
    case 'tool-result':
      return toolResult(part, path, writing)
    case 'thinking':
      // Without a signature it is another model's, or cannot be proved: Anthropic would refuse it.
      if (part.signature === null) {
        writing.drop(path)
        return null
      }
      return { type: 'thinking', thinking: part.text, signature: part.signature }
    case 'redacted-thinking':
      return { type: 'redacted_thinking', data: part.data }
  }
}

function toolResult(part: Extract<Part, { kind: 'tool-result' }>, path: string, writing: Writing): Block {
  const blocks = writeBlocks(part.parts, `${path}.parts`, writing)
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

function argsOf({ args, name }: Extract<Part, { kind: 'tool-call' }>, path: string): unknown {
  try {
    const input: unknown = JSON.parse(args === '' ? '{}' : args)
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input
  } catch {
    // Told below, as for any JSON that is no object.
  }
  throw new Untranslatable(path, `The arguments of the call of ${name} are not a JSON object.`)
}

function imageSource(media: Media, path: string): Block {
  return 'data' in media
    ? { type: 'base64', media_type: media.mime, data: media.data }
    : { type: 'url', url: webUrl(media.url, path) }
}

function documentSource(media: Media, path: string): Block {
  if ('url' in media) return { type: 'url', url: webUrl(media.url, path) }
  if (media.mime === 'application/pdf') return { type: 'base64', media_type: media.mime, data: media.data }
  if (media.mime.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(media.data, 'base64').toString('utf8') }
  }
  throw new Untranslatable(path, `Anthropic's models read PDF and text files, not ${media.mime}.`)
}

function webUrl(url: string, path: string): string {
  if (/^https?:\/\//.test(url)) return url
  throw new Untranslatable(path, 'Anthropic fetches http and https addresses only.')
}

function cached(part: { cache?: boolean }): Block {
  return part.cache === true ? { cache_control: { type: 'ephemeral' } } : {}
}
