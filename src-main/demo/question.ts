/** Reading a request: whose API it is, which key it shows, what it asks. */
import type { IncomingHttpHeaders } from 'node:http'
import type { DialectName, KeyPlace, ScriptedCall, ScriptedUsage } from './types.ts'

/** The credential of a request, from `place` or whichever place its API puts it. Null = none. */
export function presentedKey(headers: IncomingHttpHeaders, query: URLSearchParams, place?: KeyPlace): string | null {
  const placed = place === undefined ? null : keyAt(place, headers, query)
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
  return (
    placed ?? bearer ?? one(headers['x-api-key']) ?? one(headers['x-goog-api-key']) ?? one(headers['api-key']) ?? query.get('key')
  )
}

function keyAt({ in: where, name, format }: KeyPlace, headers: IncomingHttpHeaders, query: URLSearchParams): string | null {
  const value = where === 'query' ? query.get(name) : one(headers[name.toLowerCase()])
  const [before = '', after = ''] = format.split('{key}')
  if (value === null || !value.startsWith(before) || !value.endsWith(after)) return null
  return value.slice(before.length, value.length - after.length) || null
}

/** `/v1/models` exists in all three APIs, and errors anywhere need a shape: the credential's place tells them apart. */
export function dialectOf(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): DialectName {
  if (/^\/v1\/(chat\/completions|responses|embeddings)$/.test(path)) return 'openai'
  if (path.startsWith('/v1/messages')) return 'anthropic'
  if (path.startsWith('/v1beta/') || headers['x-goog-api-key'] !== undefined || query.has('key')) return 'gemini'
  return headers['x-api-key'] !== undefined || headers['anthropic-version'] !== undefined ? 'anthropic' : 'openai'
}

function one(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** A field of an untyped body; undefined when the body has none of that name. */
export function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
}

/** A field that is a list; empty when it is none. */
export function listField(body: unknown, name: string): readonly unknown[] {
  const value = field(body, name)
  return Array.isArray(value) ? value : []
}

export function textField(body: unknown, name: string, otherwise: string): string {
  const value = field(body, name)
  return typeof value === 'string' ? value : otherwise
}

/** Everything under the usual prompt fields, as one text. */
export function promptOf(body: unknown): string {
  return ['system', 'systemInstruction', 'instructions', 'messages', 'contents', 'input', 'prompt']
    .flatMap((name) => texts(field(body, name)))
    .join(' ')
}

/** What the person said last: the last text of the last message. */
export function lastPrompt(body: unknown): string {
  for (const name of ['messages', 'contents', 'input', 'prompt']) {
    const value = field(body, name)
    const last = texts(Array.isArray(value) ? value.at(-1) : value).at(-1)
    if (last !== undefined) return last
  }
  return ''
}

/** Four characters to a token in and in what is called, one word to a token out: rough, and the same on every run. */
export function countedUsage(prompt: string, answer: string, calls: readonly ScriptedCall[]): ScriptedUsage {
  const called = calls.length === 0 ? 0 : Math.ceil(JSON.stringify(calls).length / 4)
  return {
    input: Math.max(1, Math.ceil(prompt.length / 4)),
    cacheRead: 0,
    cacheWrite: 0,
    output: (answer === '' && called > 0 ? 0 : words(answer).length) + called,
    reasoning: 0,
  }
}

/** Words with the blanks that follow them: what a stream sends piece by piece. */
export function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? ['']
}

/** A text in pieces of so many characters, as models write the arguments of a call. */
export function slices(text: string, length = 8): string[] {
  return text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? []
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(texts)
  return ['text', 'content', 'parts'].flatMap((name) => {
    const inner = field(value, name)
    return inner === undefined ? [] : texts(inner)
  })
}
