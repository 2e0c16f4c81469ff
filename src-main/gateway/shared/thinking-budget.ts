/** Tokens of thought that a word for effort stands for. The figures are Google's, for its OpenAI-compatible API (ai.google.dev/gemini-api/docs/openai). */
import type { Thinking } from '../types.ts'

export function budgetOf(effort: NonNullable<Thinking['effort']>): number {
  switch (effort) {
    case 'none':
      return 0
    case 'minimal':
    case 'low':
      return 1024
    case 'medium':
      return 8192
    case 'high':
    case 'xhigh':
    case 'max':
      return 24_576
  }
}
