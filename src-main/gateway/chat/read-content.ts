/** The content of a chat message: a text, or parts of which each has a type. */
import type { Fields } from '../shared/fields.ts'
import { mediaFromUrl } from '../shared/media.ts'
import { readParts } from '../shared/parts.ts'
import type { Part } from '../types.ts'

/** The parts in `content`, which counts as read; none when it is null. Throws Untranslatable. */
export function readContent(message: Fields): Part[] {
  return readParts(message, 'content', readPart)
}

function readPart(fields: Fields): Part {
  const cache = readCache(fields) ? { cache: true } : {}
  const type = fields.neededText('type')
  switch (type) {
    case 'text':
      return { kind: 'text', text: fields.neededText('text'), ...cache }
    case 'refusal':
      return { kind: 'refusal', text: fields.neededText('refusal') }
    case 'image_url':
      return { ...readImage(fields), ...cache }
    case 'input_audio':
      return readAudio(fields)
    case 'file':
      return { ...readFile(fields), ...cache }
    default:
      return fields.refuse('type', `A part of type "${type.slice(0, 60)}" cannot be said to the API that serves this model.`)
  }
}

/** OpenAI's own mark, or Anthropic's, which many clients of this format send. */
function readCache(fields: Fields): boolean {
  let found = false
  for (const [name, kind] of [
    ['prompt_cache_breakpoint', 'mode'],
    ['cache_control', 'type'],
  ] as const) {
    const mark = fields.inner(name)
    if (mark === null) continue
    mark.neededText(kind)
    mark.finish()
    found = true
  }
  return found
}

function readImage(fields: Fields): Part {
  const image = fields.inner('image_url') ?? fields.refuse('image_url', 'This is missing.')
  const media = mediaFromUrl(image.neededText('url')) ?? image.refuse('url', 'This must be an http(s) URL or a base64 data URL.')
  const detail = readDetail(image)
  image.finish()
  return { kind: 'image', media, ...(detail === null ? {} : { detail }) }
}

/** How closely an image is looked at; `original` is closer than any other format can say. */
export function readDetail(image: Fields): 'auto' | 'low' | 'high' | null {
  const detail = image.text('detail')
  switch (detail) {
    case null:
    case 'auto':
    case 'low':
    case 'high':
      return detail
    case 'original':
      image.hint('detail')
      return 'high'
    default:
      return image.refuse('detail', 'This must be auto, low, high or original.')
  }
}

const audioMimes: ReadonlyMap<string, string> = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mpeg'],
])

/** `input_audio` of chat and of the Responses API alike. */
export function readAudio(fields: Fields): Part {
  const audio = fields.inner('input_audio') ?? fields.refuse('input_audio', 'This is missing.')
  const data = audio.neededText('data')
  const format = audio.neededText('format')
  const mime = audioMimes.get(format) ?? audio.refuse('format', 'This must be wav or mp3.')
  audio.finish()
  return { kind: 'audio', media: { mime, data } }
}

function readFile(fields: Fields): Part {
  const file = fields.inner('file') ?? fields.refuse('file', 'This is missing.')
  if (file.has('file_id')) file.refuse('file_id', 'A file kept at OpenAI is not known elsewhere; send its content as file_data.')
  const media = mediaFromUrl(file.neededText('file_data')) ?? file.refuse('file_data', 'This must be a base64 data URL.')
  const name = file.text('filename')
  file.finish()
  return { kind: 'file', media, name }
}
