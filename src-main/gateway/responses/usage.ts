/** Token counts in the words of the Responses API. What was read from or written to the cache is inside `input_tokens` there. */
import { countAt } from '../../providers/read.ts'
import type { AnswerUsage } from '../types.ts'

/** Only what is said. */
export function readUsage(usage: unknown): Partial<AnswerUsage> {
  const input = countAt(usage, 'input_tokens')
  const cacheRead = countAt(usage, 'input_tokens_details', 'cached_tokens')
  const cacheWrite = countAt(usage, 'input_tokens_details', 'cache_write_tokens')
  const said: AnswerUsage = {
    input: input === null ? null : Math.max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cacheRead,
    cacheWrite,
    output: countAt(usage, 'output_tokens'),
    reasoning: countAt(usage, 'output_tokens_details', 'reasoning_tokens'),
  }
  return Object.fromEntries(Object.entries(said).filter(([, count]) => count !== null))
}

/** Null = nothing is known. An unknown count among known ones is 0, for the format has no other word. */
export function writeUsage(usage: Partial<AnswerUsage>): Record<string, unknown> | null {
  const { input = null, output = null, cacheRead = null, cacheWrite = null, reasoning = null } = usage
  if (input === null && output === null) return null
  const total = (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0)
  return {
    input_tokens: total,
    input_tokens_details: { cached_tokens: cacheRead ?? 0, cache_write_tokens: cacheWrite ?? 0 },
    output_tokens: output ?? 0,
    output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
    total_tokens: total + (output ?? 0),
  }
}
