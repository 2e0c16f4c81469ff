/** Which model answers when the daily quota of another is used up on every key. */
import type { Fallback } from '../pool/types.ts'
import { modelFallbacks } from '../task/index.ts'

/** One step each; the chain goes on from there. Any other model has none. */
// oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
export const MODEL_FALLBACKS: readonly Fallback[] = modelFallbacks.map(([model, next]) => ({ model, then: [next] }))
