/** Requests of chat and of the Responses API: what they mean, what is refused by name, what is dropped and listed. */
import { describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { ignorableHints } from '../../src-main/gateway/index.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import { type Conversation, Untranslatable } from '../../src-main/gateway/types.ts'
import { conversation, notGiven } from './openai-support.ts'

const png = 'data:image/png;base64,iVBORw0KGgo='
const image = { mime: 'image/png', data: 'iVBORw0KGgo=' }
const parameters = { type: 'object', properties: { city: { type: 'string' } } }
const schema = { type: 'object', properties: {} }

function chat(fields: object): Conversation {
  return chatFormat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...fields }, notGiven)
}

function responses(fields: object): Conversation {
  return responsesFormat.readRequest({ model: 'm', input: 'Hello', ...fields }, notGiven)
}

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Untranslatable) return error.field
    throw error
  }
  throw new Error('it was not refused')
}

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

describe('the Responses API in detail', () => {
  test.each<[string, object]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['background', { background: true }],
    ['prompt', { prompt: { id: 'p' } }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['include', { include: ['message.output_text.logprobs'] }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['no_such_field', { no_such_field: 1 }],
    ['text.format.type', { text: { format: { type: 'grammar' } } }],
    ['reasoning.effort', { reasoning: { effort: 'huge' } }],
    ['tool_choice.type', { tool_choice: { type: 'web_search_preview' } }],
    ['input', { input: null }],
    ['input[0].type', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input[0].type', { input: [{ type: 'computer_call_output', call_id: 'c', output: {} }] }],
    ['input[0].content[0].file_id', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file-1' }] }] }],
    [
      'input[0].caller',
      {
        input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', caller: { type: 'program', caller_id: 'p' } }],
      },
    ],
    ...[
      'web_search',
      'file_search',
      'code_interpreter',
      'computer_use_preview',
      'mcp',
      'image_generation',
      'local_shell',
      'custom',
    ].map((type): [string, object] => ['tools[0].type', { tools: [{ type, name: 'f' }] }]),
    ['tools[0].defer_loading', { tools: [{ type: 'function', name: 'f', parameters: null, strict: null, defer_loading: true }] }],
  ])('%s is refused by name', (field, fields) => {
    expect(refusal(() => responses(fields))).toBe(field)
  })

  test('hints are listed; what is read is none', () => {
    const hinted = {
      store: true,
      metadata: {},
      truncation: 'auto',
      max_tool_calls: 2,
      safety_identifier: 's',
      include: ['web_search_call.results'],
    }
    const read = { background: false, stream_options: {}, include: [], parallel_tool_calls: true }
    expect(responses({ ...read, ...hinted }).hints.toSorted()).toEqual(Object.keys(hinted).toSorted())
    expect(responses({ ...read, include: ['reasoning.encrypted_content'], text: { verbosity: 'low' } }).hints).toEqual([
      'text.verbosity',
    ])
  })

  test('thoughts: OpenAI’s own cannot be read by others; those of others come back as they were', () => {
    const seal = (events: Parameters<typeof responsesFormat.writeAnswer>[0]) => {
      const { output } = responsesFormat.writeAnswer(events, conversation())
      return responses({ input: output as unknown[] }).turns[0]?.parts
    }
    const input = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
      { role: 'user', content: 'x' },
    ]
    expect(responses({ input })).toMatchObject({ turns: [{ role: 'user' }], hints: ['input[].encrypted_content'] })
    const start = { type: 'start', id: 'r', model: 'm', createdAt: 1 } as const
    expect(
      seal([
        start,
        { type: 'open', part: { kind: 'thinking' } },
        { type: 'delta', text: 'hm' },
        { type: 'signature', signature: 'SIG' },
        { type: 'close' },
        { type: 'end' },
      ]),
    ).toEqual([{ kind: 'thinking', text: '', signature: 'SIG' }])
    expect(seal([start, { type: 'whole', part: { kind: 'redacted-thinking', data: 'DATA' } }, { type: 'end' }])).toEqual([
      { kind: 'redacted-thinking', data: 'DATA' },
    ])
  })

  test('stop sequences cannot be said, other wishes are dropped', () => {
    expect(refusal(() => responsesFormat.writeRequest(conversation({ stop: ['END'] })))).toBe('stop')
    expect(responsesFormat.writeRequest(conversation({ seed: 1, topK: 2, presencePenalty: 0 })).dropped).toEqual(['topK', 'seed'])
  })

  test('OpenAI’s sealed thoughts go back to it as they came', () => {
    const turns: Conversation['turns'] = [
      {
        role: 'assistant',
        parts: [
          { kind: 'thinking', text: '', signature: 'rs_7.gAA.A' },
          { kind: 'redacted-thinking', data: 'x' },
        ],
      },
    ]
    const { body, dropped } = responsesFormat.writeRequest(conversation({ turns }))
    expect(body.input).toEqual([{ type: 'reasoning', id: 'rs_7', summary: [], encrypted_content: 'gAA.A' }])
    expect(dropped).toEqual(['turns[0].parts[1]'])
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
