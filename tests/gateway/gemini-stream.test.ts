/** Gemini's streams, in both of their forms: read in any pieces, broken in every place, and written so that Google's own SDK takes them. */
import { GoogleGenAI } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { arrayStream } from '../../src-main/gateway/gemini/array-stream.ts'
import { geminiArrayFormat, geminiFormat } from '../../src-main/gateway/gemini/format.ts'
import { readCallId } from '../../src-main/gateway/shared/call-id.ts'
import type { AnswerEvent, AnswerWriter } from '../../src-main/gateway/types.ts'
import { listen } from './matrix/gateway.ts'
import { conversation, joined, readAll } from './support-events.ts'

const signature = 'AbC+/9=='.padStart(24, 'Zx09')
const head = { modelVersion: 'gemini-3-flash', responseId: 'r1' }
const part = (...parts: object[]) => ({ candidates: [{ content: { role: 'model', parts }, index: 0 }], ...head })

const recorded = [
  { ...part({ text: 'Hm, ', thought: true }), usageMetadata: { promptTokenCount: 11, totalTokenCount: 11 } },
  part({ text: 'größer…', thought: true }),
  part({ text: 'Two 🌍' }),
  part({ text: ' calls', thoughtSignature: 'eHl6' }),
  part(
    { functionCall: { name: 'look', args: { a: 'é' }, id: 'fc1' }, thoughtSignature: signature },
    { functionCall: { name: 'stay' } },
  ),
  part({ text: '', thoughtSignature: 'eHl6' }),
  {
    ...head,
    candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 11,
      cachedContentTokenCount: 4,
      toolUsePromptTokenCount: 2,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 3,
      totalTokenCount: 21,
    },
  },
]

function bytesOf(chunks: readonly object[], newline = '\r\n'): Buffer {
  return Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}${newline}${newline}`).join(''))
}

const bytes = bytesOf(recorded)
const signedId = `fc1__sig__${signature.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')}`

const expected: AnswerEvent[] = [
  { type: 'start', id: 'r1', model: 'gemini-3-flash', createdAt: null },
  { type: 'open', part: { kind: 'thinking' } },
  { type: 'delta', text: 'Hm, größer…' },
  { type: 'close' },
  { type: 'open', part: { kind: 'text' } },
  { type: 'delta', text: 'Two 🌍 calls' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: signedId, name: 'look' } },
  { type: 'delta', text: '{"a":"é"}' },
  { type: 'close' },
  { type: 'open', part: { kind: 'tool-call', id: 'call_r1_1', name: 'stay' } },
  { type: 'delta', text: '{}' },
  { type: 'close' },
  { type: 'stop', reason: 'tool-calls', sequence: null },
  { type: 'end' },
]

const said = (events: readonly AnswerEvent[]) => joined(events.filter(({ type }) => type !== 'usage'))
const usageOf = (events: readonly AnswerEvent[]) =>
  events.reduce((usage, event) => (event.type === 'usage' ? { ...usage, ...event.usage } : usage), {})
const broken = expect.objectContaining({ type: 'error', error: expect.objectContaining({ status: 502 }) as unknown }) as unknown

describe('reading', () => {
  it('says the same wherever the bytes are cut', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const events = readAll(geminiFormat.streamReader(), bytes.subarray(0, at), bytes.subarray(at))
      expect(said(events), `cut at ${at}`).toEqual(expected)
    }
  })

  it('says the same byte by byte, with bare line ends, and without the last blank line', () => {
    const single = [...bytesOf(recorded, '\n')].map((byte) => Uint8Array.of(byte))
    expect(said(readAll(geminiFormat.streamReader(), ...single))).toEqual(expected)
    expect(said(readAll(geminiFormat.streamReader(), bytes.subarray(0, -4)))).toEqual(expected)
  })

  it('counts cached tokens apart, and thoughts and candidates together', () => {
    const usage = usageOf(readAll(geminiFormat.streamReader(), bytes))
    expect(usage).toEqual({ input: 9, cacheRead: 4, output: 8, reasoning: 3 })
  })

  it('reports an end in every place but the last as an error, once and last', () => {
    const whole = bytes.length - 4
    for (let length = 0; length < whole; length++) {
      const events = readAll(geminiFormat.streamReader(), bytes.subarray(0, length))
      expect(events.at(-1), `ended at ${length}`).toEqual(broken)
      expect(events.filter(({ type }) => type === 'error' || type === 'end')).toHaveLength(1)
    }
  })

  it.each([false, true])('tells an error in the stream, in a list or not (%s)', (listed) => {
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
    const events = readAll(geminiFormat.streamReader(), bytesOf([recorded[0] as object, listed ? [error] : error]))
    expect(events.at(-1)).toEqual({
      type: 'error',
      error: { status: 503, code: 'UNAVAILABLE', message: 'The model is overloaded.' },
    })
  })

  it('ends a blocked prompt as filtered', () => {
    const events = readAll(
      geminiFormat.streamReader(),
      bytesOf([{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 }, ...head }]),
    )
    expect(events.slice(-2)).toEqual([{ type: 'stop', reason: 'filtered', sequence: null }, { type: 'end' }])
  })

  it.each([
    ['STOP', 'end'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'filtered'],
    ['RECITATION', 'filtered'],
    ['SPII', 'filtered'],
    ['SOMETHING_NEW', 'end'],
    ['constructor', 'end'],
  ])('stops for %s', (finishReason, reason) => {
    const body = { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason }] }
    expect(geminiFormat.readAnswer(body)).toContainEqual({ type: 'stop', reason, sequence: null })
  })

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'])('calls an answer that ended with %s broken', (finishReason) => {
    expect(geminiFormat.readAnswer({ candidates: [{ finishReason }] }).at(-1)).toEqual(broken)
  })

  it('takes pictures, and refuses parts that nobody else can show', () => {
    const inlineData = { mimeType: 'image/png', data: 'AAAA' }
    const answer = (...parts: object[]) => ({ candidates: [{ content: { parts }, finishReason: 'STOP' }] })
    expect(geminiFormat.readAnswer(answer({ inlineData }))).toContainEqual({
      type: 'whole',
      part: { kind: 'image', media: { mime: 'image/png', data: 'AAAA' } },
    })
    expect(geminiFormat.readAnswer(answer({ executableCode: { code: '1' } })).at(-1)).toEqual(broken)
    expect(() => geminiFormat.readAnswer({ choices: [] })).toThrow(/none of Gemini/)
  })
})

const asked = conversation({ thinking: { mode: 'auto', budget: null, effort: null, visible: true } })
const events = readAll(geminiFormat.streamReader(), bytes)

describe('writing', () => {
  it('is read back as what was written, signature and all', () => {
    const written = geminiFormat.streamWriter(asked).write(events)
    const read = readAll(geminiFormat.streamReader(), written)
    expect(said(read)).toEqual(expected)
    expect(usageOf(read)).toEqual(usageOf(events))
    expect(Buffer.from(written).toString()).toContain(`"thoughtSignature":"${signature}"`)
  })

  it('hides thoughts that were not asked for', () => {
    expect(Buffer.from(geminiFormat.streamWriter(conversation()).write(events)).toString()).not.toContain('größer')
    expect(JSON.stringify(geminiFormat.writeAnswer(events, conversation()))).not.toContain('größer')
  })

  it('calls arguments that are no object an error', () => {
    const bad = events.map(
      (event): AnswerEvent => (event.type === 'delta' && event.text.startsWith('{"a') ? { ...event, text: '[1' } : event),
    )
    const text = Buffer.from(geminiFormat.streamWriter(asked).write(bad)).toString()
    expect(text).toMatch(/"error":\{"code":502/)
    expect(text).not.toContain('finishReason')
    expect(() => geminiFormat.writeAnswer(bad, asked)).toThrow(/not a JSON object/)
  })

  it('gives up on arguments without end', () => {
    const writer = geminiFormat.streamWriter(asked)
    writer.write(events.slice(0, 1))
    writer.write([{ type: 'open', part: { kind: 'tool-call', id: '1', name: 'f' } }])
    const delta: AnswerEvent = { type: 'delta', text: 'x'.repeat(1024 * 1024) }
    const heard = Array.from({ length: 20 }, () => Buffer.from(writer.write([delta])).toString()).join('')
    expect(heard).toMatch(/^data: \{"error":[^\n]*arguments without end[^\n]*\n\r\n$/)
  })

  it("is taken by Google's own SDK into the history of a chat", async () => {
    const server = await listen(async (_request, response) => {
      const writer = geminiFormat.streamWriter(asked)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events) response.write(writer.write([event]))
      response.end()
    })
    const chat = new GoogleGenAI({ apiKey: 'token', httpOptions: { baseUrl: server.url } }).chats.create({ model: 'm' })
    const texts: string[] = []
    for await (const chunk of await chat.sendMessageStream({ message: 'x' }))
      texts.push(
        ...(chunk.candidates?.[0]?.content?.parts ?? []).flatMap(({ text, thought }) => (text && !thought ? [text] : [])),
      )
    await server.close()
    expect(texts.join('')).toBe('Two 🌍 calls')
    const curated = chat.getHistory(true).flatMap(({ parts }) => parts ?? [])
    expect(curated.flatMap(({ functionCall }) => functionCall ?? [])).toEqual([
      { id: 'fc1', name: 'look', args: { a: 'é' } },
      { id: 'call_r1_1', name: 'stay', args: {} },
    ])
    expect(curated.map(({ thoughtSignature }) => thoughtSignature)).toContain(signature)
  })

  it('throws an error in mid-stream in the SDK, with its words', async () => {
    const failure: AnswerEvent = { type: 'error', error: { status: 502, code: 'UPSTREAM_BROKE_OFF', message: 'It broke off.' } }
    const server = await listen(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(geminiFormat.streamWriter(asked).write([...events.slice(0, 4), failure]))
    })
    const google = new GoogleGenAI({ apiKey: 'token', httpOptions: { baseUrl: server.url } })
    const drained = async () => {
      for await (const chunk of await google.models.generateContentStream({ model: 'm', contents: 'x' }))
        expect(chunk).toBeDefined()
    }
    await expect(drained()).rejects.toThrow(/It broke off/)
    await server.close()
  })
})

describe('the form without alt=sse', () => {
  const parsed = (array: Uint8Array) => JSON.parse(Buffer.from(array).toString()) as unknown[]

  function inSteps(writer: AnswerWriter, steps: readonly AnswerEvent[]): Buffer {
    return Buffer.concat(steps.map((event) => writer.write([event])))
  }

  it('is one array of the same chunks, also when an error ends it or nothing was said', () => {
    const whole = parsed(inSteps(geminiArrayFormat.streamWriter(asked), events))
    expect(said(readAll(geminiFormat.streamReader(), bytesOf(whole as object[])))).toEqual(expected)
    const error: AnswerEvent = { type: 'error', error: { status: 502, code: 'X', message: 'gone' } }
    expect(parsed(inSteps(geminiArrayFormat.streamWriter(asked), [...events.slice(0, 4), error])).at(-1)).toMatchObject({
      error: { code: 502 },
    })
    expect(parsed(inSteps(geminiArrayFormat.streamWriter(asked), [error]))).toMatchObject([{ error: { message: 'gone' } }])
  })

  it('is made of an upstream stream wherever that is cut, chunk for chunk', () => {
    for (let at = 0; at <= bytes.length; at += 7) {
      const stream = arrayStream()
      const all = Buffer.concat([stream.push(bytes.subarray(0, at)), stream.push(bytes.subarray(at)), stream.end()])
      expect(parsed(all), `cut at ${at}`).toEqual(recorded)
      expect(stream.error).toBeNull()
    }
  })

  it('is closed with an error when the upstream breaks off, says so itself, or the time is up', () => {
    const cut = arrayStream()
    expect(parsed(Buffer.concat([cut.push(bytes.subarray(0, 300)), cut.end()])).at(-1)).toMatchObject({
      error: { status: 'UNAVAILABLE' },
    })
    expect(cut.error?.code).toBeDefined()
    const told = arrayStream()
    const error = { error: { code: 429, message: 'Slow', status: 'RESOURCE_EXHAUSTED' } }
    expect(parsed(Buffer.concat([told.push(bytesOf([recorded[0] as object, error])), told.end()]))).toEqual([recorded[0], error])
    expect(told.error).toEqual({ status: 429, code: 'RESOURCE_EXHAUSTED', message: 'Slow' })
    const late = arrayStream()
    const failed = Buffer.concat([
      late.push(bytes.subarray(0, 300)),
      late.fail({ status: 504, code: 'UPSTREAM_TIMEOUT', message: 'late' }),
      late.end(),
    ])
    expect(parsed(failed).at(-1)).toMatchObject({ error: { code: 504 } })
  })
})

describe('a signature in the id of a call', () => {
  it.each(['AAAA', 'AA==', '+/+/', 'AbC='])('comes back as it went (%s)', (value) => {
    const body = {
      candidates: [
        { content: { parts: [{ functionCall: { name: 'f', id: 'x' }, thoughtSignature: value }] }, finishReason: 'STOP' },
      ],
    }
    const open = geminiFormat.readAnswer(body).find((event) => event.type === 'open')
    const id = open?.part.kind === 'tool-call' ? open.part.id : ''
    expect(id).toMatch(/^[\w-]+$/)
    expect(readCallId(id)).toEqual({ id: 'x', signature: value })
  })

  it('is left out when it could not be put together again', () => {
    const body = {
      candidates: [
        { content: { parts: [{ functionCall: { name: 'f', id: 'x' }, thoughtSignature: 'a_b' }] }, finishReason: 'STOP' },
      ],
    }
    expect(geminiFormat.readAnswer(body)).toContainEqual({ type: 'open', part: { kind: 'tool-call', id: 'x', name: 'f' } })
    expect(readCallId('plain')).toEqual({ id: 'plain' })
  })
})
