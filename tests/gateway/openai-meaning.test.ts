/** For any conversation and any answer: what is written in OpenAI's formats and read again means the same. */

import { describe, expect, test } from 'vitest'
import { chatFormat } from '../../src-main/gateway/chat/format.ts'
import { responsesFormat } from '../../src-main/gateway/responses/format.ts'
import type { AnswerEvent, Conversation, Format, Part, StopReason, Turn } from '../../src-main/gateway/types.ts'
import * as fc from '../support/fast-check.ts'
import { conversation, notGiven, told } from './openai-support.ts'

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,10}$/)
const schema = fc.record({
  type: fc.constant('object'),
  properties: fc.dictionary(name, fc.record({ type: fc.constant('string') })),
})
const base64 = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const detail = fc.constantFrom('auto' as const, 'low' as const, 'high' as const)

const userPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('image' as const), media: fc.record({ mime: fc.constant('image/png'), data: base64 }), detail }),
  fc.record({ kind: fc.constant('image' as const), media: fc.record({ mime: fc.constant(null), url: fc.webUrl() }), detail }),
  fc.record({
    kind: fc.constant('audio' as const),
    media: fc.record({ mime: fc.constantFrom('audio/wav', 'audio/mpeg'), data: base64 }),
  }),
  fc.record({
    kind: fc.constant('file' as const),
    media: fc.record({ mime: fc.constant('application/pdf'), data: base64 }),
    name: text,
  }),
)

/** A question, and perhaps an answer with calls and the results of them. */
const round = fc.record({
  question: fc.array(userPart, { minLength: 1, maxLength: 3 }),
  answer: text,
  calls: fc.array(fc.record({ tool: name, args: fc.json(), result: text }), { maxLength: 3 }),
})

const turns: fc.Arbitrary<Turn[]> = fc.array(round, { minLength: 1, maxLength: 3 }).map((rounds) => {
  const all: Turn[] = []
  let results: Part[] = []
  for (const [number, { question, answer, calls }] of rounds.entries()) {
    const ids = calls.map((_, index) => `call_${number}_${index}`)
    all.push({ role: 'user', parts: [...results, ...question] })
    const called = calls.map(({ tool, args }, index): Part => ({ kind: 'tool-call', id: ids[index] ?? '', name: tool, args }))
    all.push({ role: 'assistant', parts: [{ kind: 'text', text: answer }, ...called] })
    results = calls.map(({ tool, result }, index): Part => {
      return {
        kind: 'tool-result',
        callId: ids[index] ?? '',
        name: tool,
        parts: [{ kind: 'text', text: result }],
        isError: false,
      }
    })
  }
  return [...all, { role: 'user', parts: [...results, { kind: 'text', text: 'And now?' }] }]
})

const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })

const asked: fc.Arbitrary<Conversation> = fc
  .record({
    model: fc.constantFrom('gpt-5', 'llama3'),
    stream: fc.boolean(),
    system: fc.array(fc.record({ kind: fc.constant('text' as const), text }), { maxLength: 2 }),
    turns,
    tools: fc.array(fc.record({ name, description: orNull(text), parameters: schema, strict: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    }),
    toolChoice: orNull(
      fc.oneof(
        fc.record({ kind: fc.constantFrom('auto' as const, 'none' as const, 'required' as const) }),
        fc.record({ kind: fc.constant('tool' as const), name }),
      ),
    ),
    parallelTools: orNull(fc.boolean()),
    maxTokens: orNull(fc.integer({ min: 1, max: 100_000 })),
    temperature: orNull(fc.double({ min: 0, max: 2, noNaN: true, noDefaultInfinity: true })),
    topP: orNull(fc.double({ min: 0, max: 1, noNaN: true, noDefaultInfinity: true })),
    shape: orNull(
      fc.oneof(
        fc.constant({ kind: 'json' as const }),
        fc.record({ kind: fc.constant('schema' as const), name, schema, strict: fc.boolean() }),
      ),
    ),
    thinking: orNull(
      fc.constantFrom('minimal' as const, 'low' as const, 'medium' as const, 'high' as const).map((effort) => ({
        mode: 'effort' as const,
        budget: null,
        effort,
        visible: true,
      })),
    ),
    user: orNull(text),
  })
  .map((parts) => conversation({ ...parts, temperature: parts.temperature === null ? null : parts.temperature + 0 }))

/** All but what the way itself adds. */
function meaning(said: Conversation): unknown {
  // -0 is no JSON.
  return JSON.parse(JSON.stringify({ ...said, hints: [], wantsUsage: true })) as unknown
}

const stops: StopReason[] = ['end', 'length', 'filtered']

const answer: fc.Arbitrary<AnswerEvent[]> = fc
  .record({
    thoughts: orNull(text),
    texts: fc.array(text, { minLength: 1, maxLength: 4 }),
    calls: fc.array(fc.record({ tool: name, args: fc.array(text, { minLength: 1, maxLength: 3 }) }), { maxLength: 3 }),
    stop: fc.constantFrom(...stops),
    usage: fc.record({
      input: fc.nat(9999),
      cacheRead: fc.nat(9999),
      cacheWrite: fc.nat(99),
      output: fc.nat(9999),
      reasoning: fc.nat(99),
    }),
  })
  .map(({ thoughts, texts, calls, stop, usage }) => [
    { type: 'start', id: 'resp_1', model: 'm', createdAt: 5 },
    ...(thoughts === null ? [] : part({ kind: 'thinking' }, [thoughts])),
    ...part({ kind: 'text' }, texts),
    ...calls.flatMap(({ tool, args }, index) => part({ kind: 'tool-call', id: `call_${index}`, name: tool }, args)),
    { type: 'stop', reason: calls.length > 0 ? 'tool-calls' : stop, sequence: null },
    { type: 'usage', usage },
    { type: 'end' },
  ])

function part(opened: Extract<AnswerEvent, { type: 'open' }>['part'], texts: readonly string[]): AnswerEvent[] {
  return [
    { type: 'open', part: opened },
    ...texts.map((delta): AnswerEvent => ({ type: 'delta', text: delta })),
    { type: 'close' },
  ]
}

describe.each<[string, Format]>([
  ['chat', chatFormat],
  ['responses', responsesFormat],
])('%s', (_, format) => {
  test('a request', () => {
    fc.assert(
      fc.property(asked, (said) => {
        const { body, dropped } = format.writeRequest(said)
        const again = format.readRequest(JSON.parse(JSON.stringify(body)), notGiven)
        expect(meaning(again)).toEqual(meaning(said))
        expect(dropped).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('an answer, whole and as a stream', () => {
    const visible = conversation({ thinking: { mode: 'auto', budget: null, effort: null, visible: true } })
    fc.assert(
      fc.property(answer, (events) => {
        const whole = format.readAnswer(JSON.parse(JSON.stringify(format.writeAnswer(events, visible))))
        expect(told(whole)).toEqual(told(events))
        const reader = format.streamReader()
        const streamed = [...reader.push(format.streamWriter(visible).write(events)), ...reader.end()]
        expect(told(streamed)).toEqual(told(events))
      }),
      { numRuns: 150 },
    )
  })

  test('whatever JSON comes as an answer or an event, nothing but an error comes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reader = format.streamReader()
        const events = [...reader.push(Buffer.from(`data: ${JSON.stringify(value)}\n\n`)), ...reader.end()]
        expect(events.at(-1)?.type).toBe('error')
      }),
      { numRuns: 150 },
    )
  })
})
