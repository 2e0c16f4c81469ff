/**
 * Token counts as the APIs report them. The shapes tell themselves apart, so a pool may serve any of them.
 * What is read is cumulative in every API: later numbers replace earlier ones, field by field.
 */
import { at, countAt, textAt } from './read.ts'
import type { TokenUsage } from './types.ts'

const countNames = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'cacheWriteHourTokens',
  'chargedUsd',
] as const satisfies readonly Exclude<keyof TokenUsage, 'model'>[]

type Counts = Record<(typeof countNames)[number], number | null>

export function noUsage(): TokenUsage {
  return {
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    model: null,
  }
}

/** What one body or one event says, laid over what was known; a new object. */
export function withUsage(known: TokenUsage, event: unknown): TokenUsage {
  const said = countsOf(event)
  const model =
    textAt(event, 'model') ||
    textAt(event, 'message', 'model') ||
    textAt(event, 'response', 'model') ||
    textAt(event, 'modelVersion')
  const merged: TokenUsage = { ...known }
  if (model !== '') merged.model = model.slice(0, 200)
  for (const name of countNames) {
    const value = said[name]
    if (value !== null && value !== undefined) merged[name] = value
  }
  return merged
}

function countsOf(event: unknown): Partial<Counts> {
  if (at(event, 'usageMetadata') !== undefined) return gemini(at(event, 'usageMetadata'))
  const usage =
    at(event, 'usage') ??
    at(event, 'message', 'usage') ??
    at(event, 'response', 'usage') ??
    at(event, 'x_groq', 'usage') ??
    // Cohere's message-end, and its answers that are no chats.
    at(event, 'delta', 'usage') ??
    (at(event, 'meta', 'billed_units') === undefined ? undefined : at(event, 'meta'))
  if (usage === undefined || usage === null) return {}
  if (at(usage, 'prompt_tokens') !== undefined) return openaiChat(usage)
  if (at(usage, 'billed_units') !== undefined) return cohere(at(usage, 'billed_units'), at(event, 'embeddings') !== undefined)
  const responses =
    at(event, 'response') !== undefined || at(event, 'object') === 'response' || at(usage, 'input_tokens_details') !== undefined
  return responses ? openaiResponses(usage) : anthropic(usage)
}

/**
 * Cached tokens are inside prompt_tokens; DeepSeek names them prompt_cache_hit_tokens, OpenRouter tells those that were written as
 * well. Embeddings have no output at all.
 */
function openaiChat(usage: unknown): Partial<Counts> {
  const prompt = countAt(usage, 'prompt_tokens')
  const cached = countAt(usage, 'prompt_tokens_details', 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens')
  const written = countAt(usage, 'prompt_tokens_details', 'cache_write_tokens')
  const total = countAt(usage, 'total_tokens')
  const said = countAt(usage, 'completion_tokens')
  const embedded = at(usage, 'completion_tokens') === undefined && prompt !== null && total === prompt
  return {
    inputTokens: less(less(prompt, cached), written),
    outputTokens: embedded ? 0 : wholeOutput(prompt, said, total),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: countAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
    chargedUsd: charged(usage),
  }
}

/**
 * xAI leaves reasoning out of completion_tokens, and so does Gemini's OpenAI API; in both it is in the total, and billed as output
 * (docs.x.ai/docs/guides/reasoning).
 */
function wholeOutput(prompt: number | null, said: number | null, total: number | null): number | null {
  return prompt === null || said === null || total === null ? said : Math.max(said, total - prompt)
}

/** OpenRouter: its own charge, and on a person's own key what the provider behind it charges. */
function charged(usage: unknown): number | null {
  const amount = (...path: readonly string[]) => {
    const found = at(usage, ...path)
    return typeof found === 'number' && found >= 0 && found <= 1e5 ? found : null
  }
  const own = amount('cost')
  if (own === null || at(usage, 'is_byok') !== true) return own
  const behind = amount('cost_details', 'upstream_inference_cost')
  return behind === null ? null : own + behind
}

function openaiResponses(usage: unknown): Partial<Counts> {
  const cached = countAt(usage, 'input_tokens_details', 'cached_tokens')
  const written = countAt(usage, 'input_tokens_details', 'cache_write_tokens')
  return {
    inputTokens: less(less(countAt(usage, 'input_tokens'), cached), written),
    outputTokens: countAt(usage, 'output_tokens'),
    cacheReadTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: countAt(usage, 'output_tokens_details', 'reasoning_tokens'),
    chargedUsd: charged(usage),
  }
}

/** Its input_tokens already leave out what was cached. */
function anthropic(usage: unknown): Partial<Counts> {
  return {
    inputTokens: countAt(usage, 'input_tokens'),
    outputTokens: countAt(usage, 'output_tokens'),
    cacheReadTokens: countAt(usage, 'cache_read_input_tokens'),
    cacheWriteTokens: countAt(usage, 'cache_creation_input_tokens'),
    // 0 is what every answer without them says.
    cacheWriteHourTokens: countAt(usage, 'cache_creation', 'ephemeral_1h_input_tokens') || null,
  }
}

/** Cached tokens are inside promptTokenCount; thoughts are counted apart from candidates and billed as output. */
function gemini(usage: unknown): Partial<Counts> {
  const cached = countAt(usage, 'cachedContentTokenCount')
  const thoughts = countAt(usage, 'thoughtsTokenCount')
  const prompt = countAt(usage, 'promptTokenCount')
  const tools = countAt(usage, 'toolUsePromptTokenCount') ?? 0
  const said = countAt(usage, 'candidatesTokenCount')
  const input = prompt === null ? null : prompt + tools
  // A refused prompt has no candidates: the total says that there was no output.
  const silent = said === null && thoughts === null
  return {
    inputTokens: less(input, cached),
    outputTokens: silent
      ? input !== null && countAt(usage, 'totalTokenCount') === input
        ? 0
        : null
      : (said ?? 0) + (thoughts ?? 0),
    cacheReadTokens: cached,
    reasoningTokens: thoughts,
  }
}

/** What is billed, which is less than what the model was given (docs.cohere.com/reference/chat). */
function cohere(units: unknown, embedded: boolean): Partial<Counts> {
  return { inputTokens: countAt(units, 'input_tokens'), outputTokens: embedded ? 0 : countAt(units, 'output_tokens') }
}

function less(total: number | null, part: number | null): number | null {
  return total === null ? null : Math.max(0, total - (part ?? 0))
}
