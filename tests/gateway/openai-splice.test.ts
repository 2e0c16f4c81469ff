/** What is changed in the client's own bytes, and what is not. */

import { describe, expect, test } from 'vitest'
import { usageFilter, withIncludeUsage } from '../../src-main/gateway/index.ts'
import { withModel } from '../../src-main/gateway/splice/model.ts'
import * as fc from '../support/fast-check.ts'
import { bytesOf } from './openai-support.ts'

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString()
}

describe('another model in the same bytes', () => {
  const cases: [name: string, before: string, after: string | null][] = [
    ['spaces and order stay', '{ "a" : 1,\n\t"model"\r\n: "old" , "z":[ ] }', '{ "a" : 1,\n\t"model"\r\n: "new" , "z":[ ] }'],
    [
      'numbers that JSON.parse would round stay',
      '{"seed":12345678901234567890,"model":"old","t":1.0}',
      '{"seed":12345678901234567890,"model":"new","t":1.0}',
    ],
    ['the last of two counts', '{"model":"first","model":"second"}', '{"model":"first","model":"new"}'],
    [
      'a model further in is another',
      '{"metadata":{"model":"x"},"messages":[{"model":"y"}],"model":"old"}',
      '{"metadata":{"model":"x"},"messages":[{"model":"y"}],"model":"new"}',
    ],
    [
      'texts may hold anything',
      '{"input":"\\"model\\":\\"x\\" } ] \\\\","model":"old"}',
      '{"input":"\\"model\\":\\"x\\" } ] \\\\","model":"new"}',
    ],
    ['the key may be escaped', '{"\\u006dodel":"old"}', '{"\\u006dodel":"new"}'],
    ['whatever the value was', '{"model":null}', '{"model":"new"}'],
    ['none', '{"messages":[]}', null],
    ['no object', '["model"]', null],
    ['cut short', '{"model":"old', null],
  ]
  test.each(cases)('%s', (_, before, after) => {
    expect(text(withModel(bytesOf(before), 'new'))).toBe(after)
  })

  test('for any object the model is replaced and everything else reads the same', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.constantFrom(undefined, 1, '\t'),
        (fields, model, indent) => {
          const before = { ...fields, model: 'old', after: fields }
          const bytes = bytesOf(JSON.stringify(before, null, indent))
          const copy = Uint8Array.from(bytes)
          expect(JSON.parse(String(text(withModel(bytes, model))))).toEqual(JSON.parse(JSON.stringify({ ...before, model })))
          expect(Uint8Array.from(bytes)).toEqual(copy)
        },
      ),
    )
  })

  test('whatever the bytes are, it ends', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '"model"', ' ', 'x')), (signs) => {
        expect(withModel(bytesOf(signs.join('')), 'new')).not.toBeUndefined()
      }),
    )
  })
})

describe('the usage of a stream is asked for', () => {
  const cases: [name: string, before: string, after: string | null][] = [
    [
      'where nothing was said',
      '{"model":"m","stream":true}',
      '{"stream_options":{"include_usage":true},"model":"m","stream":true}',
    ],
    ['with spaces', ' {\n "stream" : true }', ' {"stream_options":{"include_usage":true},\n "stream" : true }'],
    ['in place of null', '{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['in an empty object', '{"stream":true,"stream_options":{ }}', '{"stream":true,"stream_options":{"include_usage":true }}'],
    [
      'beside other options',
      '{"stream_options":{"include_obfuscation":false},"stream":true}',
      '{"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}',
    ],
    [
      'against the client’s word',
      '{"stream_options":{"include_usage" : false},"stream":true}',
      '{"stream_options":{"include_usage" : true},"stream":true}',
    ],
    ['not twice', '{"stream":true,"stream_options":{"include_usage":true}}', null],
    ['not without a stream', '{"stream":false}', null],
    ['not where nothing is said of a stream', '{"model":"m"}', null],
    ['not where options are no object', '{"stream":true,"stream_options":[1]}', null],
    ['not in what is no object', '[]', null],
  ]
  test.each(cases)('%s', (_, before, after) => {
    const spliced = withIncludeUsage(bytesOf(before))
    expect(text(spliced)).toBe(after)
  })
})

describe('the chunk of usage is taken out again', () => {
  const first = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"an \\"choices\\":[] é"}}],"usage":null}\n\n'
  const azure = 'data: {"id":"","choices":[],"prompt_filter_results":[]}\n\n'
  const last = 'data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}\n\n'
  const usage = 'data: {"id":"1","choices": [ ],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n'
  const done = 'data: [DONE]\n\n'

  const cases: [name: string, before: string, after: string][] = [
    ['from among the others', azure + first + last + usage + done, azure + first + last + done],
    ['with CRLF', (first + usage + done).replaceAll('\n', '\r\n'), (first + done).replaceAll('\n', '\r\n')],
    ['comments stay', `: alive\n\n${first}: alive\n${usage}${done}`, `: alive\n\n${first}: alive\n${done}`],
    ['without the last blank line', first + usage.trimEnd(), first],
    ['cut in the middle it is let through', first + usage.slice(0, 40), first + usage.slice(0, 40)],
    [
      'nothing else is touched',
      `event: x\ndata: {"choices":[]}\n\nid: 4\n\n\n\n${done}`,
      `event: x\ndata: {"choices":[]}\n\nid: 4\n\n\n\n${done}`,
    ],
    ['no stream of events at all', '{"choices":[],"usage":{}}', '{"choices":[],"usage":{}}'],
  ]

  test.each(cases)('%s, cut at every byte', (_, before, after) => {
    const bytes = bytesOf(before)
    for (let at = 0; at <= bytes.length; at++) {
      const filter = usageFilter()
      const pieces = [filter.push(bytes.subarray(0, at)), filter.push(bytes.subarray(at)), filter.end()]
      expect(Buffer.concat(pieces).toString()).toBe(after)
    }
  })

  test.each(cases)('%s, byte by byte, from a buffer that is used again', (_, before, after) => {
    const filter = usageFilter()
    const chunk = new Uint8Array(1)
    let out = ''
    for (const byte of bytesOf(before)) {
      chunk[0] = byte
      out += Buffer.from(filter.push(chunk)).toString('latin1')
    }
    out += Buffer.from(filter.end()).toString('latin1')
    expect(Buffer.from(out, 'latin1').toString()).toBe(after)
  })

  test('an event goes on as soon as it is whole', () => {
    const filter = usageFilter()
    expect(text(filter.push(bytesOf(first + last.slice(0, 10))))).toBe(first)
    expect(text(filter.push(bytesOf(last.slice(10))))).toBe(last)
    expect(text(filter.push(bytesOf(usage)))).toBe('')
    expect(text(filter.push(bytesOf(done)))).toBe(done)
  })

  test('an event that is too long to be one of usage is not held', () => {
    const long = `data: {"choices":[{"delta":{"content":"${'x'.repeat(40_000)}"}}]}\n\n`
    for (const size of [1, 7, 1000, 16_384, 39_999]) {
      const filter = usageFilter()
      const bytes = bytesOf(long + usage + done)
      const pieces: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) pieces.push(filter.push(bytes.subarray(at, at + size)))
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(16_384 + size + 100)
      expect(Buffer.concat([...pieces, filter.end()]).toString()).toBe(long + done)
    }
  })
})
