/** What the official SDK makes of the bytes that are written for it, over real HTTP. */
import OpenAI, { AuthenticationError, BadRequestError, InternalServerError, RateLimitError } from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { translateEmbedding } from '../../src-main/gateway/index.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import type { AnswerEvent, Format } from '../../src-main/gateway/types.ts'
import { bytesOf, notGiven, type Play, type Played, plainAnswer, play, richAnswer } from './openai-support.ts'

let server: Played | undefined
afterEach(() => server?.close())

/** Plays answers in turn, as the format writes them for what was asked; streams cut into odd pieces. */
async function client(format: Format, ...answers: (readonly AnswerEvent[])[]): Promise<OpenAI> {
  let turn = 0
  server = await play((body): Play => {
    const asked = format.readRequest(body, notGiven)
    const events = answers[turn++] ?? []
    if (!asked.stream) return { pieces: [JSON.stringify(format.writeAnswer(events, asked))] }
    const writer = format.streamWriter(asked)
    const bytes = Buffer.concat(events.map((event) => writer.write([event])))
    const pieces = Array.from({ length: Math.ceil(bytes.length / 61) }, (_, index) =>
      bytes.subarray(index * 61, (index + 1) * 61),
    )
    return { contentType: 'text/event-stream', pieces }
  })
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
}

const messages = [{ role: 'user' as const, content: 'The weather in Zürich and Oslo?' }]
const weather = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}
const calls = [
  { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
  { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
]
const chatUsage = {
  prompt_tokens: 125,
  completion_tokens: 40,
  total_tokens: 165,
  prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 9 },
}

describe('chat', () => {
  test('a whole answer', async () => {
    const openai = await client(chatFormat, richAnswer)
    const answer = await openai.chat.completions.create({ model: 'm', messages, tools: [weather] })
    expect(answer).toMatchObject({
      id: 'one',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: 'a-model-1',
      usage: chatUsage,
    })
    expect(answer.choices).toEqual([
      {
        index: 0,
        finish_reason: 'tool_calls',
        logprobs: null,
        message: {
          role: 'assistant',
          content: 'I’ll look it up “now” 🌦.\n',
          refusal: null,
          reasoning_content: 'Two cities, two calls.',
          tool_calls: calls,
        },
      },
    ])
  })

  test('a stream, put together by the SDK', async () => {
    const openai = await client(chatFormat, richAnswer)
    const stream = openai.chat.completions.stream({
      model: 'm',
      messages,
      tools: [weather],
      stream_options: { include_usage: true },
    })
    const deltas: string[] = []
    stream.on('content.delta', ({ delta }) => deltas.push(delta))
    const answer = await stream.finalChatCompletion()
    expect(deltas.filter((delta) => delta !== '')).toEqual(['I’ll look ', 'it up “now” 🌦.\n'])
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'I’ll look it up “now” 🌦.\n', tool_calls: calls },
    })
    expect(answer.usage).toEqual(chatUsage)
  })

  test.each([true, false])('usage in a stream is told to those who ask (%s)', async (asks) => {
    const openai = await client(chatFormat, plainAnswer('a'))
    const options = asks ? { stream_options: { include_usage: true } } : {}
    const stream = await openai.chat.completions.create({ model: 'm', messages, stream: true, ...options })
    const chunks: OpenAI.ChatCompletionChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    expect(chunks.filter(({ choices }) => choices.length === 0)).toHaveLength(asks ? 1 : 0)
    expect(chunks.every((chunk) => 'usage' in chunk === asks)).toBe(true)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('a')
  })

  test.each([true, false])('a conversation with tools, run by the SDK (stream: %s)', async (stream) => {
    const openai = await client(chatFormat, richAnswer, plainAnswer('Rain ', 'and sun.'))
    const cities: string[] = []
    const tool = {
      type: 'function' as const,
      function: {
        name: 'weather',
        description: 'Says the weather.',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        parse: JSON.parse as (text: string) => { city: string },
        function: ({ city }: { city: string }) => {
          cities.push(city)
          return `weather of ${city}`
        },
      },
    }
    const runner = stream
      ? openai.chat.completions.runTools({ model: 'm', messages, tools: [tool], stream: true })
      : openai.chat.completions.runTools({ model: 'm', messages, tools: [tool] })
    expect(await runner.finalContent()).toBe('Rain and sun.')
    expect(cities.toSorted()).toEqual(['Oslo', 'Zürich'])
    // What the SDK sends back is read as it was meant.
    const second = chatFormat.readRequest(server?.bodies[1], notGiven)
    const kinds = second.turns.map(({ role, parts }) => [role, ...parts.map(({ kind }) => kind)])
    // The SDK's own runner does not keep thoughts.
    expect(kinds).toEqual([
      ['user', 'text'],
      ['assistant', 'text', 'tool-call', 'tool-call'],
      ['user', 'tool-result', 'tool-result'],
    ])
    expect(second.hints).toEqual([])
    expect(second.turns[2]?.parts[0]).toMatchObject({ callId: 'call_a', name: 'weather', parts: [{ text: 'weather of Zürich' }] })
  })

  test.each<[AnswerEvent, string]>([
    [{ type: 'stop', reason: 'end', sequence: null }, 'stop'],
    [{ type: 'stop', reason: 'stop-sequence', sequence: 'END' }, 'stop'],
    [{ type: 'stop', reason: 'pause', sequence: null }, 'stop'],
    [{ type: 'stop', reason: 'refusal', sequence: null }, 'stop'],
    [{ type: 'stop', reason: 'length', sequence: null }, 'length'],
    [{ type: 'stop', reason: 'filtered', sequence: null }, 'content_filter'],
    [{ type: 'stop', reason: 'tool-calls', sequence: null }, 'tool_calls'],
  ])('why it ended: %o', async (stop, reason) => {
    const events = plainAnswer('a').map((event) => (event.type === 'stop' ? stop : event))
    const openai = await client(chatFormat, events, events)
    const plain = await openai.chat.completions.create({ model: 'm', messages })
    expect(plain.choices[0]?.finish_reason).toBe(reason)
    const reasons: (string | null | undefined)[] = []
    for await (const { choices } of await openai.chat.completions.create({ model: 'm', messages, stream: true })) {
      reasons.push(choices[0]?.finish_reason)
    }
    expect(reasons.filter((told) => told !== null)).toEqual([reason])
  })

  test.each([true, false])('thoughts are shown unless they are not wanted (%s)', async (wanted) => {
    const openai = await client(chatFormat, richAnswer, richAnswer)
    const asked = { model: 'm', messages, ...(wanted ? {} : { reasoning: { effort: 'low', exclude: true } }) }
    const whole: unknown = (await openai.chat.completions.create(asked)).choices[0]?.message
    let streamed = ''
    for await (const { choices } of await openai.chat.completions.create({ ...asked, stream: true })) {
      const delta = choices[0]?.delta as { reasoning_content?: string } | undefined
      streamed += delta?.reasoning_content ?? ''
    }
    expect((whole as { reasoning_content?: string }).reasoning_content).toBe(wanted ? 'Two cities, two calls.' : undefined)
    expect(streamed).toBe(wanted ? 'Two cities, two calls.' : '')
  })

  test('a refusal', async () => {
    const events = plainAnswer('I cannot.').map(
      (event): AnswerEvent => (event.type === 'open' ? { type: 'open', part: { kind: 'refusal' } } : event),
    )
    const openai = await client(chatFormat, events, events)
    expect((await openai.chat.completions.create({ model: 'm', messages })).choices[0]?.message).toMatchObject({
      content: null,
      refusal: 'I cannot.',
    })
    const streamed = await openai.chat.completions.stream({ model: 'm', messages }).finalChatCompletion()
    expect(streamed.choices[0]?.message.refusal).toBe('I cannot.')
  })
})

describe('the Responses API', () => {
  const tools = [{ type: 'function' as const, name: 'weather', parameters: weather.function.parameters, strict: false }]
  const asks = {
    model: 'm',
    input: 'The weather in Zürich and Oslo?',
    instructions: 'Be brief.',
    tools,
    reasoning: { effort: 'low', summary: 'auto' },
  } as const
  const usage = {
    input_tokens: 125,
    input_tokens_details: { cached_tokens: 20, cache_write_tokens: 5 },
    output_tokens: 40,
    output_tokens_details: { reasoning_tokens: 9 },
    total_tokens: 165,
  }

  const rich = {
    id: 'resp_one',
    object: 'response',
    status: 'completed',
    model: 'a-model-1',
    usage,
    instructions: 'Be brief.',
    output_text: 'I’ll look it up “now” 🌦.\n',
    output: [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Two cities, two calls.' }] },
      { type: 'message', role: 'assistant' },
      { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Zürich"}', status: 'completed' },
      { type: 'function_call', call_id: 'call_b', name: 'weather', arguments: '{"city":"Oslo"}', status: 'completed' },
    ],
  }

  test('a whole answer', async () => {
    const openai = await client(responsesFormat, richAnswer)
    expect(await openai.responses.create(asks)).toMatchObject(rich)
  })

  test('a stream, put together by the SDK', async () => {
    const openai = await client(responsesFormat, richAnswer)
    const stream = openai.responses.stream(asks)
    const types: string[] = []
    const numbers: number[] = []
    for await (const event of stream) {
      types.push(event.type)
      numbers.push(event.sequence_number)
    }
    expect(await stream.finalResponse()).toMatchObject(rich)
    expect(numbers).toEqual(numbers.map((_, index) => index))
    const call = [
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
    ]
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      ...call,
      ...call,
      'response.completed',
    ])
  })

  test('what the SDK sends back with the results is read as it was meant', async () => {
    const openai = await client(responsesFormat, richAnswer, plainAnswer('Rain.'))
    const first = await openai.responses.stream(asks).finalResponse()
    const results = first.output.flatMap((item) =>
      item.type === 'function_call' ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'rain' }] : [],
    )
    const input = [
      { role: 'user' as const, content: asks.input },
      ...(first.output as OpenAI.Responses.ResponseInputItem[]),
      ...results,
    ]
    const second = await openai.responses.stream({ ...asks, input }).finalResponse()
    expect(second.output_text).toBe('Rain.')
    const read = responsesFormat.readRequest(server?.bodies[1], notGiven)
    expect(read.turns.map(({ role, parts }) => [role, ...parts.map(({ kind }) => kind)])).toEqual([
      ['user', 'text'],
      ['assistant', 'thinking', 'text', 'tool-call', 'tool-call'],
      ['user', 'tool-result', 'tool-result'],
    ])
    expect(read.hints).toEqual([])
  })

  test.each([
    ['length', 'max_output_tokens'],
    ['filtered', 'content_filter'],
  ] as const)('an answer that is not complete: %s', async (reason, told) => {
    const events = plainAnswer('a').map((event): AnswerEvent => (event.type === 'stop' ? { ...event, reason } : event))
    const openai = await client(responsesFormat, events, events)
    const response = await openai.responses.create({ model: 'm', input: 'x' })
    expect(response).toMatchObject({ status: 'incomplete', incomplete_details: { reason: told } })
    const streamed = await openai.responses.stream({ model: 'm', input: 'x' }).finalResponse()
    expect(streamed).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: told },
      output: [{ status: 'incomplete' }],
    })
  })

  test('several texts and a refusal share a message; a picture is an item', async () => {
    const [start, , delta, close, stop, usageEvent, end] = plainAnswer('a') as [
      AnswerEvent,
      AnswerEvent,
      AnswerEvent,
      AnswerEvent,
      AnswerEvent,
      AnswerEvent,
      AnswerEvent,
    ]
    const text: AnswerEvent = { type: 'open', part: { kind: 'text' } }
    const refusal: AnswerEvent = { type: 'open', part: { kind: 'refusal' } }
    const picture: AnswerEvent = { type: 'whole', part: { kind: 'image', media: { mime: 'image/png', data: 'iVBORw0KGgo=' } } }
    const openai = await client(responsesFormat, [
      start,
      text,
      delta,
      close,
      refusal,
      delta,
      close,
      picture,
      text,
      delta,
      close,
      stop,
      usageEvent,
      end,
    ])
    const response = await openai.responses.stream({ model: 'm', input: 'x' }).finalResponse()
    expect(response.output).toMatchObject([
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'a' },
          { type: 'refusal', refusal: 'a' },
        ],
      },
      { type: 'image_generation_call', result: 'iVBORw0KGgo=' },
      { type: 'message', content: [{ type: 'output_text', text: 'a' }] },
    ])
  })
})

describe('errors', () => {
  const broken: AnswerEvent[] = [
    ...plainAnswer('a').slice(0, 3),
    { type: 'error', error: { status: 529, code: 'overloaded_error', message: 'Overloaded' } },
  ]

  test('in the midst of a stream the SDK throws what was said', async () => {
    const chat = await client(chatFormat, broken)
    await expect(chat.chat.completions.stream({ model: 'm', messages }).finalChatCompletion()).rejects.toMatchObject({
      message: expect.stringContaining('Overloaded'),
      code: 'overloaded_error',
    })
    await server?.close()
    const responses = await client(responsesFormat, broken)
    await expect(responses.responses.stream({ model: 'm', input: 'x' }).finalResponse()).rejects.toThrow('Overloaded')
  })

  test.each([
    [400, 'invalid_request_error', BadRequestError],
    [401, 'invalid_request_error', AuthenticationError],
    [429, 'rate_limit_error', RateLimitError],
    [503, 'server_error', InternalServerError],
  ])('as the body of a %i', async (status, type, kind) => {
    const body = chatFormat.writeError({ status, code: 'a_code', message: 'What went wrong' })
    server = await play(() => ({ status, pieces: [JSON.stringify(body)] }))
    const openai = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 })
    const error: unknown = await openai.chat.completions.create({ model: 'm', messages }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ status, type, code: 'a_code', message: expect.stringContaining('What went wrong') })
  })
})

test.each([undefined, 'float', 'base64'] as const)('embeddings of Gemini for the SDK (%s)', async (encoding_format) => {
  server = await play((body) => {
    const asked = {
      from: 'chat',
      to: 'gemini',
      bytes: bytesOf(JSON.stringify(body)),
      body,
      model: 'gemini-embedding-001',
      batch: true,
    } as const
    const { answer, dropped } = translateEmbedding(asked)
    expect(dropped).toEqual(['user'])
    return { pieces: [JSON.stringify(answer?.whole(200, { embeddings: [{ values: [0.5, -2] }, { values: [1, 0.25] }] }))] }
  })
  const openai = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 })
  const input = {
    model: 'm',
    input: ['a', 'b'],
    dimensions: 2,
    user: 'ann',
    ...(encoding_format === undefined ? {} : { encoding_format }),
  }
  const { data, model } = await openai.embeddings.create(input)
  const vectors = data.map(({ embedding }) =>
    typeof embedding === 'string'
      ? [...new Float32Array(Uint8Array.from(Buffer.from(embedding, 'base64')).buffer)]
      : [...embedding],
  )
  expect(vectors).toEqual([
    [0.5, -2],
    [1, 0.25],
  ])
  expect(model).toBe('gemini-embedding-001')
})
