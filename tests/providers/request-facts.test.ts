/** What a request asks for: its model, a stream, an estimate of its tokens, and the conversation it belongs to. */

import { describe, expect, it } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import * as fc from '../support/fast-check.ts'

const facts = (body: unknown, path = '/chat/completions') => providers.openai.requestFacts(path, body)
const user = (content: unknown) => ({ role: 'user', content })
const said = (content: string) => facts({ model: 'm', messages: [user(content)] }).inputTokens

describe('model and stream', () => {
  it.each<[string, unknown, string | null, boolean]>([
    ['/chat/completions', { model: 'gpt-4o', stream: true }, 'gpt-4o', true],
    ['/chat/completions', { model: 'gpt-4o', stream: 'yes' }, 'gpt-4o', false],
    ['/models', undefined, null, false],
    ['/v1beta/models/gemini-2.5-pro:generateContent', { contents: [] }, 'gemini-2.5-pro', false],
    ['/v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse', { contents: [] }, 'gemini-2.5-pro', true],
    ['/models/a%2Fb:generateContent', {}, 'a/b', false],
    ['/models/50%:generateContent', {}, '50%', false],
    ['/openai/deployments/my-gpt/chat/completions?api-version=1', {}, 'my-gpt', false],
    ['/chat/completions', { model: 'm'.repeat(201) }, null, false],
    ['/chat/completions', { model: ['x'] }, null, false],
    ['/chat/completions', 'not an object', null, false],
    ['/v1beta/openai/chat/completions', { model: 'models/gemini-2.5-pro' }, 'gemini-2.5-pro', false],
  ])('%s %j', (path, body, model, stream) => {
    expect(facts(body, path)).toMatchObject({ model, stream })
  })

  it('are unknown of a custom API, like all the rest', () => {
    expect(providers.custom.requestFacts('/x', { model: 'm', stream: true, max_tokens: 5, user: 'u' })).toEqual({
      model: null,
      stream: false,
      inputTokens: 0,
      outputTokens: 0,
    })
  })
})

describe('the estimate of what a request holds', () => {
  it.each<[string, string, number]>([
    ['Latin', 'abcd'.repeat(100), 100],
    ['Cyrillic', 'слово '.repeat(100), 275],
    ['Chinese', '你好世界'.repeat(100), 400],
    ['Korean', '안녕'.repeat(100), 200],
    ['long', 'word '.repeat(100_000), 125_000],
    ['long Chinese', '你好世界'.repeat(50_000), 200_000],
    ['nothing', '', 0],
  ])('%s', (_, text, tokens) => {
    expect(said(text)).toBe(tokens)
  })

  it('of a long text in two scripts is about right', () => {
    const half = 40_000
    expect(
      Math.abs(
        said(
          'a'
            .repeat(4)
            .concat(' ')
            .repeat(half / 5) + '你'.repeat(half),
        ) -
          half * 1.25,
      ),
    ).toBeLessThan(half * 0.2)
  })

  it('of many texts is about the sum of them', () => {
    const messages = Array.from({ length: 300 }, (_, index) => user(index % 2 ? 'word '.repeat(200) : '你好'.repeat(200)))
    expect(Math.abs(facts({ messages }).inputTokens - 150 * (250 + 400))).toBeLessThan(5000)
  })

  it.each<[string, object]>([
    [
      'OpenAI',
      { messages: [user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(5_000_000)}` } }])] },
    ],
    ['Anthropic', { messages: [user([{ type: 'image', source: { type: 'base64', data: 'iVBORw0K'.repeat(200_000) } }])] }],
    ['Gemini', { contents: [{ parts: [{ inlineData: { data: 'JVBERi0x'.repeat(200_000) } }] }] }],
  ])('takes a fixed figure for a file: %s', (_, body) => {
    expect(facts(body).inputTokens).toBeGreaterThanOrEqual(1000)
    expect(facts(body).inputTokens).toBeLessThan(1050)
  })

  it.each<[string, object, number]>([
    ['a system prompt and tools', { system: 'abcd'.repeat(10), tools: [{ description: 'abcd'.repeat(20) }] }, 30],
    ['parts', { contents: [{ parts: [{ text: 'abcd' }, { text: 'efgh' }] }] }, 2],
    ['an input', { input: 'abcdabcd' }, 2],
    [
      'inputs given as the numbers of their tokens',
      {
        input: [
          [1, 2, 3],
          [4, 5],
        ],
      },
      5,
    ],
    ['no names', { model: 'abcdabcd', user: 'abcdabcd', messages: [{ role: 'assistant', content: 'abcd' }] }, 1],
  ])('counts %s', (_, body, tokens) => {
    expect(facts(body).inputTokens).toBe(tokens)
  })

  it('looks at a part of a body of a million pieces', () => {
    const many = { messages: Array.from({ length: 1_000_000 }, () => 'abcd') }
    const deep: unknown = JSON.parse(`${'['.repeat(5000)}"abcd"${']'.repeat(5000)}`)
    expect(facts(many).inputTokens).toBeLessThanOrEqual(20_000)
    expect(facts({ messages: deep }).inputTokens).toBe(1)
  })
})

describe('the most that a request may answer', () => {
  it.each<[object, number]>([
    [{ max_tokens: 5 }, 5],
    [{ max_tokens: 5, max_completion_tokens: 7 }, 7],
    [{ max_output_tokens: 9 }, 9],
    [{ generationConfig: { maxOutputTokens: 11 } }, 11],
    [{ generation_config: { max_output_tokens: 12 } }, 12],
    [{ max_tokens: -1 }, 0],
    [{ max_tokens: '5' }, 0],
    [{ max_tokens: 1e12 }, 0],
    [{}, 0],
  ])('%j', (body, tokens) => {
    expect(facts(body).outputTokens).toBe(tokens)
  })
})

describe('the session', () => {
  const session = (body: object) => providers.openai.sessionOf('model' in body ? String(body.model) : 'm', body)
  const system = { role: 'system', content: 'You are kind.' }

  it.each<[string, object, object]>([
    ['its user', { user: 'u1', messages: [user('a')] }, { user: 'u1', messages: [user('b')] }],
    [
      "Anthropic's user",
      { metadata: { user_id: 'u1' }, messages: [user('a')] },
      { metadata: { user_id: 'u1' }, messages: [user('b')] },
    ],
    ['its cache key', { prompt_cache_key: 'k', user: 'a' }, { prompt_cache_key: 'k', user: 'b' }],
    ['its conversation', { conversation: 'c', input: 'a' }, { conversation: { id: 'c' }, input: 'b' }],
    [
      'its first messages',
      { messages: [system, user('a')] },
      { messages: [system, user('a'), { role: 'assistant', content: 'x' }, user('more')] },
    ],
    [
      'its first message',
      { contents: [{ parts: [{ text: 'a' }] }] },
      {
        contents: [
          { role: 'user', parts: [{ text: 'a' }] },
          { role: 'model', parts: [] },
        ],
      },
    ],
    ['a first input', { instructions: 'i', input: 'a' }, { instructions: 'i', input: [user('a'), user('b')] }],
  ])('is one by %s', (_, first, later) => {
    expect(session(first)).toMatch(/^[\da-f]{16}$/)
    expect(session(later)).toBe(session(first))
  })

  it('is another for other texts, users, models and lengths', () => {
    const long = 'x'.repeat(5000)
    const sessions = [
      { user: 'u1' },
      { user: 'u2' },
      { messages: [user('a')] },
      { messages: [user('b')] },
      { model: 'other', messages: [user('a')] },
      { messages: [system, user('a')] },
      { system: 'You are kind.', messages: [user('b')] },
      { systemInstruction: { parts: [{ text: 'You are kind.' }] }, contents: [{ parts: [{ text: 'c' }] }] },
      { messages: [user(long)] },
      { messages: [user(`${long}x`)] },
      { messages: [user('ab'), user('c')] },
      { messages: [user(['a', 'b'])] },
      { messages: [user('ab')] },
    ].map(session)
    expect(sessions).not.toContain(null)
    // The two that begin with the same message are one.
    expect(new Set(sessions).size).toBe(sessions.length - 1)
  })

  it.each<[string, object]>([
    ['there is nothing to know it by', { stream: true }],
    ['the user has said nothing', { messages: [system] }],
    ['only the answer before it is named', { previous_response_id: 'resp_1', input: 'and then?' }],
  ])('is none when %s', (_, body) => {
    expect(session(body)).toBeNull()
  })

  it('does not show what it was made of', () => {
    const made = session({ user: 'someone@example.com' })
    expect(made).not.toContain('someone')
  })
})

it('never throws, whatever the body', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.string(),
      fc.constantFrom('messages', 'contents', 'input', 'system', 'metadata', 'user'),
      (json, text, name) => {
        for (const body of [
          json,
          { [name]: json },
          { [name]: [json] },
          { [name]: [{ role: text, content: json, parts: json }] },
        ]) {
          for (const provider of Object.values(providers)) {
            const { model, inputTokens, outputTokens } = provider.requestFacts(text, body)
            expect(Number.isInteger(inputTokens) && inputTokens >= 0 && Number.isInteger(outputTokens)).toBe(true)
            expect(provider.sessionOf(model, body) ?? '0'.repeat(16)).toMatch(/^[\da-f]{16}$/)
            expect(model).not.toBe('')
            provider.withModel(text, body, 'm')
          }
        }
      },
    ),
    { numRuns: 300 },
  )
})
