/** One conversation with everything in it, read from and written as chat and the Responses API. */
import { describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { ignorableHints } from '../../src-main/gateway/index.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import type { Conversation } from '../../src-main/gateway/types.ts'
import { image, parameters, png, schema } from './openai-asking.ts'
import { notGiven } from './openai-support.ts'

const golden: Omit<Conversation, 'model'> = {
  stream: true,
  system: [{ kind: 'text', text: 'Be brief.' }],
  turns: [
    {
      role: 'user',
      parts: [
        { kind: 'text', text: 'What is this?', cache: true },
        { kind: 'image', media: image, detail: 'low' },
        { kind: 'image', media: { mime: null, url: 'https://example.org/a.png' } },
        { kind: 'audio', media: { mime: 'audio/wav', data: 'UklGRg==' } },
        { kind: 'file', media: { mime: 'application/pdf', data: 'JVBERi0=' }, name: 'a.pdf' },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { kind: 'thinking', text: 'Two cities.', signature: null },
        { kind: 'text', text: 'I’ll look.' },
        { kind: 'tool-call', id: 'c1', name: 'weather', args: '{"city":"Oslo"}' },
        { kind: 'tool-call', id: 'c2', name: 'time', args: '{}' },
      ],
    },
    {
      role: 'user',
      parts: [
        { kind: 'tool-result', callId: 'c1', name: 'weather', parts: [{ kind: 'text', text: 'rain' }], isError: false },
        { kind: 'tool-result', callId: 'c2', name: 'time', parts: [{ kind: 'text', text: '12' }], isError: false },
        { kind: 'text', text: 'And now?' },
      ],
    },
  ],
  tools: [
    { name: 'weather', description: 'Says the weather.', parameters, strict: true },
    { name: 'time', description: null, parameters: null, strict: null },
  ],
  toolChoice: { kind: 'tool', name: 'weather' },
  parallelTools: false,
  maxTokens: 500,
  temperature: 0.5,
  topP: 0.9,
  topK: null,
  seed: null,
  stop: [],
  presencePenalty: null,
  frequencyPenalty: null,
  shape: { kind: 'schema', name: 'answer', schema, strict: true },
  thinking: { mode: 'effort', budget: null, effort: 'high', visible: true },
  user: 'ann',
  wantsUsage: true,
  hints: [],
}

const goldenParts = [
  { type: 'text', text: 'What is this?', prompt_cache_breakpoint: { mode: 'explicit' } },
  { type: 'image_url', image_url: { url: png, detail: 'low' } },
  { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
  { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
  { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
]

const goldenChat = {
  model: 'm',
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: goldenParts },
    {
      role: 'assistant',
      content: 'I’ll look.',
      reasoning_content: 'Two cities.',
      refusal: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
        { id: 'c2', type: 'function', function: { name: 'time', arguments: '' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'rain' },
    { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: '12' }] },
    { role: 'user', content: 'And now?' },
  ],
  tools: [
    { type: 'function', function: { name: 'weather', description: 'Says the weather.', parameters, strict: true } },
    { type: 'function', function: { name: 'time' } },
  ],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  parallel_tool_calls: false,
  max_completion_tokens: 500,
  temperature: 0.5,
  top_p: 0.9,
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
  reasoning_effort: 'high',
  user: 'ann',
}

const goldenResponses = {
  model: 'm',
  stream: true,
  instructions: 'Be brief.',
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What is this?', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_image', image_url: png, detail: 'low' },
        { type: 'input_image', image_url: 'https://example.org/a.png' },
        { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Two cities.' }] },
    {
      type: 'message',
      id: 'msg_1',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'I’ll look.' }],
    },
    { type: 'function_call', id: 'fc_1', status: 'completed', call_id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
    { type: 'function_call', call_id: 'c2', name: 'time', arguments: '' },
    { type: 'function_call_output', call_id: 'c1', output: 'rain' },
    { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: '12' }] },
    { type: 'message', role: 'user', content: 'And now?' },
  ],
  tools: [
    { type: 'function', name: 'weather', description: 'Says the weather.', parameters, strict: true },
    { type: 'function', name: 'time', parameters: null, strict: null },
  ],
  tool_choice: { type: 'function', name: 'weather' },
  parallel_tool_calls: false,
  max_output_tokens: 500,
  temperature: 0.5,
  top_p: 0.9,
  text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } },
  reasoning: { effort: 'high', summary: 'auto' },
  user: 'ann',
}

describe('a conversation with everything in it', () => {
  test('read from chat', () => {
    expect(chatFormat.readRequest(goldenChat, notGiven)).toEqual({ model: 'm', ...golden })
  })

  test('read from the Responses API', () => {
    expect(responsesFormat.readRequest(goldenResponses, notGiven)).toEqual({ model: 'm', ...golden })
  })

  test('written as chat, and read again', () => {
    const { body, dropped } = chatFormat.writeRequest({ model: 'gpt-5', ...golden })
    expect(body).toEqual({
      ...goldenChat,
      model: 'gpt-5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [{ type: 'text', text: 'What is this?' }, ...goldenParts.slice(1)],
        },
        {
          role: 'assistant',
          content: 'I’ll look.',
          tool_calls: [
            goldenChat.messages[2]?.tool_calls?.[0],
            { id: 'c2', type: 'function', function: { name: 'time', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'rain' },
        { role: 'tool', tool_call_id: 'c2', content: '12' },
        { role: 'user', content: 'And now?' },
      ],
    })
    expect(dropped).toEqual(['turns[0].parts[0].cache', 'turns[1].parts[0]'])
  })

  test('written as Responses', () => {
    const { body, dropped } = responsesFormat.writeRequest({ model: 'gpt-5', ...golden })
    const again = responsesFormat.readRequest(body, notGiven)
    const turns = golden.turns.map(({ role, parts }) => ({
      role,
      parts: parts
        .filter(({ kind }) => kind !== 'thinking')
        .map(({ ...part }) => {
          if (part.kind === 'image') part.detail ??= 'auto'
          if (part.kind === 'text') delete part.cache
          return part
        }),
    }))
    // Its tools are strict unless told otherwise.
    const tools = golden.tools.map((tool) => ({ ...tool, strict: tool.strict ?? false }))
    expect(again).toEqual({ model: 'gpt-5', ...golden, turns, tools, hints: ['store'] })
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'], stream: true })
    expect(dropped).toEqual(['turns[0].parts[0].cache', 'turns[1].parts[0]'])
  })
})

test('every hint says why', () => {
  for (const table of Object.values(ignorableHints)) {
    for (const [field, why] of Object.entries(table)) {
      expect(field).toMatch(/^[A-Za-z_]+(\[\])?(\.[A-Za-z_]+(\[\])?)*$/)
      expect(why.length).toBeGreaterThan(10)
    }
  }
})
