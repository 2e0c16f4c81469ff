/** The table of prices that comes with the program. */
import { calcPrice, type ModelPrice, type Provider } from '@pydantic/genai-prices'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { memoized } from './prices-memory.ts'
import type { TokenUsage } from './types.ts'

/** Which table: the package's version, for it has no date of its own. */
export const tableVersion = 'genai-prices 0.1.8'

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

/** A provider with that model alone: looking for a model among all takes up to 0.1 ms. */
const rowOf = memoized((provider, model): Provider | null => {
  const providerId = tableNames.get(provider)
  const found = providerId === undefined ? null : calcPrice({}, model, { providerId })
  return found === null ? null : { ...found.provider, models: [found.model] }
})

/** US dollars; null when the provider, the model or its token counts are unknown, or when the table has no price per token for it. */
export function tablePrice(providerId: string, model: string, usage: TokenUsage): number | null {
  const provider = rowOf(providerId, model)
  const { inputTokens, outputTokens } = usage
  if (provider === null || inputTokens === null || outputTokens === null) return null
  const cacheRead = usage.cacheReadTokens ?? 0
  const cacheWrite = usage.cacheWriteTokens ?? 0
  // The table counts cached tokens as part of the input, those written for an hour as part of those written, and refuses more.
  const counted = {
    input_tokens: inputTokens + cacheRead + cacheWrite,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    cache_write_1h_tokens: Math.min(usage.cacheWriteHourTokens ?? 0, cacheWrite),
    output_tokens: outputTokens,
  }
  const price = calcPrice(counted, model, { provider })
  return price !== null && pricesTokens(price.model_price) ? price.total_price : null
}

/** Without a price, or at 0, a model may be free for now or billed otherwise: nobody here knows. */
function pricesTokens({ input_mtok: input, output_mtok: output }: ModelPrice): boolean {
  return [input, output].some((price) => (typeof price === 'number' ? price > 0 : price !== undefined))
}
