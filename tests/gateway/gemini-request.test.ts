/** Gemini's requests: what is read, what is refused by its name, and how a conversation is said to each age of Gemini. */
import { describe, expect, it } from 'vitest'
import { geminiFormat } from '../../src-main/gateway/gemini/format.ts'
import type { Conversation, Part, Turn } from '../../src-main/gateway/types.ts'
import { conversation, refusedField } from './support-events.ts'

const base = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
const read = (fields: object) => geminiFormat.readRequest({ ...base, ...fields }, { model: 'gemini-2.5-flash', stream: true })
const said = (...parts: object[]) => ({ contents: [{ role: 'user', parts }] })
const config = (generationConfig: object) => ({ generationConfig })
const write = (fields: Partial<Conversation>) => geminiFormat.writeRequest(conversation({ model: 'gemini-2.5-flash', ...fields }))

const everything = {
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [
    { parts: [{ text: 'Hello' }] },
    {
      role: 'model',
      parts: [
        { text: 'Hm', thought: true },
        { functionCall: { name: 'f', args: { x: 1 } }, thoughtSignature: 'QUJD' },
        { functionCall: { id: 'own', name: 'f' } },
        { text: '', thoughtSignature: 'QUJD' },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'f', response: { error: 'no' } } },
        {
          functionResponse: {
            id: 'own',
            name: 'f',
            response: { output: { y: 2 } },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }],
          },
        },
        { inlineData: { mimeType: 'audio/wav', data: 'AA' } },
        { fileData: { mimeType: 'application/pdf', fileUri: 'https://x.test/a.pdf' } },
      ],
    },
  ],
  tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } }] }],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
  generationConfig: {
    temperature: 1.5,
    topP: 0.9,
    topK: 5,
    seed: 7,
    maxOutputTokens: 100,
    stopSequences: ['END'],
    candidateCount: 1,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    responseModalities: ['TEXT'],
    responseMimeType: 'application/json',
    responseJsonSchema: { type: 'object' },
    thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true },
  },
}

const heard: Conversation = {
  model: 'gemini-2.5-flash',
  stream: true,
  system: [{ kind: 'text', text: 'Be brief.' }],
  turns: [
    { role: 'user', parts: [{ kind: 'text', text: 'Hello' }] },
    {
      role: 'assistant',
      parts: [
        { kind: 'thinking', text: 'Hm', signature: null },
        { kind: 'tool-call', id: 'call_1_1', name: 'f', args: '{"x":1}', signature: 'QUJD' },
        { kind: 'tool-call', id: 'own', name: 'f', args: '{}' },
      ],
    },
    {
      role: 'user',
      parts: [
        { kind: 'tool-result', callId: 'call_1_1', name: 'f', parts: [{ kind: 'text', text: 'no' }], isError: true },
        {
          kind: 'tool-result',
          callId: 'own',
          name: 'f',
          parts: [
            { kind: 'text', text: '{"y":2}' },
            { kind: 'image', media: { mime: 'image/png', data: 'AA' } },
          ],
          isError: false,
        },
        { kind: 'audio', media: { mime: 'audio/wav', data: 'AA' } },
        { kind: 'file', media: { mime: 'application/pdf', url: 'https://x.test/a.pdf' }, name: null },
      ],
    },
  ],
  tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: null }],
  toolChoice: { kind: 'tool', name: 'f' },
  parallelTools: null,
  maxTokens: 100,
  temperature: 1.5,
  topP: 0.9,
  topK: 5,
  seed: 7,
  stop: ['END'],
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  user: null,
  wantsUsage: true,
  hints: [],
  shape: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: null },
  thinking: { mode: 'effort', budget: null, effort: 'high', visible: true },
}

/** As Google's APIs also take them. */
function snaked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snaked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), snaked(inner)]),
  )
}

describe('reading', () => {
  it('takes every field that has a place in a conversation, in both spellings', () => {
    expect(read(everything)).toEqual(heard)
    expect(read(snaked(everything) as object)).toEqual(heard)
  })

  it('notes hints and goes on', () => {
    const { hints } = read({ safetySettings: [{}], labels: { a: 'b' }, ...config({ mediaResolution: 'MEDIA_RESOLUTION_LOW' }) })
    expect(hints.toSorted()).toEqual(['generationConfig.mediaResolution', 'labels', 'safetySettings'])
  })

  it("reads Google's own schemas as JSON Schema, and leaves the names of properties alone", () => {
    const parameters = {
      type: 'OBJECT',
      properties: {
        any_of: { type: 'STRING', nullable: true, format: 'enum', enum: ['a'], maxLength: '5' },
        list: { type: 'ARRAY', items: { anyOf: [{ type: 'INTEGER' }, { type: 'NULL' }], nullable: true }, minItems: 1 },
      },
      required: ['any_of'],
      propertyOrdering: ['any_of', 'list'],
    }
    expect(read({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools[0]?.parameters).toEqual({
      type: 'object',
      properties: {
        any_of: { type: ['string', 'null'], enum: ['a'], maxLength: 5 },
        list: { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'null' }, { type: 'null' }] }, minItems: 1 },
      },
      required: ['any_of'],
    })
  })

  it.each<[string, object]>([
    ['cachedContent', { cachedContent: 'c' }],
    ['brandNew', { brandNew: 1 }],
    ['contents[0].role', { contents: [{ role: 'system', parts: [] }] }],
    ['contents[0].parts[0].executableCode', said({ executableCode: {} })],
    ['contents[0].parts[0].videoMetadata', said({ text: 'x', videoMetadata: { fps: 1 } })],
    [
      'contents[0].parts[0].fileData.fileUri',
      said({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/x' } }),
    ],
    ['contents[0].parts[0].fileData.fileUri', said({ fileData: { fileUri: 'gs://b/x.png' } })],
    ['contents[0].parts[0].functionResponse.name', said({ functionResponse: { name: 'f', response: {} } })],
    [
      'contents[0].parts[0].functionResponse.willContinue',
      said({ functionResponse: { id: '1', name: 'f', response: {}, willContinue: true } }),
    ],
    ['systemInstruction.parts[0].text', { systemInstruction: { parts: [{ inlineData: {} }] } }],
    ['tools[0].googleSearch', { tools: [{ googleSearch: {} }] }],
    ['tools[0].codeExecution', { tools: [{ codeExecution: {} }] }],
    [
      'tools[0].functionDeclarations[0].behavior',
      { tools: [{ functionDeclarations: [{ name: 'f', behavior: 'NON_BLOCKING' }] }] },
    ],
    [
      'tools[0].functionDeclarations[0].parameters.not',
      { tools: [{ functionDeclarations: [{ name: 'f', parameters: { not: {} } }] }] },
    ],
    [
      'toolConfig.functionCallingConfig.allowedFunctionNames',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } } },
    ],
    ['generationConfig.candidateCount', config({ candidateCount: 2 })],
    ['generationConfig.responseModalities', config({ responseModalities: ['AUDIO'] })],
    ['generationConfig.speechConfig', config({ speechConfig: {} })],
    ['generationConfig.responseLogprobs', config({ responseLogprobs: true })],
    ['generationConfig.responseMimeType', config({ responseMimeType: 'text/x.enum' })],
    ['generationConfig.responseMimeType', config({ responseSchema: { type: 'STRING' } })],
    ['generationConfig.thinkingConfig.thinkingLevel', config({ thinkingConfig: { thinkingLevel: 'UTMOST' } })],
    ['generationConfig.temperature', config({ temperature: 'warm' })],
  ])('refuses %s by its name', (field, fields) => {
    expect(refusedField(() => read(fields))).toBe(field)
  })

  it.each<[object | null, Conversation['thinking']]>([
    [null, null],
    [{ thinkingBudget: 0 }, { mode: 'off', budget: null, effort: null, visible: false }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { mode: 'auto', budget: null, effort: null, visible: true },
    ],
    [{ thinkingBudget: 512 }, { mode: 'budget', budget: 512, effort: null, visible: false }],
    [{ thinkingLevel: 'low' }, { mode: 'effort', budget: null, effort: 'low', visible: false }],
    [{ includeThoughts: true }, { mode: 'auto', budget: null, effort: null, visible: true }],
  ])('reads thinking %j', (thinkingConfig, thinking) => {
    expect(read(config({ thinkingConfig })).thinking).toEqual(thinking)
  })
})

const text = (words: string): Part => ({ kind: 'text', text: words })
const call = (id: string, signature?: string): Part => ({
  kind: 'tool-call',
  id,
  name: 'f',
  args: '{}',
  ...(signature === undefined ? {} : { signature }),
})
const result = (callId: string, ...parts: Part[]): Part => ({ kind: 'tool-result', callId, name: null, parts, isError: false })

interface Written {
  role: string
  parts: Record<string, Record<string, unknown>>[]
}
const contentsOf = (fields: Partial<Conversation>) => write(fields).body.contents as Written[]

describe('writing contents', () => {
  it('merges the same side, puts results first and leaves out empty texts', () => {
    const turns: Turn[] = [
      { role: 'user', parts: [text('a')] },
      { role: 'user', parts: [text('')] },
      { role: 'assistant', parts: [call('1')] },
      { role: 'user', parts: [text('and'), result('1', text('ok'))] },
    ]
    expect(contentsOf({ turns })).toEqual([
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [{ functionCall: { id: '1', name: 'f', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { id: '1', name: 'f', response: { output: 'ok' } } }, { text: 'and' }] },
    ])
  })

  it('signs the first of several calls to Gemini 3 with its own signature, else with the word that Google takes for none', () => {
    const signatures = (model: string, ...parts: Part[]) =>
      contentsOf({ model, turns: [{ role: 'assistant', parts }] })[0]?.parts.map(({ thoughtSignature }) => thoughtSignature)
    expect(signatures('gemini-3-flash', call('1'), call('2'))).toEqual(['skip_thought_signature_validator', undefined])
    expect(signatures('gemini-3-flash', call('1', 'QUJD'), call('2'))).toEqual(['QUJD', undefined])
    expect(signatures('gemini-flash-latest', call('1'))).toEqual(['skip_thought_signature_validator'])
    expect(signatures('gemini-2.5-flash', call('1'))).toEqual([undefined])
  })

  it.each<[string, object]>([
    ['{"a":1}', { a: 1 }],
    ['{"output":1}', { output: { output: 1 } }],
    ['{"error":1}', { output: { error: 1 } }],
    ['{}', { output: {} }],
    ['[1]', { output: '[1]' }],
    ['{ no JSON', { output: '{ no JSON' }],
  ])('writes the result %s as %j', (words, response) => {
    const turns: Turn[] = [
      { role: 'assistant', parts: [call('1')] },
      { role: 'user', parts: [result('1', text(words))] },
    ]
    expect(contentsOf({ turns })[1]?.parts[0]?.functionResponse?.response).toEqual(response)
  })

  it('puts a picture that a tool returned inside the result or beside it, as the model takes it', () => {
    const image: Part = { kind: 'image', media: { mime: 'image/png', data: 'AA' } }
    const turns: Turn[] = [
      { role: 'assistant', parts: [call('1')] },
      { role: 'user', parts: [result('1', image)] },
    ]
    const inlineData = { mimeType: 'image/png', data: 'AA' }
    expect(contentsOf({ turns })[1]?.parts.slice(1)).toEqual([{ inlineData }])
    expect(contentsOf({ turns, model: 'gemini-3-pro-preview' })[1]?.parts).toMatchObject([
      { functionResponse: { parts: [{ inlineData }] } },
    ])
  })

  it('tells the kind of a file behind an address by its name, where that shows it', () => {
    const image = (url: string): Part => ({ kind: 'image', media: { mime: null, url } })
    expect(
      contentsOf({ turns: [{ role: 'user', parts: [image('https://x.test/a.JPG?s=1'), image('https://x.test/a')] }] })[0]?.parts,
    ).toEqual([
      { fileData: { fileUri: 'https://x.test/a.JPG?s=1', mimeType: 'image/jpeg' } },
      { fileData: { fileUri: 'https://x.test/a' } },
    ])
  })

  it('does without thoughts, and says so', () => {
    const parts: Part[] = [{ kind: 'thinking', text: 'Hm', signature: 's' }, text('x'), { kind: 'redacted-thinking', data: 'y' }]
    const { body, dropped } = write({ turns: [{ role: 'assistant', parts }] })
    expect(body.contents).toEqual([{ role: 'model', parts: [{ text: 'x' }] }])
    expect(dropped).toEqual(['turns[0].parts[0]', 'turns[0].parts[2]'])
  })

  it.each<[string, Partial<Conversation>]>([
    ['turns[0].parts[0]', { turns: [{ role: 'user', parts: [result('1')] }] }],
    ['turns[0].parts[0]', { turns: [{ role: 'assistant', parts: [{ kind: 'tool-call', id: '1', name: 'f', args: '7' }] }] }],
    ['system[0]', { system: [{ kind: 'image', media: { mime: 'image/png', data: 'AA' } }] }],
    ['stop', { stop: ['1', '2', '3', '4', '5', '6'] }],
    ['parallelTools', { parallelTools: false, tools: [{ name: 'f', description: null, parameters: null, strict: null }] }],
  ])('refuses %s', (field, fields) => {
    expect(refusedField(() => write(fields))).toBe(field)
  })
})

describe('writing the rest', () => {
  it('says everything that Gemini has a word for', () => {
    const { body, dropped } = geminiFormat.writeRequest({ ...heard, model: 'gemini-3-flash' })
    expect(body).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: everything.tools,
      toolConfig: everything.toolConfig,
    })
    const { candidateCount, responseModalities, ...generation } = everything.generationConfig
    expect([candidateCount, responseModalities]).toEqual([1, ['TEXT']])
    expect(body.generationConfig).toEqual(generation)
    expect(dropped).toEqual(['turns[1].parts[0]'])
  })

  it('says what it leaves out', () => {
    const tools = [{ name: 'f', description: null, parameters: { type: 'object', properties: {} }, strict: true, cache: true }]
    const { body, dropped } = write({ tools, user: 'u', system: [{ kind: 'text', text: 's', cache: true }] })
    expect(dropped.toSorted()).toEqual(['system[0].cache', 'tools[0].cache', 'tools[0].strict', 'user'])
    expect(body.tools).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
  })

  const visible = false
  it.each<[string, Conversation['thinking'], object | undefined, string[]]>([
    ['gemini-2.5-flash', { mode: 'off', budget: null, effort: null, visible }, { thinkingBudget: 0 }, []],
    ['gemini-2.5-pro', { mode: 'off', budget: null, effort: null, visible }, { thinkingBudget: 128 }, ['thinking']],
    [
      'gemini-2.5-pro',
      { mode: 'auto', budget: null, effort: null, visible: true },
      { includeThoughts: true, thinkingBudget: -1 },
      [],
    ],
    ['gemini-2.5-flash', { mode: 'effort', budget: null, effort: 'medium', visible }, { thinkingBudget: 8192 }, []],
    ['gemini-2.5-flash', { mode: 'budget', budget: 700, effort: null, visible }, { thinkingBudget: 700 }, []],
    ['gemini-3-pro-preview', { mode: 'effort', budget: null, effort: 'medium', visible }, { thinkingLevel: 'HIGH' }, []],
    ['gemini-3.1-pro-preview', { mode: 'effort', budget: null, effort: 'medium', visible }, { thinkingLevel: 'MEDIUM' }, []],
    ['gemini-3-flash', { mode: 'effort', budget: null, effort: 'minimal', visible }, { thinkingLevel: 'MINIMAL' }, []],
    ['gemini-3-flash', { mode: 'budget', budget: 30_000, effort: null, visible }, { thinkingLevel: 'HIGH' }, []],
    ['gemini-3-flash', { mode: 'auto', budget: null, effort: null, visible: true }, { includeThoughts: true }, []],
    ['gemini-3-flash', { mode: 'off', budget: null, effort: null, visible }, { thinkingLevel: 'MINIMAL' }, ['thinking']],
    ['gemini-2.0-flash', { mode: 'effort', budget: null, effort: 'high', visible }, undefined, ['thinking']],
    ['gemma-3-27b-it', { mode: 'off', budget: null, effort: null, visible }, undefined, []],
  ])('tells %s to think as its age knows it (%#)', (model, thinking, expected, dropped) => {
    const written = write({ model, thinking })
    expect((written.body.generationConfig as { thinkingConfig?: object }).thinkingConfig).toEqual(expected)
    expect(written.dropped).toEqual(dropped)
  })
})

describe('errors', () => {
  it.each([
    [400, 'INVALID_ARGUMENT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'NOT_FOUND'],
    [413, 'INVALID_ARGUMENT'],
    [429, 'RESOURCE_EXHAUSTED'],
    [500, 'INTERNAL'],
    [503, 'UNAVAILABLE'],
    [504, 'DEADLINE_EXCEEDED'],
  ])('%i is %s', (status, name) => {
    const error = { status, code: 'X', message: 'm' }
    expect(geminiFormat.writeError(error)).toMatchObject({
      error: { code: status, status: name, message: 'm', details: [{ reason: 'X' }] },
    })
    expect(Buffer.from(geminiFormat.streamError(error)).toString()).toBe(
      `data: ${JSON.stringify(geminiFormat.writeError(error))}\r\n\r\n`,
    )
  })
})
