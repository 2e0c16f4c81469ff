/** Tools in the scripted upstream: called when told or demanded, as the official SDKs read it, and strict about what must match. */
import Anthropic from '@anthropic-ai/sdk'
import { type Content, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../src-main/demo/index.ts'

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startScriptedUpstream()
})
afterAll(() => upstream.close())
beforeEach(() => upstream.script('k', { kind: 'ok', calls: 'offered' }))

const parameters = {
  type: 'object' as const,
  properties: {
    city: { type: 'string' },
    unit: { type: 'string', enum: ['C', 'F'] },
    days: { type: 'integer' },
    near: { type: 'array', items: { type: 'object', properties: { km: { type: 'number' } } } },
    exact: { type: ['boolean', 'null'] },
  },
}
const args = { city: 'Zürich “Altstadt”', unit: 'C', days: 3, near: [{ km: 1.5 }], exact: true }
const description = 'The weather'
const hello = 'Hello from the scripted upstream.'

const callsIn = (message?: OpenAI.ChatCompletionMessage) =>
  message?.tool_calls?.map((call) => call.type === 'function' && [call.function.name, JSON.parse(call.function.arguments)])

describe('chat completions', () => {
  const client = () => new OpenAI({ apiKey: 'k', baseURL: `${upstream.url}/v1`, maxRetries: 0 })
  const tools = [{ type: 'function' as const, function: { name: 'weather', description, parameters } }]
  const ask = { model: 'gpt-4o', tools, messages: [{ role: 'user' as const, content: 'Weather?' }] }

  it('calls, plain, and answers the result with words', async () => {
    const first = await client().chat.completions.create(ask)
    const [choice] = first.choices
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [{ type: 'function' }] } })
    const [call] = choice?.message.tool_calls ?? []
    expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual(args)
    const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: 'sunny' }
    const messages = [...ask.messages, choice!.message, result]
    const second = await client().chat.completions.create({ ...ask, messages })
    expect(second.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: hello } })
  })

  it('calls in a stream', async () => {
    const stream = client().chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
    const final = await stream.finalChatCompletion()
    expect(callsIn(final.choices[0]?.message)).toEqual([['weather', args]])
    expect(final.usage?.completion_tokens).toBeGreaterThan(10)
  })

  it('says words before several calls when told', async () => {
    const calls = [
      { name: 'weather', args: { city: 'Rome' } },
      { name: 'other', args: {} },
    ]
    upstream.script('k', { kind: 'ok', text: 'Let me see.', calls })
    const { message } = (await client().chat.completions.stream(ask).finalChatCompletion()).choices[0]!
    expect(message.content).toBe('Let me see.')
    expect(callsIn(message)).toEqual([
      ['weather', { city: 'Rome' }],
      ['other', {}],
    ])
  })

  it.each([
    ['auto', 'stop'],
    ['none', 'stop'],
    ['required', 'tool_calls'],
    [{ type: 'function' as const, function: { name: 'weather' } }, 'tool_calls'],
  ] as const)('unless told does what the request demands: %j', async (choice, finish) => {
    upstream.script('k', { kind: 'ok' })
    const answer = await client().chat.completions.create({ ...ask, tool_choice: choice })
    expect(answer.choices[0]?.finish_reason).toBe(finish)
  })

  it('refuses calls without results and results without calls', async () => {
    const calls = [{ id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{}' } }]
    const assistant = { role: 'assistant' as const, tool_calls: calls }
    const stray = { role: 'tool' as const, tool_call_id: 'call_2', content: 'x' }
    const send = (messages: OpenAI.ChatCompletionMessageParam[]) => client().chat.completions.create({ ...ask, messages })
    await expect(send([assistant])).rejects.toThrow(/call_1/)
    await expect(send([assistant, { role: 'user', content: 'well?' }])).rejects.toThrow(/must be followed by tool messages/)
    await expect(send([stray])).rejects.toThrow(/must be a response to a preceeding message/)
  })
})

describe('responses', () => {
  const client = () => new OpenAI({ apiKey: 'k', baseURL: `${upstream.url}/v1`, maxRetries: 0 })
  const tools = [{ type: 'function' as const, name: 'weather', description, parameters, strict: false }]
  const ask = { model: 'gpt-4o', tools, input: 'Weather?' }

  it('calls, plain and in a stream, and answers the result with words', async () => {
    const plain = await client().responses.create(ask)
    const streamed = await client().responses.stream(ask).finalResponse()
    for (const { output } of [plain, streamed]) {
      const [call] = output
      expect(call?.type === 'function_call' && [call.name, JSON.parse(call.arguments)]).toEqual(['weather', args])
    }
    const [call] = plain.output
    if (call?.type !== 'function_call') throw new Error('no call')
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: 'sunny' }
    const question = { role: 'user' as const, content: 'Weather?' }
    expect((await client().responses.create({ ...ask, input: [question, call, result] })).output_text).toBe(hello)
    await expect(client().responses.create({ ...ask, input: [question, call] })).rejects.toThrow('No tool output found')
    await expect(client().responses.create({ ...ask, input: [question, result] })).rejects.toThrow('No tool call found')
  })
})

describe('messages', () => {
  const client = () => new Anthropic({ apiKey: 'k', baseURL: upstream.url, maxRetries: 0 })
  const tools = [{ name: 'weather', description, input_schema: parameters }]
  const question = { role: 'user' as const, content: 'Weather?' }
  const ask = { model: 'claude-haiku-4-5', max_tokens: 64, tools, messages: [question] }

  it('calls, plain and in a stream, and answers the result with words', async () => {
    const plain = await client().messages.create(ask)
    const streamed = await client().messages.stream(ask).finalMessage()
    for (const { content, stop_reason } of [plain, streamed]) {
      expect(stop_reason).toBe('tool_use')
      expect(content).toMatchObject([{ type: 'tool_use', name: 'weather', input: args }])
    }
    const [call] = plain.content
    if (call?.type !== 'tool_use') throw new Error('no call')
    const assistant = { role: 'assistant' as const, content: plain.content }
    const results = [{ type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' }]
    const send = (messages: Anthropic.MessageParam[]) => client().messages.create({ ...ask, messages })
    const second = await send([question, assistant, { role: 'user', content: results }])
    expect(second).toMatchObject({ stop_reason: 'end_turn', content: [{ text: hello }] })
    await expect(send([question, assistant, question])).rejects.toThrow('without `tool_result` blocks')
    await expect(send([{ role: 'user', content: results }])).rejects.toThrow('unexpected `tool_use_id`')
  })

  it('calls the tool that is demanded', async () => {
    upstream.script('k', { kind: 'ok' })
    const both = [{ ...tools[0]!, name: 'other' }, tools[0]!]
    const named = await client().messages.create({ ...ask, tools: both, tool_choice: { type: 'tool', name: 'weather' } })
    const any = await client().messages.create({ ...ask, tools: both, tool_choice: { type: 'any' } })
    expect([named.content[0], any.content[0]]).toMatchObject([{ name: 'weather' }, { name: 'other' }])
    expect((await client().messages.create(ask)).stop_reason).toBe('end_turn')
  })
})

describe('generateContent', () => {
  const client = () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: upstream.url, retryOptions: { attempts: 1 } } })
  const config = { tools: [{ functionDeclarations: [{ name: 'weather', description, parametersJsonSchema: parameters }] }] }
  const question: Content = { role: 'user', parts: [{ text: 'Weather?' }] }

  it('calls, plain and in a stream, and answers the result with words', async () => {
    const ask = { model: 'gemini-2.5-flash', contents: [question], config }
    const plain = await client().models.generateContent(ask)
    expect(plain.functionCalls).toEqual([{ name: 'weather', args }])
    const streamed: unknown[] = []
    for await (const piece of await client().models.generateContentStream(ask)) streamed.push(...(piece.functionCalls ?? []))
    expect(streamed).toEqual([{ name: 'weather', args }])
    const said = plain.candidates![0]!.content!
    const result: Content = { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { sky: 'blue' } } }] }
    const second = await client().models.generateContent({ ...ask, contents: [question, said, result] })
    expect(second.text).toBe(hello)
    await expect(client().models.generateContent({ ...ask, contents: [question, said, question] })).rejects.toThrow(
      'number of function response parts',
    )
  })

  it('signs the calls of Gemini 3 and wants them back signed', async () => {
    const ask = { model: 'gemini-3-flash-preview', contents: [question], config }
    const call = (await client().models.generateContent(ask)).candidates![0]!.content!
    expect(call.parts?.[0]?.thoughtSignature).toBeDefined()
    const result: Content = { role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }] }
    const send = (said: Content) => client().models.generateContent({ ...ask, contents: [question, said, result] })
    expect((await send(call)).text).toBe(hello)
    const unsigned = { role: 'model', parts: [{ functionCall: call.parts![0]!.functionCall! }] }
    await expect(send(unsigned)).rejects.toThrow('missing a thought_signature')
  })

  it('calls when any call is demanded', async () => {
    upstream.script('k', { kind: 'ok' })
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['weather'] }
    const toolConfig = { functionCallingConfig }
    const ask = { model: 'gemini-2.5-flash', contents: [question], config: { ...config, toolConfig } }
    expect((await client().models.generateContent(ask)).functionCalls).toHaveLength(1)
  })
})
