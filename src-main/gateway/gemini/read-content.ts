/** Gemini's contents as turns. */
import { readCallId } from '../shared/call-id.ts'
import type { Fields } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Media, Part, Turn } from '../types.ts'

/** Calls that have not been answered yet, oldest first: Gemini lets clients leave out the ids. */
type OpenCalls = { id: string; name: string }[]

export function readContents(contents: readonly Fields[]): Turn[] {
  const open: OpenCalls = []
  return contents.map((content, index) => {
    const role = content.text('role') ?? 'user'
    // `function` was the role of results in Gemini 1.
    if (role !== 'user' && role !== 'model' && role !== 'function') content.refuse('role', 'This must be user or model.')
    const parts = content
      .items('parts')
      .map((part, at) => readPart(part, `call_${index}_${at}`, open).map((read) => saidAt(part.path, read)))
    content.finish()
    return saidAt(content.path, { role: role === 'model' ? 'assistant' : 'user', parts: parts.flat() })
  })
}

/** A system instruction: a content without a role that matters. */
export function readInstruction(content: Fields | null): Part[] {
  if (content === null) return []
  content.take('role')
  const parts = content.items('parts').map((part) => {
    const text = part.neededText('text')
    part.take('thought')
    part.take('thoughtSignature')
    part.finish()
    return { kind: 'text', text } as const
  })
  content.finish()
  return parts
}

/** One part, or none when it holds nothing but a signature. */
function readPart(part: Fields, newId: string, open: OpenCalls): Part[] {
  const signature = part.text('thoughtSignature')
  const thought = part.flag('thought') ?? false
  const text = part.text('text')
  const call = part.inner('functionCall')
  const result = part.inner('functionResponse')
  const inline = part.inner('inlineData')
  const file = part.inner('fileData')
  part.finish()
  if (call !== null) return [readCall(call, newId, signature, open)]
  if (result !== null) return [readResult(result, open)]
  if (inline !== null) return [mediaPart(inlineMedia(inline))]
  if (file !== null) return [mediaPart(fileMedia(file))]
  if (text === null || (text === '' && signature !== null)) return []
  // The thoughts of Gemini are signed, if at all, by the part that follows them.
  return [thought ? { kind: 'thinking', text, signature: null } : { kind: 'text', text }]
}

function readCall(call: Fields, newId: string, signature: string | null, open: OpenCalls): Part {
  const given = readCallId(call.text('id') ?? newId)
  const name = call.neededText('name')
  const args = JSON.stringify(call.record('args') ?? {})
  call.finish()
  open.push({ id: given.id, name })
  return { kind: 'tool-call', ...given, name, args, ...(signature === null ? {} : { signature }) }
}

function readResult(result: Fields, open: OpenCalls): Part {
  const name = result.neededText('name')
  const callId = answered(result, name, open)
  const { text, isError } = readResponse(result.record('response') ?? {})
  const media = result.items('parts').map((part) => {
    const inline = part.inner('inlineData') ?? part.refuse('inlineData', 'This is missing.')
    part.finish()
    return mediaPart(inlineMedia(inline))
  })
  if (result.flag('willContinue') === true) result.refuse('willContinue', 'Only whole results can be carried over.')
  result.take('scheduling')
  result.finish()
  return { kind: 'tool-result', callId, name, parts: text === null ? media : [{ kind: 'text', text }, ...media], isError }
}

/** The id of the call that this answers: the given one, else the oldest open call of that function. */
function answered(result: Fields, name: string, open: OpenCalls): string {
  const given = result.text('id')
  const id = given === null || given === '' ? null : readCallId(given).id
  const at = open.findIndex((call) => (id === null ? call.name === name : call.id === id))
  const call = at === -1 ? undefined : open.splice(at, 1)[0]
  return id ?? call?.id ?? result.refuse('name', `No call of ${name} comes before this result.`)
}

/** Google's rule: `output` is the result, `error` the failure, and without either the whole object is the result. */
function readResponse(response: Record<string, unknown>): { text: string | null; isError: boolean } {
  const names = Object.keys(response)
  if (names.length === 0) return { text: null, isError: false }
  const [only] = names.length === 1 ? names : []
  if (only === 'output' || only === 'error') return { text: asText(response[only]), isError: only === 'error' }
  return { text: JSON.stringify(response), isError: false }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function inlineMedia(inline: Fields): Media {
  const media = { mime: inline.neededText('mimeType'), data: inline.neededText('data') }
  inline.finish()
  return media
}

function fileMedia(file: Fields): Media {
  const url = file.neededText('fileUri')
  if (!/^https?:\/\//.test(url) || /^https:\/\/(generativelanguage\.googleapis|www\.youtube|youtu)\./.test(url)) {
    file.refuse('fileUri', "Only Gemini itself can read a file of Google's. Give its bytes or a public address.")
  }
  const media = { mime: file.text('mimeType'), url }
  file.finish()
  return media
}

function mediaPart(media: Media): Part {
  if (media.mime?.startsWith('image/') === true) return { kind: 'image', media }
  if (media.mime?.startsWith('audio/') === true) return { kind: 'audio', media }
  return { kind: 'file', media, name: null }
}
