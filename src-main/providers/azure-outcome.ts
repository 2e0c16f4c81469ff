/**
 * Azure's answers as outcomes. Sources: learn.microsoft.com/azure/ai-foundry/openai/how-to/quota,
 * learn.microsoft.com/answers/questions/5625878.
 */
import { openaiLike } from './openai-outcome.ts'
import { outcome } from './outcome.ts'
import { retryAfterMs } from './retry-hint.ts'

export const azureOutcome = openaiLike(({ status, header }, error, now) => {
  if (status === 403) {
    // Everything else that a resource forbids (its network rules, a block) holds for the key and all it asks.
    return outcome(/subscription\b.*\b(disabled|suspended)/i.test(error.message) ? 'no-credit' : 'key-invalid', error.message)
  }
  const busy = status === 429 && /experiencing high demand/i.test(error.message)
  return busy ? outcome('overloaded', error.message, retryAfterMs(header, now)) : null
})
