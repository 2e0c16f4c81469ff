/** Token counts in Anthropic's words. Its `input_tokens` leaves out what was read from or written to the cache, as ours does. */
import { countAt } from '../../providers/read.ts'
import type { AnswerUsage } from '../types.ts'

/** What a `usage` object says; only what it says, because the events of a stream replace one another field by field. */
export function readUsage(usage: unknown): Partial<AnswerUsage> {
  const said = {
    input: countAt(usage, 'input_tokens'),
    cacheRead: countAt(usage, 'cache_read_input_tokens'),
    cacheWrite: countAt(usage, 'cache_creation_input_tokens'),
    output: countAt(usage, 'output_tokens'),
    reasoning: countAt(usage, 'output_tokens_details', 'thinking_tokens'),
  }
  return Object.fromEntries(Object.entries(said).filter(([, count]) => count !== null))
}

/** As Anthropic writes it: the two main counts are never null there, so an unknown one is 0. */
export function writeUsage(usage: Partial<AnswerUsage>): Record<string, unknown> {
  const reasoning = usage.reasoning ?? null
  return {
    input_tokens: usage.input ?? 0,
    cache_creation_input_tokens: usage.cacheWrite ?? null,
    cache_read_input_tokens: usage.cacheRead ?? null,
    output_tokens: usage.output ?? 0,
    ...(reasoning === null ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  }
}
