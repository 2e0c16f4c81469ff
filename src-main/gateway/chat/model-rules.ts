/** What the many servers of this format want said differently, told by the model's name: a pool's model may come from anywhere. */

export interface ModelRules {
  /** OpenAI's reasoning models refuse `max_tokens`; Mistral and many local servers do not know `max_completion_tokens`. */
  limit: 'max_completion_tokens' | 'max_tokens'
  /** Models that want their thoughts back while tools are called; the others refuse or ignore them. Source: api-docs.deepseek.com/guides/thinking_mode. */
  wantsThoughts: boolean
  /** OpenAI's older models refuse to be told how hard to think. */
  takesEffort: boolean
  /**
   * Mistral refuses every field that it does not know (`user`, `stream_options`, `seed`, …), tells the usage of streams unasked, and
   * wants ids of calls of just nine letters and digits. Source: docs.mistral.ai/api.
   */
  closed: boolean
}

const openai = /^(?:openai\/)?(?:gpt-|chatgpt-|codex|o\d)/i
const thoughtless = /^(?:openai\/)?(?:gpt-[34]|chatgpt-)/i
const thoughtful = /deepseek|kimi|glm|minimax|qwen|mimo/i
/** As Mistral's own API names its models; elsewhere they have an owner (`mistralai/…`) or a size (`mistral:7b`). */
const mistral = /^(?:open-|labs-)?(?:mistral|mixtral|codestral|magistral|ministral|pixtral|devstral|voxtral)-[\w.-]+$/i

/** OpenAI's fields that a closed server refuses, of those that clients of any server send. */
const strange = [
  'stream_options',
  'user',
  'seed',
  'max_completion_tokens',
  'store',
  'service_tier',
  'verbosity',
  'safety_identifier',
  'prompt_cache_retention',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'modalities',
  'reasoning',
  'top_k',
]

/** The server would refuse the request as it is, and has other words for it. */
export function wantsOtherWords(model: string, body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !rulesOf(model).closed) return false
  return strange.some((field) => Object.hasOwn(body, field))
}

export function rulesOf(model: string): ModelRules {
  return {
    limit: openai.test(model) && !/^(?:openai\/)?gpt-oss/i.test(model) ? 'max_completion_tokens' : 'max_tokens',
    wantsThoughts: thoughtful.test(model),
    takesEffort: !thoughtless.test(model) && !mistral.test(model),
    closed: mistral.test(model),
  }
}
