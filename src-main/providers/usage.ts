/**
 * Token counts as the APIs report them. The shapes tell themselves apart, so a pool may serve any of them.
 * What is read is cumulative in every API: later numbers replace earlier ones, field by field.
 */
import { at, countAt, textAt } from './read.ts'
import type { TokenUsage } from './types.ts'

type Counts = { -readonly [Field in Exclude<keyof TokenUsage, 'model'>]: number | null }

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
  const merged: TokenUsage = { ...known, ...(model === '' ? {} : { model: model.slice(0, 200) }) }
  for (const [name, value] of Object.entries(said)) if (value !== null) merged[name as keyof Counts] = value
  return merged
}

function countsOf(event: unknown): Partial<Counts> {
  if (at(event, 'usageMetadata') !== undefined) return gemini(at(event, 'usageMetadata'))
  const usage =
    at(event, 'usage') ??
    at(event, 'message', 'usage') ??
    at(event, 'response', 'usage') ??
    at(event, 'x_groq', 'usage') ??
    // Cohere's message-end.
    at(event, 'delta', 'usage')
  if (usage === undefined || usage === null) return {}
  if (at(usage, 'prompt_tokens') !== undefined) return openaiChat(usage)
  if (at(usage, 'billed_units') !== undefined) return cohere(at(usage, 'billed_units'))
  const responses =
    at(event, 'response') !== undefined || at(event, 'object') === 'response' || at(usage, 'input_tokens_details') !== undefined
  return responses ? openaiResponses(usage) : anthropic(usage)
}

/** Cached tokens are inside prompt_tokens. DeepSeek names them prompt_cache_hit_tokens. Embeddings have no output at all. */
function openaiChat(usage: unknown): Counts {
  const prompt = countAt(usage, 'prompt_tokens')
  const cached = countAt(usage, 'prompt_tokens_details', 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens')
  const nothingSaid = at(usage, 'completion_tokens') === undefined && prompt !== null && countAt(usage, 'total_tokens') === prompt
  return {
    inputTokens: less(prompt, cached),
    outputTokens: nothingSaid ? 0 : countAt(usage, 'completion_tokens'),
    cacheReadTokens: cached,
    cacheWriteTokens: null,
    reasoningTokens: countAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
  }
}

function openaiResponses(usage: unknown): Counts {
  const cached = countAt(usage, 'input_tokens_details', 'cached_tokens')
  return {
    inputTokens: less(countAt(usage, 'input_tokens'), cached),
    outputTokens: countAt(usage, 'output_tokens'),
    cacheReadTokens: cached,
    cacheWriteTokens: null,
    reasoningTokens: countAt(usage, 'output_tokens_details', 'reasoning_tokens'),
  }
}

/** Its input_tokens already leave out what was cached. */
function anthropic(usage: unknown): Counts {
  return {
    inputTokens: countAt(usage, 'input_tokens'),
    outputTokens: countAt(usage, 'output_tokens'),
    cacheReadTokens: countAt(usage, 'cache_read_input_tokens'),
    cacheWriteTokens: countAt(usage, 'cache_creation_input_tokens'),
    reasoningTokens: null,
  }
}

/** Cached tokens are inside promptTokenCount; thoughts are counted apart from candidates and billed as output. */
function gemini(usage: unknown): Counts {
  const cached = countAt(usage, 'cachedContentTokenCount')
  const thoughts = countAt(usage, 'thoughtsTokenCount')
  const prompt = countAt(usage, 'promptTokenCount')
  const tools = countAt(usage, 'toolUsePromptTokenCount') ?? 0
  const said = countAt(usage, 'candidatesTokenCount')
  return {
    inputTokens: less(prompt === null ? null : prompt + tools, cached),
    outputTokens: said === null && thoughts === null ? null : (said ?? 0) + (thoughts ?? 0),
    cacheReadTokens: cached,
    cacheWriteTokens: null,
    reasoningTokens: thoughts,
  }
}

function cohere(units: unknown): Partial<Counts> {
  return { inputTokens: countAt(units, 'input_tokens'), outputTokens: countAt(units, 'output_tokens') }
}

function less(total: number | null, part: number | null): number | null {
  return total === null ? null : Math.max(0, total - (part ?? 0))
}
