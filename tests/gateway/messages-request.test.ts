/** Anthropic's requests: what is read, what is refused by its name, and how a conversation is said to each age of Claude. */
import { describe, expect, it } from 'vitest'
import { messagesFormat } from '../../src-main/gateway/messages/format.ts'
import type { Conversation, Part, Turn } from '../../src-main/gateway/types.ts'
import { conversation, refusedField } from './support-events.ts'

const base = { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }
const read = (fields: object) => messagesFormat.readRequest({ ...base, ...fields }, { model: null, stream: null })
const said = (...content: object[]) => ({ messages: [{ role: 'user', content }] })
const write = (fields: Partial<Conversation>) => messagesFormat.writeRequest(conversation(fields))

describe('reading', () => {
  it('takes every field that has a place in a conversation', () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' }
    const asked = read({
      system: [{ type: 'text', text: 'Be brief.', cache_control }],
      messages: [
        { role: 'user', content: 'Hello' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'xyz' },
            { type: 'tool_use', id: 'a__sig__QUJD', name: 'f', input: { x: 1 }, caller: { type: 'direct' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a__sig__QUJD', is_error: true, content: [{ type: 'text', text: 'no' }] },
            { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title: 'A' },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grüße' } },
          ],
        },
      ],
      tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true, cache_control }],
      tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
      stop_sequences: ['END'],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stream: true,
      metadata: { user_id: 'u' },
      thinking: { type: 'enabled', budget_tokens: 2048 },
      output_config: { effort: 'high', format: { type: 'json_schema', schema: { type: 'object' } } },
    })
    expect(asked).toEqual({
      model: 'claude-sonnet-4-5',
      stream: true,
      system: [{ kind: 'text', text: 'Be brief.', cache: true }],
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'Hello' }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'thinking', text: 'Hm', signature: 'sig' },
            { kind: 'redacted-thinking', data: 'xyz' },
            { kind: 'tool-call', id: 'a', signature: 'QUJD', name: 'f', args: '{"x":1}' },
          ],
        },
        {
          role: 'user',
          parts: [
            { kind: 'tool-result', callId: 'a', name: null, parts: [{ kind: 'text', text: 'no' }], isError: true },
            { kind: 'image', media: { mime: null, url: 'https://x.test/a.png' } },
            { kind: 'file', media: { mime: 'application/pdf', data: 'JVBE' }, name: 'A' },
            { kind: 'file', media: { mime: 'text/plain', data: Buffer.from('Grüße').toString('base64') }, name: null },
          ],
        },
      ],
      tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: true, cache: true }],
      toolChoice: { kind: 'tool', name: 'f' },
      parallelTools: false,
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      seed: null,
      stop: ['END'],
      presencePenalty: null,
      frequencyPenalty: null,
      user: 'u',
      wantsUsage: true,
      hints: [],
      shape: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: true },
      thinking: { mode: 'budget', budget: 2048, effort: 'high', visible: true },
    } satisfies Conversation)
  })

  it('notes hints and goes on', () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' }, eager_input_streaming: true }]
    const { hints, system } = read({
      service_tier: 'auto',
      context_management: { edits: [] },
      tools,
      thinking: null,
      messages: [
        { role: 'user', content: 'a' },
        { role: 'system', content: 'later' },
        { role: 'user', content: 'b' },
      ],
    })
    expect(hints.toSorted()).toEqual(['context_management', 'messages[].role', 'service_tier', 'tools[].eager_input_streaming'])
    expect(system).toEqual([{ kind: 'text', text: 'later' }])
  })

  it.each<[string, object]>([
    ['container', { container: 'c' }],
    ['mcp_servers', { mcp_servers: [{}] }],
    ['inference_geo', { inference_geo: 'us' }],
    ['brand_new', { brand_new: 1 }],
    ['model', { model: 7 }],
    ['messages', { messages: 'Hello' }],
    ['messages[0]', { messages: ['Hello'] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages[0].content[1].type', said({ type: 'text', text: 'x' }, { type: 'search_result' })],
    ['messages[0].content[0].text', said({ type: 'text', text: 7 })],
    ['messages[0].content[0].source.type', said({ type: 'image', source: { type: 'file', file_id: 'f' } })],
    ['messages[0].content[0].source.type', said({ type: 'document', source: { type: 'file', file_id: 'f' } })],
    [
      'messages[0].content[0].citations.enabled',
      said({ type: 'document', citations: { enabled: true }, source: { type: 'text', data: 'x' } }),
    ],
    ['messages[0].content[0].context', said({ type: 'document', context: 'c', source: { type: 'text', data: 'x' } })],
    ['messages[0].content[0].toolset_name', said({ type: 'tool_use', id: 'x', name: 'f', input: {}, toolset_name: 'browser' })],
    [
      'messages[0].content[0].caller',
      said({ type: 'tool_use', id: 'x', name: 'f', input: {}, caller: { type: 'code_execution_20260120' } }),
    ],
    ['tools[0].type', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['tools[0].allowed_callers', { tools: [{ name: 'f', input_schema: {}, allowed_callers: ['code_execution_20260120'] }] }],
    ['tool_choice.type', { tool_choice: { type: 'some' } }],
    ['thinking.type', { thinking: { type: 'deep' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['output_config.effort', { output_config: { effort: 'utmost' } }],
    ['temperature', { temperature: 'warm' }],
    ['stop_sequences[0]', { stop_sequences: [7] }],
  ])('refuses %s by its name', (field, fields) => {
    expect(refusedField(() => read(fields))).toBe(field)
  })

  it.each<[object, Conversation['thinking']]>([
    [{}, null],
    [{ thinking: { type: 'disabled' } }, { mode: 'off', budget: null, effort: null, visible: false }],
    [{ thinking: { type: 'adaptive' } }, { mode: 'auto', budget: null, effort: null, visible: true }],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { mode: 'auto', budget: null, effort: null, visible: false }],
    [
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
      { mode: 'effort', budget: null, effort: 'max', visible: true },
    ],
    [{ output_config: { effort: 'low' } }, { mode: 'effort', budget: null, effort: 'low', visible: false }],
  ])('reads thinking %j', (fields, thinking) => {
    expect(read(fields).thinking).toEqual(thinking)
  })
})

const call = (id: string): Part => ({ kind: 'tool-call', id, name: 'f', args: '{}' })
const result = (callId: string): Part => ({
  kind: 'tool-result',
  callId,
  name: null,
  parts: [{ kind: 'text', text: 'ok' }],
  isError: false,
})
const text = (words: string): Part => ({ kind: 'text', text: words })

describe('writing turns', () => {
  it('puts results first, merges the same side, leaves out empty texts and trims what is to be gone on from', () => {
    const turns: Turn[] = [
      { role: 'user', parts: [text('a'), text(' \n')] },
      { role: 'user', parts: [text('b')] },
      { role: 'assistant', parts: [text(''), call('1'), call('2')] },
      { role: 'user', parts: [text('and'), result('1')] },
      { role: 'user', parts: [result('2')] },
      { role: 'assistant', parts: [text('So: ')] },
    ]
    const messages = write({ turns }).body.messages as { role: string; content: { type: string; text?: string }[] }[]
    expect(messages.map(({ role, content }) => [role, ...content.map((block) => block.text ?? block.type)])).toEqual([
      ['user', 'a', 'b'],
      ['assistant', 'tool_use', 'tool_use'],
      ['user', 'tool_result', 'tool_result', 'and'],
      ['assistant', 'So:'],
    ])
  })

  it('writes ids in letters that Anthropic takes, each call its own', () => {
    const turns: Turn[] = [
      { role: 'assistant', parts: [call('f:0'), call('f.0'), call('f_0')] },
      { role: 'user', parts: [result('f:0'), result('f.0'), result('f_0')] },
    ]
    const [calls, results] = write({ turns }).body.messages as { content: { id?: string; tool_use_id?: string }[] }[]
    const ids = calls?.content.map(({ id }) => id) ?? []
    expect(results?.content.map(({ tool_use_id }) => tool_use_id)).toEqual(ids)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/)
  })

  it('keeps marks of the cache, titles and failures', () => {
    const turns: Turn[] = [
      {
        role: 'user',
        parts: [
          { kind: 'tool-result', callId: '1', name: 'f', parts: [], isError: true, cache: true },
          { kind: 'file', media: { mime: 'text/markdown', data: Buffer.from('# Grüße').toString('base64') }, name: 'A' },
        ],
      },
    ]
    const cache_control = { type: 'ephemeral' }
    expect(write({ turns, system: [{ kind: 'text', text: 's', cache: true }] }).body).toMatchObject({
      system: [{ type: 'text', text: 's', cache_control }],
      messages: [
        {
          content: [
            { type: 'tool_result', tool_use_id: '1', is_error: true, cache_control },
            { type: 'document', title: 'A', source: { type: 'text', media_type: 'text/plain', data: '# Grüße' } },
          ],
        },
      ],
    })
  })

  it('makes instructions alone what the user says', () => {
    expect(write({ system: [text('Sing.')], turns: [] }).body).toMatchObject({
      messages: [{ role: 'user', content: [{ text: 'Sing.' }] }],
    })
  })

  it('leaves out thoughts that nobody signed, and says so', () => {
    const turns: Turn[] = [{ role: 'assistant', parts: [{ kind: 'thinking', text: 'Hm', signature: null }, text('x')] }]
    const { body, dropped } = write({ turns })
    expect(body.messages).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'x' }] }])
    expect(dropped).toEqual(['turns[0].parts[0]'])
  })

  it.each<[string, Turn]>([
    ['turns[0].parts[1]', { role: 'user', parts: [text('x'), { kind: 'audio', media: { mime: 'audio/wav', data: 'AA' } }] }],
    ['turns[0].parts[0]', { role: 'user', parts: [{ kind: 'image', media: { mime: null, url: 'gs://bucket/a.png' } }] }],
    ['turns[0].parts[0]', { role: 'user', parts: [{ kind: 'file', media: { mime: 'video/mp4', data: 'AA' }, name: null }] }],
    ['turns[0].parts[0]', { role: 'assistant', parts: [{ kind: 'image', media: { mime: 'image/png', data: 'AA' } }] }],
    ['turns[0].parts[0]', { role: 'assistant', parts: [{ kind: 'tool-call', id: '1', name: 'f', args: '[1]' }] }],
  ])('refuses %s when Claude cannot be shown it', (field, turn) => {
    expect(refusedField(() => write({ turns: [turn] }))).toBe(field)
  })
})

describe('writing the rest', () => {
  it.each([
    ['claude-3-haiku-20240307', 4096],
    ['claude-3-5-sonnet-latest', 8192],
    ['claude-3-7-sonnet-20250219', 32_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-opus-4-7', 32_000],
    ['deepseek-chat', 8192],
  ])('gives %s a limit of %i tokens when the client gave none', (model, limit) => {
    expect(write({ model, maxTokens: null }).body.max_tokens).toBe(limit)
  })

  const visible = true
  it.each<[string, Partial<Conversation>, object, string[]]>([
    ['claude-3-5-haiku-latest', { thinking: { mode: 'effort', budget: null, effort: 'high', visible } }, {}, ['thinking']],
    [
      'claude-sonnet-4-5',
      { thinking: { mode: 'budget', budget: 3000, effort: null, visible }, maxTokens: null },
      { thinking: { type: 'enabled', budget_tokens: 3000 }, max_tokens: 32_000 },
      [],
    ],
    [
      'claude-sonnet-4-5',
      { thinking: { mode: 'budget', budget: 31_000, effort: null, visible }, maxTokens: null },
      { thinking: { type: 'enabled', budget_tokens: 31_000 }, max_tokens: 39_192 },
      [],
    ],
    [
      'claude-sonnet-4-5',
      { thinking: { mode: 'effort', budget: null, effort: 'high', visible }, maxTokens: 5000 },
      { thinking: { type: 'enabled', budget_tokens: 4999 } },
      [],
    ],
    ['claude-sonnet-4-5', { thinking: { mode: 'effort', budget: null, effort: 'high', visible } }, {}, ['thinking']],
    ['claude-sonnet-4-5', { thinking: { mode: 'off', budget: null, effort: 'none', visible: false } }, {}, []],
    [
      'claude-sonnet-4-6',
      { thinking: { mode: 'effort', budget: null, effort: 'xhigh', visible } },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      [],
    ],
    [
      'claude-opus-4-7',
      { thinking: { mode: 'budget', budget: 30_000, effort: null, visible } },
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
      [],
    ],
    [
      'claude-opus-4-7',
      { thinking: { mode: 'effort', budget: null, effort: 'minimal', visible: false } },
      { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } },
      [],
    ],
    [
      'claude-sonnet-5',
      { thinking: { mode: 'off', budget: null, effort: null, visible: false } },
      { thinking: { type: 'disabled' } },
      [],
    ],
    [
      'claude-opus-4-7',
      {
        thinking: { mode: 'auto', budget: null, effort: null, visible },
        tools: [{ name: 'f', description: null, parameters: null, strict: null }],
        toolChoice: { kind: 'required' },
      },
      {},
      ['thinking'],
    ],
  ])('tells %s to think as its age knows it (%#)', (model, fields, body, dropped) => {
    const written = write({ model, ...fields })
    expect(written.body).toMatchObject(body)
    expect('thinking' in written.body).toBe('thinking' in body)
    expect(written.dropped).toEqual(dropped)
  })

  it('does without a budget of thought in the middle of calls whose thoughts are lost', () => {
    const thinking: Conversation['thinking'] = { mode: 'budget', budget: 2000, effort: null, visible: true }
    const turns = (first: Part[]): Turn[] => [
      { role: 'assistant', parts: [...first, call('1')] },
      { role: 'user', parts: [result('1')] },
    ]
    expect(write({ thinking, maxTokens: 9000, turns: turns([]) })).toMatchObject({ dropped: ['thinking'] })
    const signed = write({ thinking, maxTokens: 9000, turns: turns([{ kind: 'thinking', text: 'Hm', signature: 's' }]) })
    expect(signed).toMatchObject({ dropped: [], body: { thinking: { budget_tokens: 2000 } } })
  })

  it.each<[string, Partial<Conversation>, object, string[]]>([
    ['claude-3-haiku-20240307', { temperature: 0.5, topP: 0.9, topK: 3 }, { temperature: 0.5, top_p: 0.9, top_k: 3 }, []],
    ['claude-sonnet-4-5', { temperature: 0.5, topP: 0.9, topK: 3 }, { temperature: 0.5, top_k: 3 }, ['topP']],
    ['claude-opus-4-7', { temperature: 0.5, topP: 1, topK: 3 }, {}, ['temperature', 'topK']],
    ['claude-sonnet-4-5', { seed: 1, presencePenalty: 0, frequencyPenalty: 1 }, {}, ['seed', 'frequencyPenalty']],
  ])('gives %s what sampling it takes (%#)', (model, fields, sampling, dropped) => {
    const { body, ...written } = write({ model, ...fields })
    expect(Object.fromEntries(Object.entries(body).filter(([name]) => /temperature|top_|seed|penalty/.test(name)))).toEqual(
      sampling,
    )
    expect(written.dropped).toEqual(dropped)
  })

  it.each<[string, Partial<Conversation>]>([
    ['temperature', { temperature: 1.5 }],
    ['stop', { stop: ['\n'] }],
    ['shape', { shape: { kind: 'json' } }],
  ])('refuses %s that Anthropic would not take', (field, fields) => {
    expect(refusedField(() => write(fields))).toBe(field)
  })

  it('closes every object of a schema, and leaves open ones that say so', () => {
    const open = { type: 'object', additionalProperties: true }
    const schema = {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object', properties: {} } }, b: open },
      $defs: { c: { anyOf: [{ type: 'object' }] } },
    }
    expect(write({ shape: { kind: 'schema', name: 'x', schema, strict: true } }).body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: { a: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false } }, b: open },
          $defs: { c: { anyOf: [{ type: 'object', additionalProperties: false }] } },
        },
      },
    })
  })

  it.each<[Partial<Conversation>, object | undefined]>([
    [{}, undefined],
    [{ toolChoice: { kind: 'required' } }, { type: 'any' }],
    [{ toolChoice: { kind: 'none' }, parallelTools: false }, { type: 'none' }],
    [{ parallelTools: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { toolChoice: { kind: 'tool', name: 'f' }, parallelTools: true },
      { type: 'tool', name: 'f' },
    ],
  ])('chooses tools %j', (fields, choice) => {
    const tools = [{ name: 'f', description: null, parameters: null, strict: true }]
    const { body } = write({ tools, ...fields })
    expect(body.tool_choice).toEqual(choice)
    expect(body.tools).toEqual([{ name: 'f', input_schema: { type: 'object', properties: {} }, strict: true }])
    expect(write(fields).body).not.toHaveProperty('tool_choice')
  })
})

describe('errors', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [502, 'api_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('%i is %s', (status, type) => {
    expect(messagesFormat.writeError({ status, code: 'X', message: 'm' })).toMatchObject({
      type: 'error',
      error: { type, message: 'm', code: 'X' },
    })
    expect(Buffer.from(messagesFormat.streamError({ status, code: 'X', message: 'm' })).toString()).toContain(
      `event: error\ndata: {"type":"error","error":{"type":"${type}"`,
    )
  })
})
