/** Which model answers when the daily quota of another is used up on every key. */
import type { Fallback } from '../pool/types.ts'

/** One step each; the chain goes on from there. Any other model has none. */
export const MODEL_FALLBACKS: readonly Fallback[] = [
  { model: 'gemini-3.1-pro-preview', then: ['gemini-3-flash-preview'] },
  { model: 'gemini-3-pro-preview', then: ['gemini-3-flash-preview'] },
  { model: 'gemini-3-flash-preview', then: ['gemini-2.5-flash'] },
  { model: 'gemini-2.5-flash', then: ['gemini-3.1-flash-lite-preview'] },
  { model: 'gemma-3-1b*', then: ['gemma-3-4b-it'] },
  { model: 'gemma-3-4b*', then: ['gemma-3-12b-it'] },
  { model: 'gemma-3-12b*', then: ['gemma-3-27b-it'] },
  { model: 'gemma-3-27b*', then: ['gemini-3.1-flash-lite-preview'] },
]
