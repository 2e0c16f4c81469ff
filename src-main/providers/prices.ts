/** What a call cost, from a price table that comes with the program; nothing is fetched. */
import { calcPrice } from '@pydantic/genai-prices'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import type { TokenUsage } from './types.ts'

/** The table's names. The other providers may be anybody, and the same model has another price elsewhere. */
const tableNames: ReadonlyMap<string, string> = new Map<ProviderId, string>([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['gemini', 'google'],
  ['azure-openai', 'azure'],
  ['openrouter', 'openrouter'],
  ['deepseek', 'deepseek'],
  ['mistral', 'mistral'],
  ['groq', 'groq'],
  ['xai', 'x-ai'],
  ['cohere', 'cohere'],
])

/**
 * Billionths of a US dollar, a whole number above 0; null when the provider, the model or its token counts are unknown, or when
 * the table has no price per token for it.
 */
export function costNanos(provider: string, model: string | null, usage: TokenUsage): number | null {
  const providerId = tableNames.get(provider)
  const { inputTokens, outputTokens } = usage
  if (providerId === undefined || model === null || inputTokens === null || outputTokens === null) return null
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  // The table counts cached tokens as part of the input, and refuses parts that exceed it.
  const counted = {
    input_tokens: inputTokens + cacheRead + cacheWrite,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    output_tokens: outputTokens,
  }
  const nanos = Math.round((calcPrice(counted, model, { providerId })?.total_price ?? 0) * 1e9)
  return nanos > 0 ? nanos : null
}
