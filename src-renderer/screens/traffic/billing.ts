/** What is known of charges beside the cost: attempts that may have been charged for, and where the price is from. Pure. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'

/** How many attempts may have been charged for without an answer that says so. */
export function uncertainAttempts({ attempts }: Pick<RequestRow, 'attempts'>): number {
  return attempts.filter(({ billed }) => billed === 'maybe').length
}

/** The words of the client's and the upstream's format, where they are known. */
const formatWords: Partial<Record<string, string>> = {
  chat: 'OpenAI Chat Completions',
  responses: 'OpenAI Responses',
  messages: 'Anthropic Messages',
  gemini: 'Google Gemini',
}

/** `client → upstream`, or the one that both spoke; null off the unified API. */
export function translationText({
  clientFormat,
  upstreamFormat,
}: Pick<RequestRow, 'clientFormat' | 'upstreamFormat'>): string | null {
  if (clientFormat === null) return null
  const [client, upstream] = [clientFormat, upstreamFormat].map((format) => format && (formatWords[format] ?? format))
  return upstream === null || upstream === undefined || upstream === client ? `${client}` : `${client} → ${upstream}`
}
