/**
 * Four upstreams that play the same conversation, each in its own words and written by hand: first a text and two calls at once,
 * then, when the results are there, a last text. 25 input tokens (5 of them from the cache) and 30 output tokens; then 60 and 6.
 */
import type { WireFormat } from '../../../src-main/gateway/types.ts'
import type { Script } from './gateway.ts'

/** What Gemini signs its first call with. */
export const signature = 'c2lnbmVkIGJ5IEdlbWluaQ=='

export const models: Readonly<Record<WireFormat, string>> = {
  chat: 'gpt-4.1',
  responses: 'gpt-5',
  messages: 'claude-sonnet-4-5',
  gemini: 'gemini-3-flash',
}

const looking = ['Let me ', 'look. ☀']
const ending = ['Paris is ', 'sunny, Rome is not known.']
const cities = ['Paris', 'Rome']
const argsOf = (city: string) => JSON.stringify({ city })

export const scripts: Readonly<Record<WireFormat, Script>> = {
  messages: (step, stream) => (stream ? messagesStream(step) : JSON.stringify(message(step))),
  chat: (step, stream) => (stream ? chatStream(step) : JSON.stringify(completion(step))),
  responses: (step, stream) => (stream ? responsesStream(step) : JSON.stringify(response(step))),
  gemini: (step, stream) => (stream ? geminiStream(step) : JSON.stringify(gemini(step))),
}

// ── Anthropic ────────────────────────────────────────────────────────────────────────────────────────────────────────

const toolUses = cities.map((city, index) => ({ type: 'tool_use', id: `toolu_${index}`, name: 'get_weather', input: { city } }))

function message(step: number): Record<string, unknown> {
  const usage = { input_tokens: 60, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 6 }
  const base = { id: `msg_${step}`, type: 'message', role: 'assistant', model: models.messages, stop_sequence: null }
  if (step > 1) return { ...base, content: [{ type: 'text', text: ending.join('') }], stop_reason: 'end_turn', usage }
  const content = [{ type: 'text', text: looking.join('') }, ...toolUses]
  return {
    ...base,
    content,
    stop_reason: 'tool_use',
    usage: { ...usage, input_tokens: 20, cache_read_input_tokens: 5, output_tokens: 30 },
  }
}

function messagesStream(step: number): string {
  const { content, stop_reason, usage, ...base } = message(step) as {
    content: { type: string }[]
    stop_reason: string
    usage: object
  }
  const blocks = content.flatMap((block, index) => {
    const call = block.type === 'tool_use' ? toolUses[index - 1] : undefined
    const start = call === undefined ? { type: 'text', text: '' } : { ...call, input: {} }
    const args = argsOf(call?.input.city ?? '')
    const texts = call === undefined ? (step > 1 ? ending : looking) : ['', args.slice(0, 5), args.slice(5)]
    return [
      { type: 'content_block_start', index, content_block: start },
      { type: 'ping' },
      ...texts.map((text) => ({
        type: 'content_block_delta',
        index,
        delta: call === undefined ? { type: 'text_delta', text } : { type: 'input_json_delta', partial_json: text },
      })),
      { type: 'content_block_stop', index },
    ]
  })
  const events = [
    { type: 'message_start', message: { ...base, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

// ── Chat completions ─────────────────────────────────────────────────────────────────────────────────────────────────

const toolCalls = cities.map((city, index) => ({
  id: `call_${index}`,
  type: 'function',
  function: { name: 'get_weather', arguments: argsOf(city) },
}))

function chatUsage(step: number): Record<string, unknown> {
  if (step > 1) return { prompt_tokens: 60, completion_tokens: 6, total_tokens: 66 }
  return { prompt_tokens: 25, completion_tokens: 30, total_tokens: 55, prompt_tokens_details: { cached_tokens: 5 } }
}

function completion(step: number): Record<string, unknown> {
  const said =
    step > 1
      ? { role: 'assistant', content: ending.join(''), refusal: null }
      : { role: 'assistant', content: looking.join(''), refusal: null, tool_calls: toolCalls }
  const choice = { index: 0, message: said, finish_reason: step > 1 ? 'stop' : 'tool_calls', logprobs: null }
  return {
    id: `chatcmpl-${step}`,
    object: 'chat.completion',
    created: 1700000000,
    model: models.chat,
    choices: [choice],
    usage: chatUsage(step),
  }
}

function chatStream(step: number): string {
  const base = { id: `chatcmpl-${step}`, object: 'chat.completion.chunk', created: 1700000000, model: models.chat }
  const texts = (step > 1 ? ending : looking).map((content) => ({ content }))
  const calls = toolCalls.flatMap((call, index) => [
    { tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } }] },
    { tool_calls: [{ index, function: { arguments: call.function.arguments.slice(0, 4) } }] },
    { tool_calls: [{ index, function: { arguments: call.function.arguments.slice(4) } }] },
  ])
  const deltas = [{ role: 'assistant', content: '' }, ...texts, ...(step > 1 ? [] : calls)]
  const chunks = [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: step > 1 ? 'stop' : 'tool_calls' }] },
    { ...base, choices: [], usage: chatUsage(step) },
  ]
  return `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`
}

// ── Responses ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Item = Record<string, unknown> & { type: string }

function items(step: number): Item[] {
  const text = (step > 1 ? ending : looking).join('')
  const said = {
    id: `msg_${step}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
  const calls = cities.map((city, index) => ({
    id: `fc_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${index}`,
    name: 'get_weather',
    arguments: argsOf(city),
  }))
  return step > 1 ? [said] : [said, ...calls]
}

function response(step: number, status = 'completed'): Record<string, unknown> {
  const usage =
    step > 1
      ? {
          input_tokens: 60,
          output_tokens: 6,
          total_tokens: 66,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens_details: { reasoning_tokens: 0 },
        }
      : {
          input_tokens: 25,
          output_tokens: 30,
          total_tokens: 55,
          input_tokens_details: { cached_tokens: 5 },
          output_tokens_details: { reasoning_tokens: 0 },
        }
  return {
    id: `resp_${step}`,
    object: 'response',
    created_at: 1700000000,
    status,
    model: models.responses,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    tools: [],
    tool_choice: 'auto',
    output: status === 'completed' ? items(step) : [],
    usage: status === 'completed' ? usage : null,
  }
}

function responsesStream(step: number): string {
  const events: Record<string, unknown>[] = [
    { type: 'response.created', response: response(step, 'in_progress') },
    { type: 'response.in_progress', response: response(step, 'in_progress') },
    ...items(step).flatMap((item, output_index) => itemEvents(item, output_index)),
    { type: 'response.completed', response: response(step) },
  ]
  return events
    .map((event, sequence_number) => `event: ${event.type as string}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`)
    .join('')
}

function itemEvents(item: Item, output_index: number): Record<string, unknown>[] {
  const at = { item_id: item.id, output_index }
  if (item.type === 'function_call') {
    const args = item.arguments as string
    return [
      { type: 'response.output_item.added', output_index, item: { ...item, arguments: '', status: 'in_progress' } },
      { type: 'response.function_call_arguments.delta', ...at, delta: args.slice(0, 6) },
      { type: 'response.function_call_arguments.delta', ...at, delta: args.slice(6) },
      { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: args },
      { type: 'response.output_item.done', output_index, item },
    ]
  }
  const [part] = item.content as { text: string }[]
  const text = part?.text ?? ''
  const here = { ...at, content_index: 0 }
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, content: [], status: 'in_progress' } },
    { type: 'response.content_part.added', ...here, part: { type: 'output_text', text: '', annotations: [] } },
    { type: 'response.output_text.delta', ...here, delta: text.slice(0, 7) },
    { type: 'response.output_text.delta', ...here, delta: text.slice(7) },
    { type: 'response.output_text.done', ...here, text },
    { type: 'response.content_part.done', ...here, part },
    { type: 'response.output_item.done', output_index, item },
  ]
}

// ── Gemini ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function geminiUsage(step: number): Record<string, unknown> {
  if (step > 1) return { promptTokenCount: 60, candidatesTokenCount: 6, totalTokenCount: 66 }
  return {
    promptTokenCount: 25,
    cachedContentTokenCount: 5,
    candidatesTokenCount: 22,
    thoughtsTokenCount: 8,
    totalTokenCount: 55,
  }
}

const functionCalls = cities.map((city, index) => ({
  functionCall: { name: 'get_weather', args: { city } },
  ...(index === 0 ? { thoughtSignature: signature } : {}),
}))

function gemini(step: number): Record<string, unknown> {
  const text = { text: (step > 1 ? ending : looking).join('') }
  const content = { role: 'model', parts: step > 1 ? [text] : [text, ...functionCalls] }
  return {
    candidates: [{ content, finishReason: 'STOP', index: 0 }],
    usageMetadata: geminiUsage(step),
    modelVersion: models.gemini,
    responseId: `gem${step}`,
  }
}

function geminiStream(step: number): string {
  const texts = (step > 1 ? ending : looking).map((text) => ({ text }))
  const parts = step > 1 ? texts : [...texts, ...functionCalls]
  const chunks = parts.map((part, index) => ({
    candidates: [
      { content: { role: 'model', parts: [part] }, index: 0, ...(index === parts.length - 1 ? { finishReason: 'STOP' } : {}) },
    ],
    usageMetadata: index === parts.length - 1 ? geminiUsage(step) : { promptTokenCount: 25, totalTokenCount: 25 },
    modelVersion: models.gemini,
    responseId: `gem${step}`,
  }))
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')
}
