/** Requests of chat: what they mean, what is refused by name, what is dropped and listed. */
import { describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import type { Conversation } from '../../src-main/gateway/types.ts'
import { chat, image, png, refusal } from './openai-asking.ts'
import { conversation, notGiven } from './openai-support.ts'

describe('chat in detail', () => {
  test.each<[string, object, Partial<Conversation>]>([
    ['nothing said', {}, conversation({ model: 'm', wantsUsage: false })],
    [
      'null is not said',
      { stop: null, tools: null, stream: null, stream_options: null, temperature: null, n: null, logit_bias: null },
      conversation({ model: 'm', wantsUsage: false }),
    ],
    ['the older limit', { max_tokens: 9 }, { maxTokens: 9 }],
    ['the newer limit wins', { max_tokens: 9, max_completion_tokens: 8 }, { maxTokens: 8 }],
    ['one stop', { stop: 'END' }, { stop: ['END'] }],
    ['stops', { stop: ['A', 'B'] }, { stop: ['A', 'B'] }],
    ['any tool', { tool_choice: 'required' }, { toolChoice: { kind: 'required' } }],
    ['JSON', { response_format: { type: 'json_object' } }, { shape: { kind: 'json' } }],
    ['text', { response_format: { type: 'text' } }, { shape: { kind: 'text' } }],
    ['no thinking', { reasoning_effort: 'none' }, { thinking: { mode: 'off', budget: null, effort: 'none', visible: false } }],
    [
      'OpenRouter’s budget',
      { reasoning: { max_tokens: 2000, exclude: true } },
      { thinking: { mode: 'budget', budget: 2000, effort: null, visible: false } },
    ],
    [
      'penalties and seed',
      { seed: 4, presence_penalty: 0.1, frequency_penalty: 0.2, top_k: 5 },
      { seed: 4, presencePenalty: 0.1, frequencyPenalty: 0.2, topK: 5 },
    ],
    [
      'what says nothing is not refused',
      { n: 1, logprobs: false, top_logprobs: 0, modalities: ['text'], logit_bias: {} },
      { hints: [] },
    ],
  ])('%s', (_, fields, expected) => {
    expect(chat(fields)).toMatchObject(expected)
  })

  test.each<[string, object]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['logit_bias', { logit_bias: { 50256: -100 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
    ['web_search_options', { web_search_options: {} }],
    ['moderation', { moderation: { model: 'omni' } }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['function_call', { function_call: 'auto' }],
    ['no_such_field', { no_such_field: 1 }],
    ['temperature', { temperature: 'warm' }],
    ['stream', { stream: 'yes' }],
    ['stop', { stop: [1] }],
    ['reasoning_effort', { reasoning_effort: 'huge' }],
    ['tools[0].type', { tools: [{ type: 'custom', custom: { name: 'f' } }] }],
    [
      'tools[1].function.name',
      {
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'function', function: {} },
        ],
      },
    ],
    ['tool_choice.type', { tool_choice: { type: 'allowed_tools', allowed_tools: {} } }],
    ['response_format.type', { response_format: { type: 'grammar' } }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hello' }],
    ['messages[0]', { messages: ['Hello'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'function', name: 'f', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ type: 'video_url', video_url: {} }] }] }],
    [
      'messages[0].content[0].image_url.url',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }] },
    ],
    [
      'messages[0].content[0].file.file_id',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    ],
    [
      'messages[0].content[0].input_audio.format',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'ogg' } }] }] },
    ],
    [
      'messages[0].content[0].input_audio.format',
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'constructor' } }] }] },
    ],
    ['constructor', { constructor: 1 }],
    [
      'messages[1].audio',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', audio: { id: 'a' } },
        ],
      },
    ],
    [
      'messages[0].tool_calls[0].type',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: {} }] }] },
    ],
    ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    ['body', []],
  ])('%s is refused by name', (field, fields) => {
    expect(refusal(() => (Array.isArray(fields) ? chatFormat.readRequest(fields, notGiven) : chat(fields)))).toBe(field)
  })

  test('hints are listed', () => {
    const fields = {
      store: true,
      metadata: { a: 'b' },
      service_tier: 'flex',
      prompt_cache_key: 'k',
      safety_identifier: 's',
      verbosity: 'low',
      prediction: {},
    }
    expect(chat(fields).hints.toSorted()).toEqual(Object.keys(fields).toSorted())
  })

  test('a later system message joins the system prompt, and that is listed', () => {
    const messages = [
      { role: 'user', content: 'Hello', name: 'Ann' },
      { role: 'system', content: 'Answer in French.' },
    ]
    expect(chat({ messages })).toMatchObject({
      system: [{ kind: 'text', text: 'Answer in French.' }],
      hints: ['messages[].name', 'messages[].role'],
    })
  })

  test('which word says the limit goes by the model', () => {
    const limit = (model: string) =>
      Object.keys(chatFormat.writeRequest(conversation({ model, maxTokens: 5 })).body).find((name) => name.startsWith('max_'))
    expect(
      ['gpt-4o', 'openai/o3', 'chatgpt-4o-latest', 'gpt-oss-120b', 'mistral-large', 'deepseek-chat', 'llama3'].map(limit),
    ).toEqual([
      'max_completion_tokens',
      'max_completion_tokens',
      'max_completion_tokens',
      'max_tokens',
      'max_tokens',
      'max_tokens',
      'max_tokens',
    ])
  })

  test.each<[string, Partial<Conversation>, unknown, string[]]>([
    [
      'a budget is an effort',
      { model: 'gpt-5', thinking: { mode: 'budget', budget: 4000, effort: null, visible: true } },
      'medium',
      [],
    ],
    ['a small one', { model: 'gpt-5', thinking: { mode: 'budget', budget: 1024, effort: null, visible: true } }, 'low', []],
    ['a large one', { model: 'gpt-5', thinking: { mode: 'budget', budget: 30_000, effort: null, visible: true } }, 'high', []],
    [
      'none as the client’s word',
      { model: 'gpt-5', thinking: { mode: 'off', budget: null, effort: 'none', visible: false } },
      'none',
      [],
    ],
    [
      'none by another’s',
      { model: 'gpt-5', thinking: { mode: 'off', budget: null, effort: null, visible: false } },
      undefined,
      [],
    ],
    [
      'a model that cannot',
      { model: 'gpt-4o', thinking: { mode: 'effort', budget: null, effort: 'low', visible: true } },
      undefined,
      ['thinking'],
    ],
  ])('effort: %s', (_, parts, effort, dropped) => {
    const written = chatFormat.writeRequest(conversation(parts))
    expect(written.body.reasoning_effort).toBe(effort)
    expect(written.dropped).toEqual(dropped)
  })

  test('Mistral’s own API gets no field that it does not know', () => {
    const turns: Conversation['turns'] = [
      { role: 'assistant', parts: [{ kind: 'tool-call', id: 'toolu_01', name: 'f', args: '{}' }] },
      { role: 'user', parts: [{ kind: 'tool-result', callId: 'toolu_01', name: 'f', parts: [], isError: false }] },
    ]
    const parts = { stream: true, seed: 4, user: 'ann', maxTokens: 9, turns }
    const { body, dropped } = chatFormat.writeRequest(conversation({ ...parts, model: 'mistral-large-latest' }))
    expect(body).toEqual({
      model: 'mistral-large-latest',
      stream: true,
      max_tokens: 9,
      random_seed: 4,
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call00001', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call00001', content: '' },
      ],
    })
    expect(dropped).toEqual(['user'])
    const elsewhere = chatFormat.writeRequest(conversation({ ...parts, model: 'mistralai/mistral-large' })).body
    expect(elsewhere).toMatchObject({ stream_options: { include_usage: true }, seed: 4, user: 'ann' })
  })

  test('thoughts go back to models that want them', () => {
    const turns: Conversation['turns'] = [
      {
        role: 'assistant',
        parts: [
          { kind: 'thinking', text: 'hm', signature: 's' },
          { kind: 'text', text: 'a' },
        ],
      },
    ]
    expect(chatFormat.writeRequest(conversation({ model: 'deepseek-chat', turns })).body.messages).toEqual([
      { role: 'assistant', content: 'a', reasoning_content: 'hm' },
    ])
  })

  test('pictures that a tool returned follow as the user’s, after all results', () => {
    const turns: Conversation['turns'] = [
      {
        role: 'user',
        parts: [
          { kind: 'tool-result', callId: 'a', name: null, parts: [{ kind: 'image', media: image }], isError: true },
          { kind: 'tool-result', callId: 'b'.repeat(60), name: null, parts: [], isError: false },
        ],
      },
    ]
    const { body, dropped } = chatFormat.writeRequest(conversation({ turns }))
    expect(body.messages).toEqual([
      { role: 'tool', tool_call_id: 'a', content: expect.stringContaining('follows') },
      { role: 'tool', tool_call_id: 'call_1_bbbbbbbbbbbb', content: '' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] },
    ])
    expect(dropped).toEqual(['turns[0].parts[0].isError'])
  })

  test.each<[string, Conversation['turns']]>([
    ['turns[0].parts[0]', [{ role: 'user', parts: [{ kind: 'audio', media: { mime: 'audio/ogg', data: '' } }] }]],
    [
      'turns[0].parts[0]',
      [{ role: 'user', parts: [{ kind: 'file', media: { mime: null, url: 'https://example.org/a.pdf' }, name: null }] }],
    ],
    [
      'turns[0].parts[1]',
      [
        {
          role: 'assistant',
          parts: [
            { kind: 'text', text: 'a' },
            { kind: 'image', media: image },
          ],
        },
      ],
    ],
  ])('%s cannot be said in chat', (field, turns) => {
    expect(refusal(() => chatFormat.writeRequest(conversation({ turns })))).toBe(field)
  })
})
