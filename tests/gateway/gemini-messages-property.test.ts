/** Properties: what a conversation or an answer means is the same after it was written in a format and read again. */

import { describe, expect, it } from 'vitest'
import { geminiFormat } from '../../src-main/gateway/gemini/format.ts'
import { messagesFormat } from '../../src-main/gateway/messages/format.ts'
import type { AnswerEvent, Conversation, Format, Part, StopReason, Tool, Turn } from '../../src-main/gateway/types.ts'
import * as fc from '../support/fast-check.ts'
import { conversation, joined, readAll } from './support-events.ts'

// Anthropic refuses texts that are only space; they are left out by rule and not part of the meaning.
const words = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => `.${text}.`)
const text: fc.Arbitrary<Part> = words.map((said) => ({ kind: 'text', text: said }))
const image: fc.Arbitrary<Part> = fc.constantFrom<Part>({ kind: 'image', media: { mime: 'image/png', data: 'AAAA' } })
const args = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value))

/** A question, some calls, their results in any order, and so on; user and assistant by turns. */
const turns: fc.Arbitrary<Turn[]> = fc
  .array(
    fc.record({
      said: fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
      args: fc.array(args, { maxLength: 3 }),
      results: fc.array(words, { minLength: 3, maxLength: 3 }),
      failed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rounds) =>
    rounds.flatMap(({ said, args: calls, results, failed }, round): Turn[] => {
      const id = (index: number) => `call_${round}_${index}`
      if (calls.length === 0)
        return [
          { role: 'user', parts: said },
          { role: 'assistant', parts: [{ kind: 'text', text: 'ok' }] },
        ]
      return [
        { role: 'user', parts: said },
        {
          role: 'assistant',
          parts: calls.map((call, index) => ({ kind: 'tool-call', id: id(index), name: `f${index}`, args: call })),
        },
        {
          role: 'user',
          parts: calls.map((_, index) => ({
            kind: 'tool-result',
            callId: id(index),
            name: `f${index}`,
            parts: [{ kind: 'text', text: results[index] ?? '.' }],
            isError: failed,
          })),
        },
        { role: 'assistant', parts: [{ kind: 'text', text: 'ok' }] },
      ]
    }),
  )

const tool: fc.Arbitrary<Tool> = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  description: fc.option(words),
  parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
  strict: fc.constant(null),
})

const asked: fc.Arbitrary<Conversation> = fc
  .record({
    turns,
    system: fc.array(text, { maxLength: 1 }),
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    toolChoice: fc.constantFrom<Conversation['toolChoice']>(
      { kind: 'auto' },
      { kind: 'none' },
      { kind: 'required' },
      { kind: 'tool', name: 'f' },
    ),
    maxTokens: fc.integer({ min: 1, max: 30_000 }),
    temperature: fc.option(fc.constantFrom(0, 0.25, 1)),
    stop: fc.array(words, { maxLength: 4 }),
  })
  .map((fields) => conversation(fields))

const again = (format: Format, model: string) => (said: Conversation) =>
  format.readRequest(JSON.parse(JSON.stringify(format.writeRequest({ ...said, model }).body)), {
    model: said.model,
    stream: false,
  })

/** What Anthropic's results do not repeat, and what JSON means rather than how it is written. */
function meaning({ turns: said, ...rest }: Conversation): unknown {
  const parts = (part: Part): unknown => {
    if (part.kind === 'tool-result') return { ...part, name: null }
    return part.kind === 'tool-call' ? { ...part, args: JSON.parse(part.args) as unknown } : part
  }
  return { ...rest, turns: said.map((turn) => ({ ...turn, parts: turn.parts.map(parts) })) }
}

describe('a conversation', () => {
  it.each<[string, Format, string]>([
    ['Anthropic', messagesFormat, 'claude-sonnet-4-5'],
    ['Gemini', geminiFormat, 'gemini-2.5-flash'],
  ])('means the same after it was said to %s', (_, format, model) => {
    fc.assert(
      fc.property(asked, (said) => {
        expect(meaning(again(format, model)(said))).toEqual(meaning(said))
      }),
    )
  })

  it('means the same after it was said to the one and then to the other', () => {
    fc.assert(
      fc.property(asked, (said) => {
        const through = again(geminiFormat, 'gemini-2.5-flash')(again(messagesFormat, 'claude-sonnet-4-5')(said))
        expect(meaning(through)).toEqual(meaning(said))
      }),
    )
  })
})

const part: fc.Arbitrary<AnswerEvent[]> = fc.oneof(
  words.map((said): AnswerEvent[] => [
    { type: 'open', part: { kind: 'text' } },
    { type: 'delta', text: said },
    { type: 'close' },
  ]),
  words.map((said): AnswerEvent[] => [
    { type: 'open', part: { kind: 'thinking' } },
    { type: 'delta', text: said },
    { type: 'close' },
  ]),
  fc
    .tuple(fc.stringMatching(/^\w{1,9}$/), args)
    .map(([id, call]): AnswerEvent[] => [
      { type: 'open', part: { kind: 'tool-call', id: `${id}x`, name: 'f' } },
      { type: 'delta', text: call },
      { type: 'close' },
    ]),
)

const count = fc.integer({ min: 0, max: 100_000 })

const answer: fc.Arbitrary<AnswerEvent[]> = fc
  .record({
    parts: fc.array(part, { minLength: 1, maxLength: 5 }),
    input: count,
    cacheRead: count,
    output: count,
    reason: fc.constantFrom<StopReason>('end', 'length', 'refusal'),
  })
  .map(({ parts, input, cacheRead, output, reason }): AnswerEvent[] => [
    { type: 'start', id: 'id', model: 'model', createdAt: null },
    { type: 'usage', usage: { input, cacheRead, output } },
    ...parts.flat(),
    { type: 'stop', reason, sequence: null },
    { type: 'end' },
  ])

const visible = conversation({ thinking: { mode: 'auto', budget: null, effort: null, visible: true } })

/** Texts next to one another are one in Gemini's stream; arguments are JSON; a turn of calls ends with calls. */
function meant(events: readonly AnswerEvent[]): unknown {
  const said: unknown[] = []
  let open: { kind: string; text: string } | null = null
  let last: { kind: string; text: string } | null = null
  const usage = {}
  for (const event of events) {
    if (event.type === 'open')
      open = { kind: event.part.kind === 'tool-call' ? `call ${event.part.id}` : event.part.kind, text: '' }
    else if (event.type === 'delta' && open !== null) open.text += event.text
    else if (event.type === 'usage') Object.assign(usage, event.usage)
    else if (event.type === 'stop') said.push(event.reason === 'refusal' ? 'filtered' : event.reason.replace('tool-calls', 'end'))
    if (event.type !== 'close' || open === null) continue
    if (last?.kind === open.kind && !open.kind.startsWith('call')) last.text += open.text
    else said.push((last = open))
    open = null
  }
  return { said: JSON.parse(JSON.stringify(said)) as unknown, usage: { cacheWrite: null, ...usage } }
}

describe('an answer', () => {
  it.each<[string, Format]>([
    ['Anthropic', messagesFormat],
    ['Gemini', geminiFormat],
  ])('means the same after it was written for a client of %s, whole and as a stream in any pieces', (_, format) => {
    fc.assert(
      fc.property(answer, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (events, sizes) => {
        const normal = meant(normalised(events))
        const whole = format.readAnswer(JSON.parse(JSON.stringify(format.writeAnswer(events, visible))))
        expect(meant(normalised(whole))).toEqual(normal)
        const bytes = format.streamWriter(visible).write(events)
        expect(meant(normalised(joined(readAll(format.streamReader(), ...pieces(bytes, sizes)))))).toEqual(normal)
      }),
    )
  })
})

function normalised(events: readonly AnswerEvent[]): AnswerEvent[] {
  return joined(events).map((event) =>
    event.type === 'delta' && event.text.startsWith('{') ? { ...event, text: JSON.stringify(JSON.parse(event.text)) } : event,
  )
}

function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const all: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    all.push(bytes.subarray(at, at + size))
    at += size
  }
  return all
}
