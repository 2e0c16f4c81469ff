/** Which model answers when the daily quota of another is used up on every key. */
import type { Fallback } from '../pool/types.ts'

const steps = [
  ['gemini-3.1-pro-preview', 'gemini-3-flash-preview'],
  ['gemini-3-pro-preview', 'gemini-3-flash-preview'],
  ['gemini-3-flash-preview', 'gemini-2.5-flash'],
  ['gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
  ['gemma-3-1b*', 'gemma-3-4b-it'],
  ['gemma-3-4b*', 'gemma-3-12b-it'],
  ['gemma-3-12b*', 'gemma-3-27b-it'],
  ['gemma-3-27b*', 'gemini-3.1-flash-lite-preview'],
] as const

/** One step each; the chain goes on from there. Any other model has none. */
// oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
export const MODEL_FALLBACKS: readonly Fallback[] = steps.map(([model, next]) => ({ model, then: [next] }))
