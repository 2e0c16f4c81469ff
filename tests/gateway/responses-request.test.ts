/** Requests of the Responses API: what they mean, what is refused by name, what is dropped and listed. */
import { describe, expect, test } from 'vitest'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import type { Conversation } from '../../src-main/gateway/types.ts'
import { refusal, responses } from './openai-asking.ts'
import { conversation } from './openai-support.ts'

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
