/** Questions of how many tokens a request has: Anthropic's count_tokens and Gemini's countTokens, and an estimate where neither is spoken. */
import { estimateTokens } from '../../providers/estimate.ts'
import { countAt } from '../../providers/read.ts'
import { geminiFormat } from '../gemini/format.ts'
import { inWordsOf } from '../in-words.ts'
import { messagesFormat } from '../messages/format.ts'
import { Fields } from '../shared/fields.ts'
import { type Conversation, type Format, Untranslatable } from '../types.ts'
import { inClientWords } from '../words.ts'

export type CountFormat = 'messages' | 'gemini'

/** Says in an answer that its count is an estimate: `x-keywheel-estimated: true`. */
export const estimatedHeader = 'x-keywheel-estimated'

const formats: Readonly<Record<CountFormat, Format>> = { messages: messagesFormat, gemini: geminiFormat }

/**
 * A client's question in the upstream's words. `body` is the client's; `given` its model, `model` the upstream's. Throws
 * Untranslatable as the request itself would. Between the same formats nothing needs to be said anew, so that is not asked here.
 */
export function countRequest(
  from: CountFormat,
  to: CountFormat,
  body: unknown,
  given: string | null,
  model: string,
): { body: Record<string, unknown>; dropped: string[] } {
  const asked = readCount(from, body, given)
  const { body: written, dropped } = inWordsOf(from, asked, () => formats[to].writeRequest({ ...asked, model, stream: false }))
  const counted = to === 'messages' ? onlyCounted(written) : { generateContentRequest: { model: `models/${model}`, ...written } }
  return { body: counted, dropped: [...asked.hints, ...dropped.map((path) => inClientWords(from, asked, path))] }
}

/** The upstream's answer in the client's words. Throws Untranslatable when it is none. */
export function countAnswer(from: CountFormat, to: CountFormat, body: unknown): Record<string, unknown> {
  const tokens = to === 'messages' ? countAt(body, 'input_tokens') : countAt(body, 'totalTokens')
  if (tokens === null) throw new Untranslatable('body', "The upstream's answer holds no count of tokens.")
  return told(from, tokens)
}

/** An answer by our own estimate, for upstreams that cannot be asked; to be sent with `estimatedHeader`. */
export function countEstimate(from: CountFormat, body: unknown): Record<string, unknown> {
  return told(from, estimateTokens(body))
}

function told(from: CountFormat, tokens: number): Record<string, unknown> {
  return from === 'messages' ? { input_tokens: tokens } : { totalTokens: tokens }
}

/** Gemini's question holds a whole request, or the contents alone. */
function readCount(from: CountFormat, body: unknown, given: string | null): Conversation {
  const asked = { model: given, stream: false }
  if (from === 'messages') return messagesFormat.readRequest(body, asked)
  const fields = new Fields({ hints: {}, found: new Set(), camel: true }, body)
  const whole = fields.record('generateContentRequest')
  if (whole === null) return geminiFormat.readRequest(body, asked)
  fields.finish()
  return geminiFormat.readRequest(whole, asked)
}

const counted = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'])

/** count_tokens refuses what would only matter for the answer. */
function onlyCounted(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => counted.has(name)))
}
