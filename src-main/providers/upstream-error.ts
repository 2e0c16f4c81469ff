/** What an error body says, whoever wrote it. */
import { at, listAt, textAt } from './read.ts'

/** Characters of a message that rules are matched against: a body of megabytes must not hold up everything else. */
const readMax = 2000

export interface UpstreamError {
  message: string
  /** `type` and `code` (or Gemini's `status`) as texts; '' when absent. */
  type: string
  code: string
}

/**
 * The error in an answer's body, or null. Understands OpenAI, Anthropic and Gemini (`{error: {…}}`, also in an array, as Gemini
 * streams it), the Responses API (`{response: {error}}`), OpenRouter (in the first choice), Mistral and Cohere (fields at the top), and a bare text.
 */
export function readError(body: unknown): UpstreamError | null {
  const whole: unknown = Array.isArray(body) ? body[0] : body
  const inner = at(whole, 'error') ?? at(whole, 'response', 'error') ?? at(listAt(whole, 'choices')[0], 'error')
  if (typeof inner === 'string' && inner !== '') return { message: inner.slice(0, readMax), type: '', code: '' }
  if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0) return fields(inner)
  const flat = at(whole, 'object') === 'error' || at(whole, 'type') === 'error'
  return flat ? fields(whole) : null
}

/** As readError, but for an answer whose status already says that it failed: then fields at the top count as well. */
export function errorOf(body: unknown): UpstreamError {
  return readError(body) ?? fields(body)
}

function fields(value: unknown): UpstreamError {
  return {
    message: (textAt(value, 'message') || detailOf(value)).slice(0, readMax),
    type: (textAt(value, 'type') || textAt(value, 'metadata', 'error_type')).slice(0, readMax),
    code: (textAt(value, 'code') || textAt(value, 'metadata', 'reason')).slice(0, readMax),
  }
}

/** What servers written with FastAPI say of a request that they do not take (Mistral, vLLM): `detail`, a text or a list by field. */
function detailOf(value: unknown): string {
  const detail = at(value, 'message', 'detail') ?? at(value, 'detail') ?? at(value, 'message')
  const first: unknown = Array.isArray(detail) ? detail[0] : undefined
  if (first === undefined) return textAt({ detail }, 'detail')
  const field = listAt(first, 'loc').filter((step) => step !== 'body')
  return [...(field.length > 0 ? [field.join('.')] : []), textAt(first, 'msg')].join(': ')
}

const longest = 300

/** The upstream's words for people: one line, short, with everything that looks like a key taken out. Undefined when empty. */
export function spoken(message: string): string | undefined {
  const line = message
    .slice(0, 4 * longest)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  // Upstreams quote the key that they refuse, some of them whole.
  const clean = line
    .replace(/\b(sk-ant-|sk-or-|sk-|AIza|AQ\.|gsk_|xai-|hf_|pplx-|nvapi-|csk-|Bearer )[\w*.…+/=-]{4,}/g, '$1…')
    .replace(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '…')
    // Without dashes, so that the dated names of models stay readable.
    .replace(/\b(?=\w*\d)(?=\w*[A-Za-z])\w{24,}\b/g, '…')
  if (clean === '') return undefined
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean
}
