/** DeepSeek's answers as outcomes. Source: api-docs.deepseek.com/quick_start/error_codes. */
import { openaiLike } from './openai-outcome.ts'
import { isSuccess, outcome } from './outcome.ts'
import { at } from './read.ts'

/** An empty account shows in the balance that the free check asks for. */
export const deepseekOutcome = openaiLike(({ status, body }) =>
  isSuccess(status) && at(body, 'is_available') === false
    ? outcome('no-credit', 'The balance of this account is used up.')
    : null,
)
