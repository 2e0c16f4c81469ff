/** The official SDKs as clients: each holds the same conversation in its own words and tells what it was answered. */
import Anthropic from '@anthropic-ai/sdk'
import { type Content, FinishReason, type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import OpenAI from 'openai'
import type { WireFormat } from '../../../src-main/gateway/types.ts'

interface Told {
  text: string
  calls: { name: string; args: unknown }[]
  stop: 'tools' | 'end'
  usage: { input: number; cached: number; output: number }
}

/** Asks, gets two calls, gives two results (the second a failure), gets the end. */
export type Client = (url: string, stream: boolean) => Promise<[Told, Told]>

export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const instructions = 'Answer in one sentence.'
export const question = 'What is the weather in these two cities?'
export const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
export const results = ['{"sky":"sunny"}', 'no such station']

const tool = { name: 'get_weather', description: 'Tells the weather of a city.' }
const model = 'asked-model'

export const clients: Readonly<Record<WireFormat, Client>> = { chat, responses, messages, gemini }

async function chat(url: string, stream: boolean): Promise<[Told, Told]> {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'token', maxRetries: 0 })
  const thread: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: instructions },
    {
      role: 'user',
      content: [
        { type: 'text', text: question },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
      ],
    },
  ]
  const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { ...tool, parameters: schema } }]

  async function ask(): Promise<OpenAI.ChatCompletion> {
    const params = { model, messages: thread, tools, max_completion_tokens: 500 }
    if (!stream) return openai.chat.completions.create(params)
    return openai.chat.completions.stream({ ...params, stream_options: { include_usage: true } }).finalChatCompletion()
  }

  function told(completion: OpenAI.ChatCompletion): Told {
    const [choice] = completion.choices
    const calls = (choice?.message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call.function] : []))
    const { usage } = completion
    return {
      text: choice?.message.content ?? '',
      calls: calls.map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) as unknown })),
      stop: choice?.finish_reason === 'tool_calls' ? 'tools' : 'end',
      usage: {
        input: usage?.prompt_tokens ?? 0,
        cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
        output: usage?.completion_tokens ?? 0,
      },
    }
  }

  const first = await ask()
  const message = first.choices[0]?.message
  if (message === undefined) throw new Error('no choice')
  thread.push(message)
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    thread.push({ role: 'tool', tool_call_id: call.id, content: results[index] ?? '' })
  }
  return [told(first), told(await ask())]
}

async function responses(url: string, stream: boolean): Promise<[Told, Told]> {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'token', maxRetries: 0 })
  const input: OpenAI.Responses.ResponseInputItem[] = [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: question },
        { type: 'input_image', image_url: `data:image/png;base64,${picture}`, detail: 'auto' },
      ],
    },
  ]
  const tools: OpenAI.Responses.Tool[] = [{ type: 'function', ...tool, parameters: schema, strict: null }]

  async function ask(): Promise<OpenAI.Responses.Response> {
    const params = { model, instructions, input, tools, max_output_tokens: 500 }
    return stream ? openai.responses.stream(params).finalResponse() : openai.responses.create(params)
  }

  function told(response: OpenAI.Responses.Response): Told {
    const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
    const { usage } = response
    return {
      text: response.output_text,
      calls: calls.map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) as unknown })),
      stop: calls.length > 0 ? 'tools' : 'end',
      usage: {
        input: usage?.input_tokens ?? 0,
        cached: usage?.input_tokens_details.cached_tokens ?? 0,
        output: usage?.output_tokens ?? 0,
      },
    }
  }

  const first = await ask()
  input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]))
  const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
  for (const [index, call] of calls.entries()) {
    input.push({ type: 'function_call_output', call_id: call.call_id, output: results[index] ?? '' })
  }
  return [told(first), told(await ask())]
}

async function messages(url: string, stream: boolean): Promise<[Told, Told]> {
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'token', maxRetries: 0 })
  const thread: Anthropic.MessageParam[] = [
    {
      role: 'user',
      content: [
        { type: 'text', text: question },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
      ],
    },
  ]

  async function ask(): Promise<Anthropic.Message> {
    const input_schema = schema as Anthropic.Tool.InputSchema
    const params = { model, system: instructions, messages: thread, tools: [{ ...tool, input_schema }], max_tokens: 500 }
    return stream ? anthropic.messages.stream(params).finalMessage() : anthropic.messages.create(params)
  }

  function told(message: Anthropic.Message): Told {
    const { usage } = message
    return {
      text: message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
      calls: message.content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, args: block.input }] : [])),
      stop: message.stop_reason === 'tool_use' ? 'tools' : 'end',
      usage: {
        input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0),
        cached: usage.cache_read_input_tokens ?? 0,
        output: usage.output_tokens,
      },
    }
  }

  const first = await ask()
  const calls = first.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []))
  thread.push({ role: 'assistant', content: first.content as Anthropic.ContentBlockParam[] })
  thread.push({
    role: 'user',
    content: calls.map((call, index) => ({
      type: 'tool_result',
      tool_use_id: call.id,
      content: results[index] ?? '',
      ...(index === 1 ? { is_error: true } : {}),
    })),
  })
  return [told(first), told(await ask())]
}

async function gemini(url: string, stream: boolean): Promise<[Told, Told]> {
  const google = new GoogleGenAI({ apiKey: 'token', httpOptions: { baseUrl: url } })
  const contents: Content[] = [
    { role: 'user', parts: [{ text: question }, { inlineData: { mimeType: 'image/png', data: picture } }] },
  ]

  async function ask(): Promise<{ parts: Part[]; told: Told }> {
    const functionDeclarations = [{ ...tool, parametersJsonSchema: schema }]
    const config = { systemInstruction: instructions, tools: [{ functionDeclarations }], maxOutputTokens: 500 }
    const chunks: GenerateContentResponse[] = []
    if (stream)
      for await (const chunk of await google.models.generateContentStream({ model, contents, config })) chunks.push(chunk)
    else chunks.push(await google.models.generateContent({ model, contents, config }))
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    const usage = chunks.at(-1)?.usageMetadata
    const calls = parts.flatMap((part) => (part.functionCall === undefined ? [] : [part.functionCall]))
    const told: Told = {
      text: parts.map((part) => part.text ?? '').join(''),
      calls: calls.map(({ name = '', args }) => ({ name, args })),
      stop: calls.length > 0 ? 'tools' : 'end',
      usage: {
        input: usage?.promptTokenCount ?? 0,
        cached: usage?.cachedContentTokenCount ?? 0,
        output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
      },
    }
    if (chunks.at(-1)?.candidates?.[0]?.finishReason !== FinishReason.STOP) throw new Error('the answer has no end')
    return { parts, told }
  }

  const first = await ask()
  const calls = first.parts.flatMap((part) => (part.functionCall === undefined ? [] : [part.functionCall]))
  contents.push({ role: 'model', parts: first.parts })
  contents.push({
    role: 'user',
    parts: calls.map(({ id, name = '' }, index) => {
      const response = index === 1 ? { error: results[1] } : (JSON.parse(results[0] ?? '') as Record<string, unknown>)
      return { functionResponse: { name, response, ...(id === undefined ? {} : { id }) } }
    }),
  })
  return [first.told, (await ask()).told]
}
