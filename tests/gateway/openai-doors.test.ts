/** The gateway's doors: which call a path is, a request put into another format, embeddings, errors. */
import { describe, expect, test } from 'vitest'
import { errorBodyFor, operationOf, streamErrorFor, translate, translateEmbedding } from '../../src-main/gateway/index.ts'
import type { Translation, WireFormat } from '../../src-main/gateway/types.ts'
import { Untranslatable } from '../../src-main/gateway/types.ts'
import { bytesOf, notGiven } from './openai-support.ts'

describe('what a path is', () => {
  const nothing = { model: null, stream: null }
  test.each([
    ['POST /v1/chat/completions', { kind: 'generate', format: 'chat', ...nothing }],
    ['POST /v1/chat/completions?x=1', { kind: 'generate', format: 'chat', ...nothing }],
    ['POST /v1/responses', { kind: 'generate', format: 'responses', ...nothing }],
    ['POST /v1/messages', { kind: 'generate', format: 'messages', ...nothing }],
    ['POST /v1/messages/count_tokens', { kind: 'count', format: 'messages', model: null }],
    ['POST /v1/embeddings', { kind: 'embed', format: 'chat', model: null, batch: true }],
    ['GET /v1/models', { kind: 'models', format: 'chat', model: null }],
    ['GET /v1/models/pool/gpt-5', { kind: 'models', format: 'chat', model: 'pool/gpt-5' }],
    ['GET /v1beta/models?pageSize=1', { kind: 'models', format: 'gemini', model: null }],
    [
      'POST /v1beta/models/gemini-2.5-pro:generateContent',
      { kind: 'generate', format: 'gemini', model: 'gemini-2.5-pro', stream: false },
    ],
    [
      'POST /v1beta/models/a%2Fb:streamGenerateContent?alt=sse',
      { kind: 'generate', format: 'gemini', model: 'a/b', stream: true },
    ],
    [
      'POST /v1beta/models/pool/ft:gpt:x:generateContent',
      { kind: 'generate', format: 'gemini', model: 'pool/ft:gpt:x', stream: false },
    ],
    ['POST /v1/models/m:generateContent', { kind: 'generate', format: 'gemini', model: 'm', stream: false }],
    ['POST /v1beta/models/m:countTokens', { kind: 'count', format: 'gemini', model: 'm' }],
    ['POST /v1beta/models/m:embedContent', { kind: 'embed', format: 'gemini', model: 'm', batch: false }],
    ['POST /v1beta/models/m:batchEmbedContents', { kind: 'embed', format: 'gemini', model: 'm', batch: true }],
    ['GET /v1/chat/completions', null],
    ['DELETE /v1/models/m', null],
    ['POST /v1/models', null],
    ['POST /v1beta/models/:generateContent', null],
    ['POST /v1beta/models/m:predict', null],
    ['POST /v1beta/models/%zz:generateContent', null],
    ['POST /v1/files', null],
    ['POST /v1/chat/completions/', null],
  ])('%s', (line, operation) => {
    const [method = '', path = ''] = line.split(' ')
    expect(operationOf(method, path)).toEqual(operation)
  })
})

function translated(
  from: WireFormat,
  to: WireFormat,
  body: unknown,
  model = 'upstream-model',
  given: { model: string | null; stream: boolean | null } = notGiven,
): Translation {
  return translate({ from, to, bytes: bytesOf(JSON.stringify(body)), body, model, given })
}

const messages = [{ role: 'user', content: 'Hello' }]
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

describe('the same format in and out', () => {
  test('bytes are untouched, whatever they say', () => {
    const strange = { model: 'm', n: 7, logprobs: true, no_such_field: [1] }
    for (const format of ['chat', 'responses', 'messages'] as const) {
      expect(translated(format, format, strange, 'm')).toEqual({ body: null, dropped: [], answer: null })
    }
    expect(translated('gemini', 'gemini', { contents, no_such_field: 1 }, 'm')).toEqual({ body: null, dropped: [], answer: null })
  })

  test('only the model changes', () => {
    const { body } = translate({
      from: 'chat',
      to: 'chat',
      bytes: bytesOf('{ "model" :"a", "seed": 12345678901234567890 }'),
      body: { model: 'a' },
      model: 'b',
      given: notGiven,
    })
    expect(Buffer.from(body ?? []).toString()).toBe('{ "model" :"b", "seed": 12345678901234567890 }')
    const repeated = translated('gemini', 'gemini', { model: 'models/a', contents }, 'b')
    expect(JSON.parse(Buffer.from(repeated.body ?? []).toString())).toEqual({ model: 'models/b', contents })
  })
})

describe('a server of chat that refuses OpenAI’s fields', () => {
  test('is asked in its own words', () => {
    const asked = { model: 'mistral-large-latest', messages, stream: true, stream_options: { include_usage: true }, user: 'ann' }
    const { body, dropped, answer } = translated('chat', 'chat', { ...asked, max_completion_tokens: 9 }, asked.model)
    expect(JSON.parse(Buffer.from(body ?? []).toString())).toEqual({ model: asked.model, messages, stream: true, max_tokens: 9 })
    expect(dropped).toEqual(['user'])
    expect(answer).not.toBeNull()
  })

  test('gets the bytes of those who know it', () => {
    const own = { model: 'mistral-large-latest', messages, safe_prompt: true, random_seed: 4 }
    expect(translated('chat', 'chat', own, own.model)).toEqual({ body: null, dropped: [], answer: null })
  })
})

describe('what programs send unasked', () => {
  const written = ({ body }: Translation): unknown => JSON.parse(Buffer.from(body ?? []).toString())
  const claudeCode = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: 's'.repeat(36) })

  test('a user’s name that providers refuse becomes a digest, the same each time', () => {
    const asked = { model: 'm', max_tokens: 9, messages, metadata: { user_id: claudeCode } }
    const digest = { user: expect.stringMatching(/^[\da-f]{64}$/) as string }
    expect(written(translated('messages', 'chat', asked))).toMatchObject(digest)
    expect(written(translated('messages', 'chat', asked))).toEqual(written(translated('messages', 'chat', asked)))
    expect(written(translated('messages', 'responses', asked))).toMatchObject(digest)
    const address = translated('chat', 'messages', { model: 'm', messages, user: 'ann@example.com' })
    expect(written(address)).toMatchObject({ metadata: { user_id: digest.user } })
    expect(written(translated('chat', 'messages', { model: 'm', messages, user: 'ann-1' }))).toMatchObject({
      metadata: { user_id: 'ann-1' },
    })
  })

  test('labels, marks and empty lists are in nobody’s way', () => {
    const codex = { model: 'm', input: 'hi', client_metadata: { 'x-codex-installation-id': '1' } }
    expect(translated('responses', 'messages', codex).dropped).toContain('client_metadata')
    const marked = [{ ...messages[0], cache_control: { type: 'ephemeral' } }]
    const asked = { model: 'm', messages: marked, functions: [] }
    expect(translated('chat', 'messages', asked).dropped).toEqual(['messages[].cache_control'])
  })
})

describe('from one format to another', () => {
  test('the upstream’s model, hints and drops by the client’s words', () => {
    const { body, dropped, answer } = translated(
      'chat',
      'messages',
      { model: 'alias', messages: [{ ...messages[0], name: 'Ann' }], seed: 4, verbosity: 'low' },
      'claude-sonnet-4-5',
    )
    expect(JSON.parse(Buffer.from(body ?? []).toString())).toMatchObject({
      model: 'claude-sonnet-4-5',
      messages: [{ role: 'user' }],
    })
    expect(dropped.toSorted()).toEqual(['messages[].name', 'seed', 'verbosity'])
    expect(answer).not.toBeNull()
  })

  test.each<[WireFormat, WireFormat, object, string]>([
    ['messages', 'chat', { top_k: 5 }, 'top_k'],
    [
      'messages',
      'chat',
      { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
      'system[].cache_control',
    ],
    [
      'chat',
      'messages',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } }] },
        ],
      },
      'messages[].content[].image_url.detail',
    ],
    ['chat', 'gemini', { tools: [{ type: 'function', function: { name: 'f', strict: true } }] }, 'tools[].function.strict'],
    ['gemini', 'chat', { generationConfig: { topK: 5 } }, 'generationConfig.topK'],
    ['gemini', 'responses', { generationConfig: { seed: 5 } }, 'generationConfig.seed'],
    [
      'responses',
      'chat',
      {
        input: [
          { role: 'user', content: 'x' },
          { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] },
        ],
      },
      'input[]',
    ],
  ])('%s to %s: what is dropped is named in the client’s words: %o', (from, to, fields, field) => {
    const base =
      from === 'gemini'
        ? { contents }
        : from === 'responses'
          ? { model: 'm', input: 'x' }
          : { model: 'm', messages, max_tokens: 9 }
    expect(translated(from, to, { ...base, ...fields }, 'm', { model: 'm', stream: false }).dropped).toEqual([field])
  })

  test.each<[WireFormat, WireFormat, object, string]>([
    ['chat', 'responses', { model: 'm', messages, stop: ['END'] }, 'stop'],
    ['messages', 'responses', { model: 'm', messages, max_tokens: 9, stop_sequences: ['END'] }, 'stop_sequences'],
    ['gemini', 'responses', { contents, generationConfig: { stopSequences: ['END'] } }, 'generationConfig.stopSequences'],
    ['responses', 'messages', { model: 'm', input: 'x', text: { format: { type: 'json_object' } } }, 'text.format'],
    [
      'responses',
      'chat',
      { model: 'm', input: [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'https://example.org/a.png' }] }] },
      'input[0].content[0]',
    ],
    ['chat', 'messages', { model: 'm', messages, n: 2 }, 'n'],
  ])('%s to %s: what is refused is named in the client’s words: %o', (from, to, body, field) => {
    const refused = () => translated(from, to, body, 'm', { model: 'm', stream: false })
    expect(refused).toThrow(Untranslatable)
    expect(refused).toThrow(expect.objectContaining({ field }))
  })

  test('errors of the upstream become the client’s', () => {
    const { answer } = translated('chat', 'messages', { model: 'm', messages })
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const told = { error: { message: 'Overloaded', type: 'server_error', param: null, code: 'overloaded_error' } }
    expect(answer?.whole(529, overloaded)).toEqual(told)
    expect(answer?.whole(200, overloaded)).toEqual(told)
    expect(() => answer?.whole(200, { hello: 1 })).toThrow(Untranslatable)
    expect(answer?.whole(502, undefined)).toEqual({
      error: { message: expect.stringContaining('did not say'), type: 'server_error', param: null, code: 'UPSTREAM_ERROR' },
    })
  })

  test('a stream: an error inside it is told to both sides; one of ours ends it', () => {
    const { answer } = translated('chat', 'messages', { model: 'm', messages, stream: true })
    const stream = answer?.stream()
    const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 3 } } }
    const said = (event: { type: string }) =>
      Buffer.from(stream?.push(bytesOf(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)) ?? []).toString()
    expect(said(start)).toContain('"role":"assistant"')
    expect(said({ type: 'ping' })).toBe('')
    expect(stream?.error).toBeNull()
    expect(said({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } as { type: string })).toContain(
      '"code":"overloaded_error"',
    )
    expect(stream?.error).toEqual({ status: 529, code: 'overloaded_error', message: 'Overloaded' })
    expect(said(start)).toBe('')
    expect(stream?.end().length).toBe(0)

    const other = answer?.stream()
    expect(Buffer.from(other?.fail({ status: 504, code: 'IDLE', message: 'too slow' }) ?? []).toString()).toContain(
      '"code":"IDLE"',
    )
  })

  test('a stream that is cut ends with an error', () => {
    const stream = translated('responses', 'chat', { model: 'm', input: 'x', stream: true }).answer?.stream()
    stream?.push(bytesOf('data: {"id":"a","choices":[{"delta":{"content":"Hel'))
    expect(Buffer.from(stream?.end() ?? []).toString()).toMatch(/^event: error\n/)
    expect(stream?.error).toMatchObject({ status: 502 })
  })
})

test.each(['chat', 'responses', 'messages', 'gemini'] as const)('errors by themselves: %s', (format) => {
  const error = { status: 429, code: 'RATE_LIMITED', message: 'Slow down.' }
  expect(JSON.stringify(errorBodyFor(format, error))).toContain('Slow down.')
  expect(Buffer.from(streamErrorFor(format, error)).toString()).toMatch(/data: .*Slow down\./)
})

describe('embeddings', () => {
  function embed(from: 'chat' | 'gemini', to: 'chat' | 'gemini', body: unknown, batch = true) {
    const { body: bytes, ...rest } = translateEmbedding({
      from,
      to,
      bytes: bytesOf(JSON.stringify(body)),
      body,
      model: 'm',
      batch,
    })
    return { ...rest, body: bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString()) as unknown) }
  }
  const content = (text: string) => ({ parts: [{ text }] })

  test('OpenAI’s at Gemini', () => {
    const { body, call, dropped, answer } = embed('chat', 'gemini', { model: 'x', input: ['a', 'b'], dimensions: 3, user: 'ann' })
    expect(body).toEqual({
      requests: [
        { model: 'models/m', content: content('a'), outputDimensionality: 3 },
        { model: 'models/m', content: content('b'), outputDimensionality: 3 },
      ],
    })
    expect({ call, dropped }).toEqual({ call: { kind: 'embed', format: 'gemini', batch: true }, dropped: ['user'] })
    expect(
      answer?.whole(200, { embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 4 } }),
    ).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    })
    expect(() => answer?.whole(200, { embeddings: [{ values: [1] }] })).toThrow(Untranslatable)
    expect(answer?.whole(429, { error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED' } })).toMatchObject({
      error: { type: 'rate_limit_error' },
    })
  })

  test('Gemini’s at OpenAI: a list', () => {
    const requests = ['a', 'b'].map((text) => ({
      model: 'models/x',
      content: { role: 'user', ...content(text) },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 2,
    }))
    const { body, call, dropped, answer } = embed('gemini', 'chat', { requests })
    expect(body).toEqual({ model: 'm', input: ['a', 'b'], encoding_format: 'float', dimensions: 2 })
    expect({ call, dropped }).toEqual({ call: { kind: 'embed', format: 'chat', batch: true }, dropped: ['requests[].taskType'] })
    const data = [
      { index: 1, embedding: [2, 2] },
      { index: 0, embedding: 'AACAPwAAgD8=' },
    ]
    expect(answer?.whole(200, { data, usage: { prompt_tokens: 3 } })).toEqual({
      embeddings: [{ values: [1, 1] }, { values: [2, 2] }],
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
    })
  })

  test('Gemini’s at OpenAI: one text', () => {
    const { body, answer } = embed('gemini', 'chat', { content: content('a') }, false)
    expect(body).toEqual({ model: 'm', input: 'a', encoding_format: 'float' })
    expect(answer?.whole(200, { data: [{ embedding: [1] }] })).toEqual({ embedding: { values: [1] } })
  })

  test('the same format keeps its bytes, or gets the other model', () => {
    expect(embed('chat', 'chat', { model: 'm', input: [1, 2] }).body).toBeNull()
    expect(embed('chat', 'chat', { model: 'x', input: [1, 2] }).body).toEqual({ model: 'm', input: [1, 2] })
    expect(embed('gemini', 'gemini', { content: content('a') }, false).body).toBeNull()
    const requests = (model: string) => ({ requests: [{ model, content: content('a') }] })
    expect(embed('gemini', 'gemini', requests('models/m')).body).toBeNull()
    expect(embed('gemini', 'gemini', requests('models/x')).body).toEqual(requests('models/m'))
  })

  test.each<[string, 'chat' | 'gemini', unknown]>([
    ['input', 'chat', { input: [[1, 2, 3]] }],
    ['input', 'chat', { input: [1, 2, 3] }],
    ['input', 'chat', { input: [] }],
    ['input', 'chat', {}],
    ['encoding_format', 'chat', { input: 'a', encoding_format: 'int8' }],
    ['input_type', 'chat', { input: 'a', input_type: 'query' }],
    ['requests', 'gemini', { requests: [] }],
    ['requests', 'gemini', { requests: [{ content: content('a'), outputDimensionality: 2 }, { content: content('b') }] }],
    ['requests[0].content.parts', 'gemini', { requests: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] }],
    ['requests[0].content.parts[0].text', 'gemini', { requests: [{ content: { parts: [{ inlineData: {} }] } }] }],
  ])('%s is refused by name (%s: %o)', (field, from, body) => {
    expect(() => embed(from, from === 'chat' ? 'gemini' : 'chat', body)).toThrow(
      expect.objectContaining({ name: 'Untranslatable', field }),
    )
  })
})
