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

interface Row {
  /** With that model alone: looking for a model among all takes up to 0.1 ms. */
  provider: Provider
  /** Null = what a token costs depends on the time or on how many there are. */
  rates: Rates | null
}

/** US dollars per million tokens. */
interface Rates {
  input: number
  cacheRead: number
  cacheWrite: number
  cacheWriteHour: number
  output: number
}

const rowOf = memoized((providerName, model): Row | null => {
  const providerId = tableNames.get(providerName)
  const found = providerId === undefined ? null : calcPrice({}, model, { providerId })
  if (found === null) return null
  const provider = { ...found.provider, models: [found.model] }
  const { prices } = found.model
  const fixed =
    !Array.isArray(prices) && pricesTokens(prices) && Object.values(prices).every((price) => typeof price !== 'object')
  return { provider, rates: fixed ? ratesOf(provider, model) : null }
})

/** What the table says of a million tokens of each kind, asked once: asking it takes ten times as long as multiplying. */
function ratesOf(provider: Provider, model: string): Rates | null {
  const million = (kinds: Partial<Record<keyof ReturnType<typeof countedAs>, number>>) =>
    calcPrice({ ...countedAs(0, 0, 0, 0, 0), ...kinds }, model, { provider })?.total_price ?? Number.NaN
  const tokens = 1_000_000
  const rates = {
    input: million({ input_tokens: tokens }),
    cacheRead: million({ input_tokens: tokens, cache_read_tokens: tokens }),
    cacheWrite: million({ input_tokens: tokens, cache_write_tokens: tokens }),
    cacheWriteHour: million({ input_tokens: tokens, cache_write_tokens: tokens, cache_write_1h_tokens: tokens }),
    output: million({ output_tokens: tokens }),
  }
  return Object.values(rates).every((rate) => Number.isFinite(rate)) ? rates : null
}

/** The table counts cached tokens as part of the input, those written for an hour as part of those written, and refuses more. */
function countedAs(input: number, cacheRead: number, cacheWrite: number, cacheWriteHour: number, output: number) {
  return {
    input_tokens: input + cacheRead + cacheWrite,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    cache_write_1h_tokens: cacheWriteHour,
    output_tokens: output,
  }
}

/** US dollars; null when the provider, the model or its token counts are unknown, or when the table has no price per token for it. */
export function tablePrice(providerId: string, model: string, usage: TokenUsage): number | null {
  const row = rowOf(providerId, model)
  const { inputTokens: input, outputTokens: output } = usage
  if (row === null || input === null || output === null) return null
  const read = usage.cacheReadTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const hour = Math.min(usage.cacheWriteHourTokens ?? 0, written)
  const { provider, rates } = row
  if (rates !== null) {
    const { cacheRead, cacheWrite, cacheWriteHour } = rates
    const cached = read * cacheRead + (written - hour) * cacheWrite + hour * cacheWriteHour
    return (input * rates.input + cached + output * rates.output) / 1e6
  }
  const price = calcPrice(countedAs(input, read, written, hour, output), model, { provider })
  return price !== null && pricesTokens(price.model_price) ? price.total_price : null
}

/** Without a price, or at 0, a model may be free for now or billed otherwise: nobody here knows. */
function pricesTokens({ input_mtok: input, output_mtok: output }: ModelPrice): boolean {
  return [input, output].some((price) => (typeof price === 'number' ? price > 0 : price !== undefined))
}
