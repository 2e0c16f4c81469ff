/** What an answer in Gemini's format says. Pure; believes nothing about its shape. */
import type { TaskTool } from './types.ts'

export interface TaskAnswer {
  text: string
  thoughts: string
  /** The first one, as base64. */
  image: string | null
  toolsUsed: TaskTool[]
  tokensIn: number | null
  tokensOut: number | null
  thinkingTokens: number | null
  /** It ended before the model was done. */
  cut: boolean
  /** Why there is neither text nor image, as far as the answer says. */
  refusal: string
}

type Fields = Record<string, unknown>

export function readAnswer(body: unknown): TaskAnswer {
  const answer = fields(body)
  const candidate = fields(list(answer['candidates'])[0])
  const parts = list(fields(candidate['content'])['parts']).map(fields)
  const usage = fields(answer['usageMetadata'])
  const said = parts.filter((part) => typeof part['text'] === 'string')
  const searched = candidate['groundingMetadata'] !== undefined
  const ran = parts.some((part) => part['executableCode'] !== undefined)
  const reason = fields(answer['promptFeedback'])['blockReason'] ?? candidate['finishReason']
  return {
    text: join(said.filter((part) => part['thought'] !== true)),
    thoughts: join(said.filter((part) => part['thought'] === true)),
    image: parts.map((part) => fields(part['inlineData'])['data']).find((data) => typeof data === 'string') ?? null,
    toolsUsed: [...(searched ? (['google_search'] as const) : []), ...(ran ? (['code_execution'] as const) : [])],
    tokensIn: count(usage['promptTokenCount']),
    tokensOut: count(usage['candidatesTokenCount']),
    thinkingTokens: count(usage['thoughtsTokenCount']),
    cut: candidate['finishReason'] === 'MAX_TOKENS',
    refusal: typeof reason === 'string' && reason !== 'STOP' ? reason : 'the answer is empty',
  }
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const join = (parts: readonly Fields[]) => parts.map((part) => String(part['text'])).join('')
const count = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null)
