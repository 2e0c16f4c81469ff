/** Token counts out of answers: of the scripted upstream's real bytes, and of bytes that no upstream should send. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'
import { findProvider, type ProviderDefinition, providers, type TokenUsage } from '../../src-main/providers/index.ts'
import * as fc from '../support/fast-check.ts'
import { anthropicError, noon } from './answers.ts'

const sse = 'text/event-stream; charset=utf-8'
const bytes = (text: string) => new TextEncoder().encode(text)

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  upstream.script('*', {
    kind: 'ok',
    text: 'Grüße – 你好 👋 to all',
    usage: { input: 100, cacheRead: 40, output: 12, reasoning: 4 },
  })
})
afterAll(() => upstream.close())

function measure(provider: ProviderDefinition, contentType: string, chunks: readonly Uint8Array[], complete = true) {
  const meter = provider.meter(contentType, () => noon)
  if (!meter) throw new Error(`no meter for ${contentType}`)
  // The chunk is overwritten afterwards, as a socket's buffer would be.
  for (const chunk of chunks) {
    const borrowed = Uint8Array.from(chunk)
    meter.push(borrowed)
    borrowed.fill(0x7b)
  }
  const { usage, error } = meter.finish(complete)
  if (!usage) throw new Error('every meter gives a usage, if only of nulls')
  return { usage, error }
}

function split(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map((cut) => cut % (whole.length + 1))), whole.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end))
}

const geminiPiece = (total: number) =>
  JSON.stringify({ usageMetadata: { promptTokenCount: 5, candidatesTokenCount: total } }, null, 2)

const counts = (input: number, output: number, more: Partial<TokenUsage> = {}) => ({
  inputTokens: input,
  outputTokens: output,
  cacheReadTokens: 40,
  cacheWriteTokens: null,
  reasoningTokens: 4,
  ...more,
})

const chat = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const message = { model: 'claude-haiku-4-5', max_tokens: 9, messages: chat.messages }
const content = { contents: [{ parts: [{ text: 'hi' }] }] }
const flash = '/v1beta/models/gemini-2.5-flash'
const openaiCounts = counts(60, 12, { model: 'gpt-4o' })
const anthropicCounts = counts(60, 12, { cacheWriteTokens: 0, reasoningTokens: null, model: 'claude-haiku-4-5' })
const geminiCounts = counts(60, 12, { model: 'gemini-2.5-flash' })

describe.each([
  ['openai chat', 'openai', '/v1/chat/completions', chat, openaiCounts],
  [
    'openai chat stream',
    'openai',
    '/v1/chat/completions',
    { ...chat, stream: true, stream_options: { include_usage: true } },
    openaiCounts,
  ],
  ['openai response', 'openai', '/v1/responses', { model: 'gpt-4o', input: 'hi' }, openaiCounts],
  ['openai response stream', 'openai', '/v1/responses', { model: 'gpt-4o', input: 'hi', stream: true }, openaiCounts],
  [
    'the same from a compatible one',
    'openai-compatible',
    '/v1/responses',
    { model: 'gpt-4o', input: 'hi', stream: true },
    openaiCounts,
  ],
  ['anthropic message', 'anthropic', '/v1/messages', message, anthropicCounts],
  ['anthropic message stream', 'anthropic', '/v1/messages', { ...message, stream: true }, anthropicCounts],
  ['gemini content', 'gemini', `${flash}:generateContent`, content, geminiCounts],
  ['gemini stream', 'gemini', `${flash}:streamGenerateContent?alt=sse`, content, geminiCounts],
  ['gemini stream as an array', 'gemini', `${flash}:streamGenerateContent`, content, geminiCounts],
])('%s', (_, id, path, body, expected) => {
  let whole: Uint8Array
  let type: string
  let provider: ProviderDefinition
  beforeAll(async () => {
    const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
    const answer = await fetch(upstream.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    whole = new Uint8Array(await answer.arrayBuffer())
    type = answer.headers.get('content-type') ?? ''
    provider = findProvider(id) ?? providers.custom
  })

  it('is counted', () => {
    expect(measure(provider, type, [whole])).toEqual({ usage: expected, error: null })
  })

  it('is counted alike however its bytes are cut', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 40 })
    fc.assert(
      fc.property(cuts, (places) => {
        expect(measure(provider, type, split(whole, places)).usage).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('is counted alike byte by byte', () => {
    const single = Array.from(whole, (byte) => Uint8Array.of(byte))
    expect(measure(provider, type, single).usage).toEqual(expected)
  })

  it('never throws when it ends anywhere', () => {
    for (let end = 0; end <= whole.length; end += 7) {
      const { usage } = measure(provider, type, [whole.subarray(0, end)], false)
      expect(usage.outputTokens ?? 0).toBeLessThanOrEqual(12)
    }
  })
})

describe('what a broken stream shows', () => {
  it('keeps the tokens seen so far', () => {
    const start = { type: 'message_start', message: { model: 'claude-x', usage: { input_tokens: 25, output_tokens: 1 } } }
    const { usage } = measure(
      providers.anthropic,
      sse,
      [bytes(`event: message_start\ndata: ${JSON.stringify(start)}\n\ndata: {"ty`)],
      false,
    )
    expect(usage).toMatchObject({ inputTokens: 25, outputTokens: 1, model: 'claude-x' })
  })

  it('keeps the whole pieces of a cut array', () => {
    const { usage } = measure(
      providers.gemini,
      'application/json',
      [bytes(`[${geminiPiece(1)},\r\n${geminiPiece(2)},\r\n{"candidates": [{"con`)],
      false,
    )
    expect(usage).toMatchObject({ inputTokens: 5, outputTokens: 2 })
  })

  it('tells a response that stops without its last event from one that was cut', () => {
    const begun = bytes('event: response.created\ndata: {"type":"response.created","response":{"error":null}}\n\n')
    expect(measure(providers.openai, sse, [begun]).error).toMatchObject({ class: 'network' })
    expect(measure(providers.openai, sse, [begun], false).error).toBeNull()
  })
})

describe('errors inside a 200', () => {
  it.each([
    ['openai', sse, 'data: {"error":{"message":"no","type":"server_error","code":null}}\n\n', 'overloaded'],
    ['openai', sse, 'data: {"error":{"message":"no","code":"rate_limit_exceeded"}}\n\n', 'rate-short'],
    [
      'openai',
      sse,
      'event: response.failed\ndata: {"type":"response.failed","response":{"error":{"code":"server_error","message":"no"}}}\n\n',
      'overloaded',
    ],
    ['openai', sse, 'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"no"}\n\n', 'rate-short'],
    [
      'anthropic',
      sse,
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      'overloaded',
    ],
    ['gemini', sse, 'data: {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"no"}}\r\n\r\n', 'rate-short'],
    ['gemini', 'application/json', '[{"error":{"code":503,"status":"UNAVAILABLE","message":"no"}}]', 'overloaded'],
    ['openai-compatible', 'application/json', '{"error":{"code":402,"message":"no"}}', 'no-credit'],
  ])('%s, %s: %s', (id, type, text, kind) => {
    expect(measure(findProvider(id) ?? providers.custom, type, [bytes(text)]).error?.class).toBe(kind)
  })

  it('are none of our business behind a custom API', () => {
    expect(measure(providers.custom, 'application/json', [bytes('{"error":{"code":-32601}}')]).error).toBeNull()
  })
})

describe('other shapes of usage', () => {
  it.each<[string, object, Partial<TokenUsage>]>([
    [
      'DeepSeek cache',
      { usage: { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 6 } },
      { inputTokens: 4, cacheReadTokens: 6 },
    ],
    ['Groq', { x_groq: { usage: { prompt_tokens: 10, completion_tokens: 2 } } }, { inputTokens: 10, outputTokens: 2 }],
    [
      'Cohere',
      { usage: { billed_units: { input_tokens: 3, output_tokens: 4 }, tokens: { input_tokens: 9 } } },
      { inputTokens: 3, outputTokens: 4 },
    ],
    ['embeddings', { usage: { prompt_tokens: 8, total_tokens: 8 } }, { inputTokens: 8, outputTokens: 0 }],
    [
      'a cache larger than the prompt',
      { usage: { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } } },
      { inputTokens: 0 },
    ],
    ['-1 for unknown', { usage: { prompt_tokens: -1, completion_tokens: 2 } }, { inputTokens: null, outputTokens: 2 }],
    [
      'more than any answer can use',
      { usage: { prompt_tokens: 5, completion_tokens: 1e12 } },
      { inputTokens: 5, outputTokens: null },
    ],
    ['texts for numbers', { usage: { prompt_tokens: '5', completion_tokens: null } }, { inputTokens: null, outputTokens: null }],
    ['no usage', { usage: null, model: 'm' }, { inputTokens: null, model: 'm' }],
    [
      'Gemini tools and thoughts',
      { usageMetadata: { promptTokenCount: 5, toolUsePromptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 7 } },
      { inputTokens: 8, outputTokens: 9, reasoningTokens: 7 },
    ],
    ['__proto__ for a field', { usage: { ['__proto__']: 1, prompt_tokens: 2, completion_tokens: 1 } }, { inputTokens: 2 }],
  ])('%s', (_, body, expected) => {
    expect(measure(providers['openai-compatible'], 'application/json', [bytes(JSON.stringify(body))]).usage).toMatchObject(
      expected,
    )
  })
})

it('reads the usage in the last event of Cohere', () => {
  const usage = { billed_units: { input_tokens: 5, output_tokens: 7 }, tokens: { input_tokens: 70, output_tokens: 7 } }
  const last = { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage } }
  const stream = bytes(`event: content-delta\ndata: {"type":"content-delta"}\n\ndata: ${JSON.stringify(last)}\n\n`)
  expect(measure(providers['openai-compatible'], sse, [stream]).usage).toMatchObject({ inputTokens: 5, outputTokens: 7 })
})

describe('each provider as it really streams', () => {
  const chunk = (fields: object) =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [], ...fields })}\n\n`
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }

  it.each<[string, string, string, Partial<TokenUsage>]>([
    [
      'DeepSeek, with keep-alive comments and its cache',
      'deepseek',
      `: keep-alive\n\n: keep-alive\n\n${chunk({ usage: { ...usage, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 } })}data: [DONE]\n\n`,
      { inputTokens: 4, cacheReadTokens: 6, outputTokens: 2 },
    ],
    [
      'OpenRouter, with its comments',
      'openrouter',
      `: OPENROUTER PROCESSING\n\n${chunk({ usage: { ...usage, cost: 0.001 } })}`,
      { inputTokens: 10, outputTokens: 2 },
    ],
    ['Groq', 'groq', chunk({ x_groq: { id: 'req_1', usage } }), { inputTokens: 10, outputTokens: 2 }],
    [
      'xAI, with reasoning',
      'xai',
      chunk({ usage: { ...usage, completion_tokens_details: { reasoning_tokens: 1 }, cost_in_usd_ticks: 5 } }),
      { inputTokens: 10, outputTokens: 2, reasoningTokens: 1 },
    ],
    [
      'Mistral',
      'mistral',
      chunk({ model: 'mistral-small', usage }),
      { inputTokens: 10, outputTokens: 2, model: 'mistral-small' },
    ],
    [
      'Azure, with an empty first choice',
      'azure-openai',
      chunk({ prompt_filter_results: [] }) + chunk({ usage }),
      { inputTokens: 10 },
    ],
    [
      'Cohere',
      'cohere',
      `event: message-end\ndata: ${JSON.stringify({ type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: { billed_units: { input_tokens: 5, output_tokens: 7 } } } })}\n\n`,
      { inputTokens: 5, outputTokens: 7 },
    ],
  ])('%s', (_, id, stream, expected) => {
    const { usage: read, error } = measure(findProvider(id) ?? providers.custom, sse, [bytes(stream)])
    expect(read).toMatchObject(expected)
    expect(error).toBeNull()
  })

  it('blank lines before JSON keep a connection alive and change nothing', () => {
    const body = bytes(`\n\n\n${JSON.stringify({ usage })}`)
    expect(measure(providers.deepseek, 'application/json', [body]).usage).toMatchObject({ inputTokens: 10, outputTokens: 2 })
  })

  it.each([
    [
      'openrouter',
      chunk({ error: { code: 502, message: 'Provider down' }, choices: [{ finish_reason: 'error' }] }),
      'overloaded',
    ],
    ['openrouter', chunk({ choices: [{ delta: { content: '' }, finish_reason: 'error' }] }), 'overloaded'],
    ['cohere', 'data: {"type":"message-end","delta":{"finish_reason":"ERROR"}}\n\n', 'overloaded'],
    ['deepseek', chunk({ choices: [{ delta: { content: '"error"' }, finish_reason: 'stop' }] }), undefined],
  ])('%s breaks off inside a 200: %s', (id, stream, kind) => {
    expect(measure(findProvider(id) ?? providers.custom, sse, [bytes(stream)]).error?.class).toBe(kind)
  })
})

it('tells how long a hidden error holds by the clock that it is given', () => {
  const limit = anthropicError('rate_limit_error', 'spent', { error_code: 'enforced_spend_limit_reached' })
  const { error } = measure(providers.anthropic, 'application/json', [bytes(JSON.stringify(limit))])
  expect(error).toMatchObject({ class: 'no-credit', holdMs: Date.UTC(2026, 1, 1) - noon })
})

describe('bytes that no upstream should send', () => {
  const corpus = [
    'data',
    'data:',
    'data: {"usage":',
    'data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}',
    'data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}\rdata: x\r\r',
    '\uFEFFdata: {"usage":{"prompt_tokens":1}}\n\n',
    'id: \u0000\nretry: -1\nevent\n\n',
    `id: ${'x'.repeat(70_000)}\n\n`,
    'data: {"usage":[1,2],"error":[]}\n\ndata: null\n\ndata: "usage"\n\n',
    'data: {"usage":{"prompt_tokens":{"a":1}},"error":{"code":{}}}\n\n',
    ': keep-alive\n\n:\n\n\n\n',
  ]
  const piece = fc.oneof(
    fc.constantFrom(...corpus).map(bytes),
    fc.uint8Array({ maxLength: 64 }),
    fc.json().map((json) => bytes(`data: {"usage":${json},"error":${json}}\n\n`)),
  )

  it('never make a meter throw', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom(sse, 'application/json'),
        fc.boolean(),
        (chunks, type, complete) => {
          for (const provider of Object.values(providers)) {
            const { usage } = measure(provider, type, chunks, complete)
            for (const value of Object.values<string | number | null>({ ...usage }))
              expect(value === null || typeof value === 'string' || value >= 0).toBe(true)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('never make a classification throw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.jsonValue(), fc.string(), (status, body, header) => {
        for (const provider of Object.values(providers)) {
          for (const value of [body, { error: body }, [{ error: { details: body, message: header } }]]) {
            const outcome = provider.classify({ status, header: () => header, body: value }, Date.UTC(2026, 0, 1))
            expect(outcome.holdMs ?? 0).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('stops reading at a line of more than a megabyte and keeps what it knew', () => {
    const known = bytes('data: {"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: ')
    const flood = Array.from({ length: 40 }, () => bytes('x'.repeat(64 * 1024)))
    const late = bytes('\n\ndata: {"usage":{"prompt_tokens":100}}\n\n')
    expect(measure(providers.openai, sse, [known, ...flood, late]).usage).toMatchObject({ inputTokens: 1, outputTokens: 2 })
  })

  it('gives up on a JSON body of more than 8 MiB', () => {
    const body = bytes(JSON.stringify({ text: 'x'.repeat(8 * 1024 * 1024), usage: { prompt_tokens: 1, completion_tokens: 1 } }))
    expect(measure(providers.openai, 'application/json', [body]).usage.inputTokens).toBeNull()
  })
})

it('reads nothing in what is neither JSON nor events', () => {
  for (const type of ['text/html', 'image/png', 'application/octet-stream', ''])
    expect(providers.openai.meter(type, Date.now)).toBeNull()
  expect(providers.openai.meter('application/vnd.api+json', Date.now)).not.toBeNull()
})
