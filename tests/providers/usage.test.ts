/** How each provider tells what an answer used, row by row: answers as their own documents show them, whole, streamed and cut. */
import { describe, expect, it } from 'vitest'
import { createPricing, findProvider, providers, type TokenUsage } from '../../src-main/providers/index.ts'

const sse = 'text/event-stream'
const json = 'application/json'
const none: TokenUsage = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  model: null,
}

interface Sample {
  provider: string
  type: string
  body: string
  used: Partial<TokenUsage>
  /** Dollars, where the table or the provider knows them. */
  usd?: number
}

const events = (...list: (object | string)[]) =>
  list.map((data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`).join('')
const named = (...list: { type: string }[]) => list.map((data) => `event: ${data.type}\n${events(data)}`).join('')
const chunk = (model: string, fields: object) => ({
  id: 'chatcmpl-123',
  object: 'chat.completion.chunk',
  created: 1694268190,
  model,
  system_fingerprint: 'fp_44709d6fcb',
  choices: [],
  ...fields,
})
const word = (text: string) => ({ choices: [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }] })

const openaiUsage = {
  prompt_tokens: 2006,
  completion_tokens: 300,
  total_tokens: 2306,
  prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 192,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
}
const responsesUsage = {
  input_tokens: 328,
  input_tokens_details: { cached_tokens: 128, cache_write_tokens: 30 },
  output_tokens: 52,
  output_tokens_details: { reasoning_tokens: 20 },
  total_tokens: 380,
}
const anthropicUsage = {
  input_tokens: 50,
  cache_creation_input_tokens: 456,
  cache_read_input_tokens: 100_000,
  cache_creation: { ephemeral_5m_input_tokens: 356, ephemeral_1h_input_tokens: 100 },
  output_tokens: 503,
  service_tier: 'standard',
}
const anthropicStart = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    usage: { ...anthropicUsage, output_tokens: 1 },
  },
}
const anthropicUsed = {
  inputTokens: 50,
  cacheReadTokens: 100_000,
  cacheWriteTokens: 456,
  cacheWriteHourTokens: 100,
  model: 'claude-sonnet-4-5',
}
const geminiUsage = {
  promptTokenCount: 1000,
  cachedContentTokenCount: 400,
  candidatesTokenCount: 80,
  thoughtsTokenCount: 120,
  totalTokenCount: 1200,
}
const gemini = (usageMetadata: object, modelVersion = 'gemini-2.5-flash') => ({
  candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }],
  usageMetadata,
  modelVersion,
})
const deepseekUsage = {
  prompt_tokens: 100,
  completion_tokens: 30,
  total_tokens: 130,
  prompt_tokens_details: { cached_tokens: 64 },
  completion_tokens_details: { reasoning_tokens: 10 },
  prompt_cache_hit_tokens: 64,
  prompt_cache_miss_tokens: 36,
}
const groqUsage = {
  queue_time: 0.037,
  prompt_tokens: 18,
  prompt_time: 0.0006,
  completion_tokens: 556,
  completion_time: 0.46,
  total_tokens: 574,
  total_time: 0.46,
}
const xaiUsage = {
  prompt_tokens: 32,
  completion_tokens: 9,
  total_tokens: 135,
  prompt_tokens_details: { text_tokens: 32, audio_tokens: 0, image_tokens: 0, cached_tokens: 6 },
  completion_tokens_details: {
    reasoning_tokens: 94,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
  num_sources_used: 0,
}
const cohereUsage = { billed_units: { input_tokens: 5, output_tokens: 418 }, tokens: { input_tokens: 71, output_tokens: 418 } }
const openrouterUsage = {
  prompt_tokens: 194,
  prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 50, audio_tokens: 0 },
  completion_tokens: 2,
  completion_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 196,
  cost: 0.00095,
  cost_details: { upstream_inference_cost: null },
}
const terminal = (type: string, usage: object | null, error: object | null = null) => ({
  type,
  response: { id: 'resp_1', object: 'response', model: 'gpt-4o', status: type.slice(9), error, usage },
})

const samples: Record<string, Sample> = {
  'OpenAI chat, whole': {
    provider: 'openai',
    type: json,
    body: JSON.stringify({
      id: 'chatcmpl-123',
      object: 'chat.completion',
      model: 'gpt-4o',
      ...word('Hello'),
      usage: openaiUsage,
    }),
    used: { inputTokens: 86, cacheReadTokens: 1920, outputTokens: 300, reasoningTokens: 192, model: 'gpt-4o' },
    usd: (86 * 2.5 + 1920 * 1.25 + 300 * 10) / 1e6,
  },
  'OpenAI chat, streamed with include_usage': {
    provider: 'openai',
    type: sse,
    body: events(
      chunk('gpt-4o', { ...word('Hel'), usage: null }),
      chunk('gpt-4o', { ...word('lo'), usage: null }),
      chunk('gpt-4o', { usage: openaiUsage }),
      '[DONE]',
    ),
    used: { inputTokens: 86, cacheReadTokens: 1920, outputTokens: 300, reasoningTokens: 192, model: 'gpt-4o' },
  },
  'OpenAI chat, streamed without it: only the model is known': {
    provider: 'openai',
    type: sse,
    body: events(chunk('gpt-4o', word('Hello')), '[DONE]'),
    used: { model: 'gpt-4o' },
  },
  'OpenAI Responses, whole': {
    provider: 'openai',
    type: json,
    body: JSON.stringify({ id: 'resp_1', object: 'response', model: 'gpt-4o', status: 'completed', usage: responsesUsage }),
    used: {
      inputTokens: 170,
      cacheReadTokens: 128,
      cacheWriteTokens: 30,
      outputTokens: 52,
      reasoningTokens: 20,
      model: 'gpt-4o',
    },
    usd: (200 * 2.5 + 128 * 1.25 + 52 * 10) / 1e6,
  },
  'OpenAI Responses, streamed and completed': {
    provider: 'openai',
    type: sse,
    body: named(
      terminal('response.created', null),
      { type: 'response.output_text.delta' },
      terminal('response.completed', responsesUsage),
    ),
    used: {
      inputTokens: 170,
      cacheReadTokens: 128,
      cacheWriteTokens: 30,
      outputTokens: 52,
      reasoningTokens: 20,
      model: 'gpt-4o',
    },
  },
  'OpenAI Responses, streamed and incomplete': {
    provider: 'openai',
    type: sse,
    body: named(terminal('response.created', null), terminal('response.incomplete', responsesUsage)),
    used: {
      inputTokens: 170,
      cacheReadTokens: 128,
      cacheWriteTokens: 30,
      outputTokens: 52,
      reasoningTokens: 20,
      model: 'gpt-4o',
    },
  },
  'OpenAI Responses, streamed and failed': {
    provider: 'openai',
    type: sse,
    body: named(terminal('response.failed', responsesUsage, { code: 'server_error', message: 'no' })),
    used: {
      inputTokens: 170,
      cacheReadTokens: 128,
      cacheWriteTokens: 30,
      outputTokens: 52,
      reasoningTokens: 20,
      model: 'gpt-4o',
    },
  },
  'OpenAI embeddings': {
    provider: 'openai',
    type: json,
    body: JSON.stringify({
      object: 'list',
      data: [],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    }),
    used: { inputTokens: 8, outputTokens: 0, model: 'text-embedding-3-small' },
    usd: (8 * 0.02) / 1e6,
  },
  'Anthropic, whole': {
    provider: 'anthropic',
    type: json,
    body: JSON.stringify({ id: 'msg_1', type: 'message', model: 'claude-sonnet-4-5', content: [], usage: anthropicUsage }),
    used: { ...anthropicUsed, outputTokens: 503 },
    usd: (50 * 3 + 100_000 * 0.3 + 356 * 3.75 + 100 * 6 + 503 * 15) / 1e6,
  },
  'Anthropic, streamed: the last running total counts': {
    provider: 'anthropic',
    type: sse,
    body: named(
      anthropicStart,
      { type: 'ping' },
      { type: 'content_block_delta' },
      { type: 'message_delta', usage: { output_tokens: 200 } } as { type: string },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 503 } } as { type: string },
      { type: 'message_stop' },
    ),
    used: { ...anthropicUsed, outputTokens: 503 },
  },
  'Gemini, whole: thoughts are billed beside the candidates': {
    provider: 'gemini',
    type: json,
    body: JSON.stringify(gemini(geminiUsage)),
    used: { inputTokens: 600, cacheReadTokens: 400, outputTokens: 200, reasoningTokens: 120, model: 'gemini-2.5-flash' },
    usd: (600 * 0.3 + 400 * 0.03 + 200 * 2.5) / 1e6,
  },
  'Gemini, streamed: the last running total counts': {
    provider: 'gemini',
    type: sse,
    body: events(
      gemini({ promptTokenCount: 1000, cachedContentTokenCount: 400, thoughtsTokenCount: 60, totalTokenCount: 1060 }),
      gemini({ ...geminiUsage, candidatesTokenCount: 3 }),
      gemini(geminiUsage),
    ),
    used: { inputTokens: 600, cacheReadTokens: 400, outputTokens: 200, reasoningTokens: 120, model: 'gemini-2.5-flash' },
  },
  'Gemini, streamed as an array': {
    provider: 'gemini',
    type: json,
    body: JSON.stringify([
      gemini({ promptTokenCount: 1000, cachedContentTokenCount: 400, candidatesTokenCount: 1 }),
      gemini(geminiUsage),
    ]),
    used: { inputTokens: 600, cacheReadTokens: 400, outputTokens: 200, reasoningTokens: 120, model: 'gemini-2.5-flash' },
  },
  'Gemini, a refused prompt has no output': {
    provider: 'gemini',
    type: json,
    body: JSON.stringify({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
      modelVersion: 'gemini-2.5-flash',
    }),
    used: { inputTokens: 7, outputTokens: 0, model: 'gemini-2.5-flash' },
  },
  "Gemini's OpenAI API, which leaves thoughts to the total": {
    provider: 'gemini',
    type: json,
    body: JSON.stringify({
      model: 'gemini-2.5-flash',
      usage: { prompt_tokens: 5, completion_tokens: 20, total_tokens: 145 },
    }),
    used: { inputTokens: 5, outputTokens: 140, model: 'gemini-2.5-flash' },
  },
  'Azure, streamed': {
    provider: 'azure-openai',
    type: sse,
    body: events(
      { ...chunk('', {}), prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] },
      chunk('gpt-4o', word('Hi')),
      chunk('gpt-4o', { usage: openaiUsage }),
      '[DONE]',
    ),
    used: { inputTokens: 86, cacheReadTokens: 1920, outputTokens: 300, reasoningTokens: 192, model: 'gpt-4o' },
  },
  'DeepSeek, hit and miss': {
    provider: 'deepseek',
    type: json,
    body: `\n\n${JSON.stringify({ object: 'chat.completion', model: 'deepseek-chat', usage: deepseekUsage })}`,
    used: { inputTokens: 36, cacheReadTokens: 64, outputTokens: 30, reasoningTokens: 10, model: 'deepseek-chat' },
  },
  'DeepSeek, only by its own names': {
    provider: 'deepseek',
    type: json,
    body: JSON.stringify({
      model: 'deepseek-chat',
      usage: { ...deepseekUsage, prompt_tokens_details: undefined, completion_tokens_details: undefined },
    }),
    used: { inputTokens: 36, cacheReadTokens: 64, outputTokens: 30, model: 'deepseek-chat' },
  },
  'DeepSeek, streamed between keep-alives': {
    provider: 'deepseek',
    type: sse,
    body: `: keep-alive\n\n${events(chunk('deepseek-chat', { ...word('Hi'), usage: null }))}: keep-alive\n\n${events(chunk('deepseek-chat', { usage: deepseekUsage }), '[DONE]')}`,
    used: { inputTokens: 36, cacheReadTokens: 64, outputTokens: 30, reasoningTokens: 10, model: 'deepseek-chat' },
  },
  'xAI, whose completion leaves reasoning out': {
    provider: 'xai',
    type: json,
    body: JSON.stringify({ object: 'chat.completion', model: 'grok-4', usage: xaiUsage }),
    used: { inputTokens: 26, cacheReadTokens: 6, outputTokens: 103, reasoningTokens: 94, model: 'grok-4' },
  },
  'xAI, streamed': {
    provider: 'xai',
    type: sse,
    body: events(chunk('grok-4', word('Hi')), chunk('grok-4', { usage: xaiUsage }), '[DONE]'),
    used: { inputTokens: 26, cacheReadTokens: 6, outputTokens: 103, reasoningTokens: 94, model: 'grok-4' },
  },
  'Mistral, streamed on the last piece': {
    provider: 'mistral',
    type: sse,
    body: events(
      chunk('mistral-small-latest', word('Hi')),
      chunk('mistral-small-latest', { ...word(''), usage: { prompt_tokens: 4, total_tokens: 31, completion_tokens: 27 } }),
      '[DONE]',
    ),
    used: { inputTokens: 4, outputTokens: 27, model: 'mistral-small-latest' },
  },
  'Groq, whole': {
    provider: 'groq',
    type: json,
    body: JSON.stringify({ model: 'llama-3.3-70b-versatile', usage: groqUsage, x_groq: { id: 'req_1' } }),
    used: { inputTokens: 18, outputTokens: 556, model: 'llama-3.3-70b-versatile' },
  },
  'Groq, streamed: in x_groq on the last piece': {
    provider: 'groq',
    type: sse,
    body: events(
      chunk('llama-3.3-70b-versatile', { ...word(''), x_groq: { id: 'req_1' } }),
      chunk('llama-3.3-70b-versatile', word('Hi')),
      chunk('llama-3.3-70b-versatile', { ...word(''), x_groq: { id: 'req_1', usage: groqUsage } }),
      '[DONE]',
    ),
    used: { inputTokens: 18, outputTokens: 556, model: 'llama-3.3-70b-versatile' },
  },
  'Cohere, whole: what is billed, not what the model was given': {
    provider: 'cohere',
    type: json,
    body: JSON.stringify({ id: 'c14c', finish_reason: 'COMPLETE', message: {}, usage: cohereUsage }),
    used: { inputTokens: 5, outputTokens: 418 },
  },
  'Cohere, streamed: in its message-end': {
    provider: 'cohere',
    type: sse,
    body: named({ type: 'message-start' }, { type: 'content-delta' }, {
      type: 'message-end',
      delta: { finish_reason: 'COMPLETE', usage: cohereUsage },
    } as { type: string }),
    used: { inputTokens: 5, outputTokens: 418 },
  },
  'Cohere, embeddings': {
    provider: 'cohere',
    type: json,
    body: JSON.stringify({
      id: 'x',
      embeddings: { float: [] },
      texts: [],
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: 4 } },
    }),
    used: { inputTokens: 4, outputTokens: 0 },
  },
  'OpenRouter, whole, with its charge': {
    provider: 'openrouter',
    type: json,
    body: JSON.stringify({ model: 'anthropic/claude-sonnet-4.5', provider: 'Anthropic', usage: openrouterUsage }),
    used: {
      inputTokens: 44,
      cacheReadTokens: 100,
      cacheWriteTokens: 50,
      outputTokens: 2,
      reasoningTokens: 0,
      chargedUsd: 0.00095,
      model: 'anthropic/claude-sonnet-4.5',
    },
    usd: 0.00095,
  },
  'OpenRouter, streamed between comments, on your own key': {
    provider: 'openrouter',
    type: sse,
    body: `: OPENROUTER PROCESSING\n\n${events(
      chunk('openai/gpt-4o', word('Hi')),
      chunk('openai/gpt-4o', {
        usage: { ...openaiUsage, cost: 0.0001, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } },
      }),
      '[DONE]',
    )}`,
    used: {
      inputTokens: 86,
      cacheReadTokens: 1920,
      outputTokens: 300,
      reasoningTokens: 192,
      chargedUsd: 0.0021,
      model: 'openai/gpt-4o',
    },
    usd: 0.0021,
  },
}

function read({ provider, type }: Sample, bytes: readonly Uint8Array[], complete = true): TokenUsage {
  const meter = (findProvider(provider) ?? providers.custom).meter(type, () => 0)
  if (!meter) throw new Error(`no meter for ${type}`)
  for (const each of bytes) meter.push(each)
  const { usage } = meter.finish(complete)
  if (!usage) throw new Error('no usage')
  return usage
}

describe.each(Object.entries(samples))('%s', (_, sample) => {
  const bytes = new TextEncoder().encode(sample.body)

  it('is read to the token, whole and byte by byte', () => {
    expect(read(sample, [bytes])).toEqual({ ...none, ...sample.used })
    expect(
      read(
        sample,
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual({ ...none, ...sample.used })
  })

  it('tells nothing wrong when it is cut: what was seen is kept, and never more than that', () => {
    for (let end = 0; end < bytes.length; end += 5) {
      const seen = read(sample, [bytes.subarray(0, end)], false)
      for (const name of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const)
        expect(seen[name] ?? 0).toBeLessThanOrEqual(sample.used[name] ?? 0)
    }
  })
})

it.each(Object.entries(samples).filter(([, { usd }]) => usd !== undefined))('%s, costs what it says', (_, sample) => {
  const usage = read(sample, [new TextEncoder().encode(sample.body)])
  const cost = createPricing(() => [])(sample.provider, usage.model, usage)
  expect(cost?.nanos).toBe(Math.round((sample.usd ?? 0) * 1e9))
})

describe('a stream that is cut', () => {
  const cut = (name: string, after: string) => {
    const sample = samples[name]
    if (!sample) throw new Error(name)
    const end = sample.body.indexOf(after) + after.length
    return read(sample, [new TextEncoder().encode(`${sample.body.slice(0, end)}\n\n`)], false)
  }

  it('keeps what Anthropic said at its start, and each later total', () => {
    const name = 'Anthropic, streamed: the last running total counts'
    expect(cut(name, '"output_tokens":1,"service_tier":"standard"}}}')).toEqual({ ...none, ...anthropicUsed, outputTokens: 1 })
    expect(cut(name, '"usage":{"output_tokens":200}}')).toEqual({ ...none, ...anthropicUsed, outputTokens: 200 })
  })

  it("keeps Gemini's running totals", () => {
    expect(cut('Gemini, streamed: the last running total counts', '"gemini-2.5-flash"}')).toMatchObject({
      inputTokens: 600,
      outputTokens: 60,
      reasoningTokens: 60,
    })
  })

  it('knows the model of a chat, and no tokens', () => {
    expect(cut('OpenAI chat, streamed with include_usage', '"finish_reason":null}],"usage":null}')).toEqual({
      ...none,
      model: 'gpt-4o',
    })
  })
})
