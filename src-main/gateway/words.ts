/** A place in a conversation, in the words of the client's own format. */
import { originOf } from './shared/origin.ts'
import type { Conversation, WireFormat } from './types.ts'

type Words = Readonly<Record<Exclude<keyof Conversation, 'hints' | 'wantsUsage'>, string>>

const openai = {
  model: 'model',
  stream: 'stream',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  stop: 'stop',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  user: 'user',
} as const

const words: Readonly<Record<WireFormat, Words>> = {
  chat: {
    ...openai,
    system: 'messages',
    turns: 'messages',
    maxTokens: 'max_completion_tokens',
    shape: 'response_format',
    thinking: 'reasoning_effort',
  },
  responses: {
    ...openai,
    system: 'instructions',
    turns: 'input',
    maxTokens: 'max_output_tokens',
    shape: 'text.format',
    thinking: 'reasoning',
  },
  messages: {
    ...openai,
    system: 'system',
    turns: 'messages',
    maxTokens: 'max_tokens',
    parallelTools: 'tool_choice.disable_parallel_tool_use',
    stop: 'stop_sequences',
    shape: 'output_config.format',
    thinking: 'thinking',
    user: 'metadata.user_id',
  },
  gemini: {
    model: 'model',
    stream: 'stream',
    system: 'systemInstruction',
    turns: 'contents',
    tools: 'tools',
    toolChoice: 'toolConfig.functionCallingConfig',
    parallelTools: 'toolConfig.functionCallingConfig',
    maxTokens: 'generationConfig.maxOutputTokens',
    temperature: 'generationConfig.temperature',
    topP: 'generationConfig.topP',
    topK: 'generationConfig.topK',
    seed: 'generationConfig.seed',
    stop: 'generationConfig.stopSequences',
    presencePenalty: 'generationConfig.presencePenalty',
    frequencyPenalty: 'generationConfig.frequencyPenalty',
    shape: 'generationConfig.responseSchema',
    thinking: 'generationConfig.thinkingConfig',
    user: 'labels',
  },
}

/** What a piece has besides what it says, in each format; what is not here has no name of its own there. */
const details: Readonly<Record<WireFormat, Readonly<Record<string, string>>>> = {
  chat: { cache: 'prompt_cache_breakpoint', detail: 'image_url.detail', strict: 'function.strict' },
  responses: { cache: 'prompt_cache_breakpoint', detail: 'detail', strict: 'strict' },
  messages: { cache: 'cache_control', strict: 'strict', isError: 'is_error' },
  gemini: {},
}

/**
 * `path` as writers of requests give it (`topK`, `turns[2].parts[0]`, `tools[1].strict`). The deepest piece on its way whose origin
 * is known says where it was; what no reader has marked is named by its top field alone.
 */
export function inClientWords(format: WireFormat, conversation: Conversation, path: string): string {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  const origin = originOn(conversation, steps)
  if (origin !== undefined) {
    const detail = details[format][steps.at(-1) ?? '']
    return detail === undefined ? origin : `${origin}.${detail}`
  }
  const top = steps[0] ?? ''
  return Object.hasOwn(words[format], top) ? words[format][top as keyof Words] : path
}

function originOn(conversation: Conversation, steps: readonly string[]): string | undefined {
  let here: unknown = conversation
  let origin: string | undefined
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) break
    here = (here as Record<string, unknown>)[step]
    if (typeof here === 'object' && here !== null) origin = originOf(here) ?? origin
  }
  return origin
}
