/** The content of an item of the Responses API: a text, or parts of which each has a type. */
import { readAudio, readDetail } from '../chat/read-content.ts'
import type { Fields } from '../shared/fields.ts'
import { mediaFromUrl } from '../shared/media.ts'
import { readParts } from '../shared/parts.ts'
import type { Part } from '../types.ts'

/** The parts in the field `name` (`content` of messages, `output` of calls), which counts as read. Throws Untranslatable. */
export function readContent(item: Fields, name: string): Part[] {
  return readParts(item, name, readPart)
}

function readPart(fields: Fields): Part {
  const cache = readCache(fields) ? { cache: true } : {}
  const type = fields.neededText('type')
  switch (type) {
    case 'input_text':
    case 'output_text':
      return { kind: 'text', text: fields.neededText('text'), ...cache }
    case 'refusal':
      return { kind: 'refusal', text: fields.neededText('refusal') }
    case 'input_image':
      return { ...readImage(fields), ...cache }
    case 'input_audio':
      return readAudio(fields)
    case 'input_file':
      return { ...readFile(fields), ...cache }
    default:
      return fields.refuse('type', `A part of type "${type.slice(0, 60)}" cannot be said to the API that serves this model.`)
  }
}

function readCache(fields: Fields): boolean {
  const mark = fields.inner('prompt_cache_breakpoint')
  mark?.neededText('mode')
  mark?.finish()
  return mark !== null
}

function refuseStored(fields: Fields): void {
  if (fields.has('file_id')) fields.refuse('file_id', 'A file kept at OpenAI is not known elsewhere; send its content.')
}

function readImage(fields: Fields): Part {
  refuseStored(fields)
  const media =
    mediaFromUrl(fields.neededText('image_url')) ??
    fields.refuse('image_url', 'This must be an http(s) URL or a base64 data URL.')
  const detail = readDetail(fields)
  return { kind: 'image', media, ...(detail === null ? {} : { detail }) }
}

function readFile(fields: Fields): Part {
  refuseStored(fields)
  const name = fields.text('filename')
  const url = fields.text('file_url')
  if (url !== null)
    return { kind: 'file', media: mediaFromUrl(url) ?? fields.refuse('file_url', 'This must be an http(s) URL.'), name }
  const media = mediaFromUrl(fields.neededText('file_data')) ?? fields.refuse('file_data', 'This must be a base64 data URL.')
  return { kind: 'file', media, name }
}
