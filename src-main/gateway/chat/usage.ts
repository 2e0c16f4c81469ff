/** Token counts in the words of chat completions. What was read from or written to the cache is inside `prompt_tokens` there. */
import { at } from '../../providers/read.ts'
import { noUsage, withUsage } from '../../providers/usage.ts'
import type { AnswerUsage } from '../types.ts'

/** What a chunk or completion says, counted as Traffic counts it; only what it says. Null = nothing. Groq has its own place for it. */
export function usageIn(body: unknown): Partial<AnswerUsage> | null {
  // Nearly every chunk of a stream.
  if ((at(body, 'usage') ?? at(body, 'x_groq', 'usage') ?? null) === null) return null
  const counts = withUsage(noUsage(), body)
  const said = {
    input: counts.inputTokens,
    cacheRead: counts.cacheReadTokens,
    cacheWrite: counts.cacheWriteTokens,
    output: counts.outputTokens,
    reasoning: counts.reasoningTokens,
  }
  if (said.input === null && said.output === null) return null
  return Object.fromEntries(Object.entries(said).filter(([, count]) => count !== null))
}

/** Null = nothing is known. An unknown count among known ones is 0, for the format has no other word. */
export function writeUsage(usage: Partial<AnswerUsage>): Record<string, unknown> | null {
  const { input = null, output = null, cacheRead = null, cacheWrite = null, reasoning = null } = usage
  if (input === null && output === null) return null
  const prompt = (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
  return {
    prompt_tokens: prompt,
    completion_tokens: output ?? 0,
    total_tokens: prompt + (output ?? 0),
    prompt_tokens_details: { cached_tokens: cacheRead ?? 0, ...(cacheWrite === null ? {} : { cache_write_tokens: cacheWrite }) },
    ...(reasoning === null ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
