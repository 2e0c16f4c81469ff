/** Anthropic's streams: read in any pieces, broken in every place, and written so that its own SDK takes them. */
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { messagesFormat } from '../../src-main/gateway/messages/format.ts'
import type { AnswerEvent } from '../../src-main/gateway/types.ts'
import { listen } from './matrix/gateway.ts'
import { conversation, joined, readAll } from './support-events.ts'

const recorded = [
  [
    'message_start',
    {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-5',
        content: [],
        usage: { input_tokens: 9, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 1 },
      },
    },
  ],
  ['content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }],
  ['ping', {}],
  ['content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm, größer…' } }],
  ['content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } }],
  ['content_block_stop', { index: 0 }],
  ['content_block_start', { index: 1, content_block: { type: 'redacted_thinking', data: 'xyz' } }],
  ['content_block_stop', { index: 1 }],
  ['content_block_start', { index: 2, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { index: 2, delta: { type: 'text_delta', text: 'Two 🌍' } }],
  ['content_block_delta', { index: 2, delta: { type: 'citations_delta', citation: {} } }],
  ['content_block_delta', { index: 2, delta: { type: 'text_delta', text: ' calls' } }],
  ['content_block_stop', { index: 2 }],
  ['content_block_start', { index: 3, content_block: { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} } }],
  ['content_block_delta', { index: 3, delta: { type: 'input_json_delta', partial_json: '' } }],
  ['content_block_delta', { index: 3, delta: { type: 'input_json_delta', partial_json: '{"a":' } }],
  ['content_block_delta', { index: 3, delta: { type: 'input_json_delta', partial_json: '"é"}' } }],
  ['content_block_stop', { index: 3 }],
  ['content_block_start', { index: 4, content_block: { type: 'tool_use', id: 'toolu_2', name: 'stay', input: {} } }],
  ['content_block_stop', { index: 4 }],
  [
    'message_delta',
    {
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 42, output_tokens_details: { thinking_tokens: 7 } },
    },
  ],
  ['message_stop', {}],
] as const

function bytesOf(events: readonly (readonly [string, object])[], newline = '\n'): Buffer {
  const lines = events.map(([type, data]) =>
    [`event: ${type}`, `data: ${JSON.stringify({ type, ...data })}`, '', ''].join(newline),
  )
  return Buffer.from(lines.join(''))
}

const expected: AnswerEvent[] = [
  { type: 'start', id: 'msg_1', model: 'claude-sonnet-4-5', createdAt: null },
  { type: 'usage', usage: { input: 9, cacheRead: 3, cacheWrite: 2, output: 1 } },
  { type: 'open', part: { kind: 'thinking' } },
  { type: 'delta', text: 'Hm, größer…' },
  { type: 'signature', signature: 'c2ln' },
  { type: 'close' },
  { type: 'whole', part: { kind: 'redacted-thinking', data: 'xyz' } },
  { type: 'open', part: { kind: 'text' } },
  { type: 'delta', text: 'Two 🌍 calls' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: 'toolu_1', name: 'look' } },
  { type: 'delta', text: '{"a":"é"}' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: 'toolu_2', name: 'stay' } },
  { type: 'delta', text: '{}' },
  { type: 'close' },
  { type: 'usage', usage: { output: 42, reasoning: 7 } },
  { type: 'stop', reason: 'tool-calls', sequence: null },
  { type: 'end' },
]

const broken = expect.objectContaining({ type: 'error', error: expect.objectContaining({ status: 502 }) as unknown }) as unknown

describe('reading', () => {
  const bytes = bytesOf(recorded)

  it('says the same wherever the bytes are cut', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const events = readAll(messagesFormat.streamReader(), bytes.subarray(0, at), bytes.subarray(at))
      expect(joined(events), `cut at ${at}`).toEqual(expected)
    }
  })

  it('says the same byte by byte, with CRLF, and without the last blank line', () => {
    const single = [...bytesOf(recorded, '\r\n')].map((byte) => Uint8Array.of(byte))
    expect(joined(readAll(messagesFormat.streamReader(), ...single))).toEqual(expected)
    expect(joined(readAll(messagesFormat.streamReader(), bytes.subarray(0, -2)))).toEqual(expected)
  })

  it('reports an end in every place but the last as an error, once and last', () => {
    const whole = bytes.length - 3
    for (let length = 0; length < whole; length++) {
      const events = readAll(messagesFormat.streamReader(), bytes.subarray(0, length))
      expect(events.at(-1), `ended at ${length}`).toEqual(broken)
      expect(events.filter(({ type }) => type === 'error' || type === 'end')).toHaveLength(1)
    }
  })

  it('tells an error in the stream with the status that it would have had, and nothing after it', () => {
    const error = ['error', { error: { type: 'overloaded_error', message: 'Overloaded' } }] as const
    const events = readAll(messagesFormat.streamReader(), bytesOf([...recorded.slice(0, 3), error, ...recorded.slice(3)]))
    expect(events.at(-1)).toEqual({ type: 'error', error: { status: 529, code: 'overloaded_error', message: 'Overloaded' } })
  })

  it.each([
    ['what is not JSON', 'data: {"type":\n\n'],
    [
      'a block that no other API has a place for',
      'data: {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use"}}\n\n',
    ],
  ])('reports %s as an error', (_, text) => {
    expect(readAll(messagesFormat.streamReader(), bytesOf(recorded.slice(0, 1)), Buffer.from(text)).at(-1)).toEqual(broken)
  })

  it('gives up on an event without end', () => {
    const reader = messagesFormat.streamReader()
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const events = reader.push(Buffer.from('data: '))
    for (let count = 0; count < 40 && events.length === 0; count++) events.push(...reader.push(chunk))
    expect(events).toEqual([broken])
    expect(reader.push(chunk)).toEqual([])
  })
})

describe('writing', () => {
  const asked = conversation({ thinking: { mode: 'budget', budget: 2048, effort: null, visible: true } })

  it('is read back as what was written', () => {
    const written = messagesFormat.streamWriter(asked).write(expected)
    const read = joined(readAll(messagesFormat.streamReader(), written))
    const usage = { input: 9, cacheRead: 3, cacheWrite: 2, output: 42, reasoning: 7 }
    expect(read.filter(({ type }) => type !== 'usage')).toEqual(expected.filter(({ type }) => type !== 'usage'))
    expect(read.findLast((event) => event.type === 'usage')?.usage).toEqual(usage)
  })

  it('hides thoughts that were not asked for, and numbers the blocks that are left', () => {
    const text = Buffer.from(messagesFormat.streamWriter(conversation()).write(expected)).toString()
    expect(text).not.toContain('thinking_delta')
    expect([...text.matchAll(/"content_block_stop","index":(\d)/g)].map(([, index]) => index)).toEqual(['0', '1', '2', '3'])
  })

  it("is put together by Anthropic's own SDK, event by event", async () => {
    const server = await listen(async (_request, response) => {
      const writer = messagesFormat.streamWriter(asked)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of expected) response.write(writer.write([event]))
      response.end()
    })
    const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'token', maxRetries: 0 })
    const message = await anthropic.messages
      .stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
      .finalMessage()
    await server.close()
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm, größer…', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'text', text: 'Two 🌍 calls' },
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 'é' } },
      { type: 'tool_use', id: 'toolu_2', name: 'stay', input: {} },
    ])
    expect(message.stop_reason).toBe('tool_use')
    expect(message.usage).toMatchObject({
      input_tokens: 9,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      output_tokens: 42,
    })
  })

  it('throws an error in mid-stream in the SDK, with its words', async () => {
    const failure: AnswerEvent = { type: 'error', error: { status: 502, code: 'UPSTREAM_BROKE_OFF', message: 'It broke off.' } }
    const server = await listen(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(messagesFormat.streamWriter(asked).write([...expected.slice(0, 4), failure]))
    })
    const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'token', maxRetries: 0 })
    const stream = anthropic.messages.stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
    await expect(stream.finalMessage()).rejects.toThrow(/It broke off/)
    await server.close()
  })

  it('says a tool call in the stop reason even when the upstream called it a plain end', () => {
    const events = expected.map((event): AnswerEvent => (event.type === 'stop' ? { ...event, reason: 'end' } : event))
    expect(Buffer.from(messagesFormat.streamWriter(asked).write(events)).toString()).toContain('"stop_reason":"tool_use"')
    expect(messagesFormat.writeAnswer(events, asked).stop_reason).toBe('tool_use')
  })
})

describe('a whole answer', () => {
  it('is the same events, and written it is the same message', () => {
    const asked = conversation({ thinking: { mode: 'auto', budget: null, effort: null, visible: true } })
    const message = messagesFormat.writeAnswer(expected, asked)
    const read = joined(messagesFormat.readAnswer(JSON.parse(JSON.stringify(message))))
    const plain = (events: readonly AnswerEvent[]) => events.filter(({ type }) => type !== 'usage')
    expect(plain(read)).toEqual(plain(expected))
    expect(messagesFormat.writeAnswer(read, asked)).toEqual(message)
  })

  it.each([
    ['end_turn', 'end', null],
    ['max_tokens', 'length', null],
    ['model_context_window_exceeded', 'length', null],
    ['stop_sequence', 'stop-sequence', 'END'],
    ['refusal', 'refusal', null],
    ['pause_turn', 'pause', null],
    ['something_new', 'end', null],
  ])('stops for %s', (stop_reason, reason, stop_sequence) => {
    const body = { id: 'm', type: 'message', model: 'c', content: [], stop_reason, stop_sequence, usage: {} }
    expect(messagesFormat.readAnswer(body)).toContainEqual({ type: 'stop', reason, sequence: stop_sequence })
  })

  it('is refused when it is no message, and is an error when it says so', () => {
    expect(() => messagesFormat.readAnswer({ choices: [] })).toThrow(/no message/)
    const error = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } }
    expect(messagesFormat.readAnswer(error)).toEqual([
      { type: 'error', error: { status: 429, code: 'rate_limit_error', message: 'Slow down' } },
    ])
  })
})
