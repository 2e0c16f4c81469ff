/** Parts of a conversation as the parts of a chat message. */
import { urlOf } from '../shared/media.ts'
import { type Media, type Part, Untranslatable } from '../types.ts'

type Written = Record<string, unknown>

/** A part of a user's message. `path` is its place in the conversation. Throws Untranslatable. */
export function writePart(part: Part, path: string): Written {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'image':
      return {
        type: 'image_url',
        image_url: { url: urlOf(part.media), ...(part.detail === undefined ? {} : { detail: part.detail }) },
      }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: dataOf(part.media, path), format: audioFormat(part.media, path) } }
    case 'file':
      return { type: 'file', file: writeFile(part, path) }
    case 'thinking':
    case 'redacted-thinking':
    case 'tool-call':
    case 'tool-result':
      throw new Untranslatable(path, 'This has no place in a message of the user.')
  }
}

/** One text as it is, otherwise parts. */
export function contentOf(parts: readonly Written[]): unknown {
  const [only] = parts
  return parts.length === 1 && only?.type === 'text' ? only.text : parts
}

function dataOf(media: Media, path: string): string {
  if ('data' in media) return media.data
  throw new Untranslatable(path, 'The API that serves this model takes this only as data, not by its URL.')
}

/** `wav` or `mp3`, which is what OpenAI's APIs take. */
export function audioFormat(media: Media, path: string): 'wav' | 'mp3' {
  const mime = media.mime ?? ''
  if (/^audio\/(?:x-|vnd\.)?wave?$/.test(mime)) return 'wav'
  if (/^audio\/(?:mpeg|mp3)$/.test(mime)) return 'mp3'
  throw new Untranslatable(path, 'The API that serves this model takes audio only as wav or mp3.')
}

function writeFile(part: Extract<Part, { kind: 'file' }>, path: string): Written {
  if (!('data' in part.media)) dataOf(part.media, path)
  // It wants a name, and goes by its ending.
  return { filename: part.name ?? nameFor(part.media.mime), file_data: urlOf(part.media) }
}

function nameFor(mime: string | null): string {
  const ending = /^\w+\/([\w-]+)$/.exec(mime ?? '')?.[1] ?? 'bin'
  return `file.${ending === 'plain' ? 'txt' : ending}`
}
