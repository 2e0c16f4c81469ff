/** Token counts in the words of chat completions. What was read from or written to the cache is inside `prompt_tokens` there. */
import { at, countAt } from '../../providers/read.ts'
import type { AnswerUsage } from '../types.ts'

/** Null = nothing is said. DeepSeek names cached tokens `prompt_cache_hit_tokens`. */
export function readUsage(usage: unknown): AnswerUsage | null {
  const prompt = countAt(usage, 'prompt_tokens')
  const output = countAt(usage, 'completion_tokens')
  if (prompt === null && output === null) return null
  const cacheRead = countAt(usage, 'prompt_tokens_details', 'cached_tokens') ?? countAt(usage, 'prompt_cache_hit_tokens')
  const cacheWrite = countAt(usage, 'prompt_tokens_details', 'cache_write_tokens')
  return {
    input: prompt === null ? null : Math.max(0, prompt - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    output,
    reasoning: countAt(usage, 'completion_tokens_details', 'reasoning_tokens'),
  }
}

/** The usage of a chunk: Groq has its own place for it. */
export function usageIn(body: unknown): AnswerUsage | null {
  return readUsage(at(body, 'usage') ?? at(body, 'x_groq', 'usage'))
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
