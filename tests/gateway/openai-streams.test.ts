/** Streams of chat and of the Responses API: read in whatever pieces they come, told in full, and broken where they broke. */

import { describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import type { AnswerEvent, Format } from '../../src-main/gateway/types.ts'
import * as fc from '../support/fast-check.ts'
import { bytesOf, conversation, plainAnswer, readAll, richAnswer, told } from './openai-support.ts'

const formats: Record<string, Format> = { chat: chatFormat, responses: responsesFormat }
const asked = conversation({ stream: true, thinking: { mode: 'auto', budget: null, effort: null, visible: true } })

function streamOf(format: Format, events: readonly AnswerEvent[]): string {
  return Buffer.from(format.streamWriter(asked).write(events)).toString()
}

function data(...events: unknown[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
}

function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return { id: 'c1', created: 5, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more }
}

describe.each(Object.entries(formats))('%s', (name, format) => {
  // The Responses API has no id but `resp_…`.
  const expected =
    name === 'chat' ? richAnswer : richAnswer.map((event) => (event.type === 'start' ? { ...event, id: 'resp_one' } : event))
  const stream = streamOf(format, richAnswer)

  test('what was written is read again', () => {
    expect(told(readAll(format.streamReader(), [bytesOf(stream)]))).toEqual(told(expected))
  })

  test.each([
    ['as it is', stream],
    ['with CRLF', stream.replaceAll('\n', '\r\n')],
    ['with comments', stream.replaceAll('\n\n', '\n\n: keep-alive\n\n')],
    ['without its last blank line', stream.trimEnd()],
  ])('cut at every byte: %s', (_, text) => {
    const bytes = bytesOf(text)
    const whole = readAll(format.streamReader(), [bytes])
    expect(told(whole)).toEqual(told(expected))
    const wanted = JSON.stringify(whole)
    for (let at = 1; at < bytes.length; at++) {
      const cut = readAll(format.streamReader(), [bytes.subarray(0, at), bytes.subarray(at)])
      expect(JSON.stringify(cut)).toBe(wanted)
    }
  })

  test('byte by byte', () => {
    const pieces = [...bytesOf(stream)].map((byte) => Uint8Array.of(byte))
    expect(told(readAll(format.streamReader(), pieces))).toEqual(told(expected))
  })

  test('a stream that breaks off anywhere ends with an error, and only once', () => {
    const bytes = bytesOf(stream)
    const complete =
      name === 'chat' ? stream.indexOf('"finish_reason":"tool_calls"') : stream.indexOf('event: response.completed')
    for (let at = 0; at < Buffer.byteLength(stream.slice(0, complete)); at += 3) {
      const reader = format.streamReader()
      const events = readAll(reader, [bytes.subarray(0, at)])
      expect(events.at(-1)).toMatchObject({ type: 'error', error: { status: 502, code: 'UPSTREAM_BROKE_OFF' } })
      expect(events.filter(({ type }) => type === 'error' || type === 'end')).toHaveLength(1)
      expect([...reader.push(bytes), ...reader.end()]).toEqual([])
    }
  })

  test('each delta is told with the bytes that complete it', () => {
    const reader = format.streamReader()
    const texts: string[] = []
    for (const event of stream.split(/(?<=\n\n)/)) {
      for (const piece of reader.push(bytesOf(event))) if (piece.type === 'delta') texts.push(piece.text)
    }
    expect(texts).toEqual(richAnswer.flatMap((event) => (event.type === 'delta' ? [event.text] : [])))
  })

  test('what is no JSON is an error', () => {
    const events = readAll(format.streamReader(), [bytesOf('data: <html>\n\n')])
    expect(events).toEqual([{ type: 'error', error: expect.objectContaining({ status: 502, code: 'UPSTREAM_BAD_ANSWER' }) }])
  })

  test('an event without end is an error, and its bytes are not kept', () => {
    const reader = format.streamReader()
    const block = bytesOf('x'.repeat(4 * 1024 * 1024))
    reader.push(bytesOf('data: "'))
    const events: AnswerEvent[] = []
    for (let sent = 0; sent < 16 && events.length === 0; sent++) events.push(...reader.push(block))
    expect(events).toEqual([{ type: 'error', error: expect.objectContaining({ status: 502 }) }])
    expect(reader.push(block)).toEqual([])
  })

  test('an error in the stream is read with its status, and nothing after it', () => {
    const body = {
      error: { message: 'Rate limit reached for sk-abcdefghijklmnop', type: 'requests', code: 'rate_limit_exceeded' },
    }
    const error = name === 'chat' ? body : { type: 'response.failed', response: { error: body.error } }
    const events = readAll(format.streamReader(), [bytesOf(data(error, chunk({ content: 'x' })))])
    expect(events).toEqual([
      { type: 'error', error: { status: 429, code: 'rate_limit_exceeded', message: 'Rate limit reached for sk-…' } },
    ])
  })

  test('any answer comes through, in any pieces', () => {
    const texts = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(texts, fc.array(fc.nat(400), { maxLength: 5 }), (deltas, cuts) => {
        const bytes = bytesOf(streamOf(format, plainAnswer(...deltas)))
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted((one, other) => one - other)
        const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
        const read = readAll(format.streamReader(), pieces)
        expect(read.flatMap((event) => (event.type === 'delta' ? [event.text] : [])).join('')).toBe(deltas.join(''))
        expect(read.at(-1)).toEqual({ type: 'end' })
      }),
      { numRuns: 60 },
    )
  })

  test('an error of ours is the last thing of the stream', () => {
    const events = readAll(format.streamReader(), [
      format.streamError({ status: 504, code: 'IDLE', message: 'Nothing came for 120 s.' }),
    ])
    expect(events).toEqual([
      { type: 'error', error: expect.objectContaining({ code: 'IDLE', message: 'Nothing came for 120 s.' }) },
    ])
  })

  test('nothing is written after an error', () => {
    const writer = format.streamWriter(asked)
    writer.write(richAnswer.slice(0, 4))
    expect(writer.write([{ type: 'error', error: { status: 502, code: 'X', message: 'y' } }]).length).toBeGreaterThan(0)
    expect(writer.write(richAnswer.slice(4)).length).toBe(0)
  })
})

describe('what servers of the chat format do differently', () => {
  function read(...chunks: unknown[]): AnswerEvent[] {
    return readAll(chatFormat.streamReader(), [bytesOf(data(...chunks))])
  }
  const kinds = (events: readonly AnswerEvent[]) =>
    events.map((event) => (event.type === 'open' ? `open ${event.part.kind}` : event.type))

  test('no [DONE]', () => {
    expect(read(chunk({ content: 'a' }), chunk({}, 'stop')).at(-1)).toEqual({ type: 'end' })
  })

  test('[DONE] before any reason to stop is a broken answer', () => {
    expect(read(chunk({ content: 'a' }), '[DONE]').at(-1)).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_BROKE_OFF' } })
  })

  test('Azure’s first chunk has no choice', () => {
    const events = read({ id: '', model: '', choices: [], prompt_filter_results: [] }, chunk({ content: 'a' }, 'stop'), '[DONE]')
    expect(events[0]).toEqual({ type: 'start', id: 'c1', model: 'm', createdAt: 5 })
  })

  test.each(['reasoning_content', 'reasoning'])('thoughts as %s', (field) => {
    const events = read(chunk({ [field]: 'hm' }), chunk({ [field]: 'm' }), chunk({ content: 'a' }, 'stop'), '[DONE]')
    expect(kinds(events)).toEqual([
      'start',
      'open thinking',
      'delta',
      'delta',
      'close',
      'open text',
      'delta',
      'close',
      'stop',
      'end',
    ])
  })

  test('Mistral’s parts', () => {
    const events = read(
      chunk(
        {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'a' },
          ],
        },
        'stop',
      ),
      '[DONE]',
    )
    expect(kinds(events)).toEqual(['start', 'open thinking', 'delta', 'close', 'open text', 'delta', 'close', 'stop', 'end'])
  })

  test('Gemini’s compatible API: every call at index 0, whole, and a plain stop', () => {
    const call = (id: string) => ({ tool_calls: [{ index: 0, id, type: 'function', function: { name: 'f', arguments: '{}' } }] })
    const events = read(chunk(call('a')), chunk(call('b'), 'stop'), '[DONE]')
    expect(events.flatMap((event) => (event.type === 'open' && event.part.kind === 'tool-call' ? [event.part.id] : []))).toEqual([
      'a',
      'b',
    ])
    expect(events.find(({ type }) => type === 'stop')).toMatchObject({ reason: 'tool-calls' })
  })

  test('a call without id, its arguments as an object; one without any', () => {
    const events = read(
      chunk(
        { tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }, { index: 1, function: { name: 'g' } }] },
        'tool_calls',
      ),
      '[DONE]',
    )
    expect(told(events).slice(1, 3)).toEqual([
      { type: 'open', part: { kind: 'tool-call', id: 'call_1', name: 'f' }, text: '{"a":1}' },
      { type: 'open', part: { kind: 'tool-call', id: 'call_2', name: 'g' }, text: '{}' },
    ])
  })

  test('pieces of two calls mixed, or a call that is never named, are errors', () => {
    const piece = (index: number, id: string, name: string, args: string) => ({
      tool_calls: [{ index, id, function: { name, arguments: args } }],
    })
    const mixed = read(chunk(piece(0, 'a', 'f', '{')), chunk(piece(1, 'b', 'g', '{')), chunk(piece(0, '', '', '}')))
    expect(mixed.at(-1)).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_BAD_ANSWER' } })
    const unnamed = read(chunk(piece(0, 'a', '', '{}')), chunk({}, 'tool_calls'), '[DONE]')
    expect(unnamed.at(-1)).toMatchObject({ type: 'error', error: { code: 'UPSTREAM_BAD_ANSWER' } })
  })

  test.each([
    ['beside the last choice', [chunk({}, 'stop', { usage: { prompt_tokens: 9, completion_tokens: 2 } })]],
    ['in a chunk of its own', [chunk({}, 'stop'), { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2 } }]],
    ['in Groq’s place', [chunk({}, 'stop', { x_groq: { usage: { prompt_tokens: 9, completion_tokens: 2 } } })]],
  ])('usage %s', (_, chunks) => {
    const events = read(chunk({ content: 'a' }), ...chunks, '[DONE]')
    expect(events.find(({ type }) => type === 'usage')).toEqual({ type: 'usage', usage: { input: 9, output: 2 } })
  })

  test('reasoning that is only in the total is output', () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 31,
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    const events = read(chunk({ content: 'a' }, 'stop', { usage }), '[DONE]')
    expect(events.find(({ type }) => type === 'usage')).toEqual({ type: 'usage', usage: { input: 9, output: 22, reasoning: 20 } })
  })

  test('OpenRouter’s failure in the midst', () => {
    const events = read(chunk({ content: 'a' }), { ...chunk({}, 'error'), error: { code: 503, message: 'Provider overloaded' } })
    expect(events.at(-1)).toEqual({
      type: 'error',
      error: { status: 503, code: 'UPSTREAM_ERROR', message: 'Provider overloaded' },
    })
  })

  test('a reason to stop that nobody knows is a plain end', () => {
    expect(read(chunk({ content: 'a' }), chunk({}, 'constructor'), '[DONE]').find(({ type }) => type === 'stop')).toEqual({
      type: 'stop',
      reason: 'end',
      sequence: null,
    })
  })

  test('a picture', () => {
    const url = 'data:image/png;base64,iVBORw0KGgo='
    const events = read(chunk({ images: [{ type: 'image_url', image_url: { url } }] }, 'stop'), '[DONE]')
    expect(events[1]).toEqual({ type: 'whole', part: { kind: 'image', media: { mime: 'image/png', data: 'iVBORw0KGgo=' } } })
  })
})
