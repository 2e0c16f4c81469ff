/** Where calls of the unified API go. */
import { describe, expect, it } from 'vitest'
import { upstreamModel } from '../../src-main/providers/endpoint.ts'
import { providers } from '../../src-main/providers/index.ts'
import type { UpstreamCall } from '../../src-main/providers/types.ts'
import { type ProviderId, providerIds } from '../../src-preload/contract/index.ts'

const generate = (format: 'chat' | 'responses' | 'messages' | 'gemini', stream = false): UpstreamCall => ({
  kind: 'generate',
  format,
  stream,
})
const embed = (format: 'chat' | 'gemini', batch = false): UpstreamCall => ({ kind: 'embed', format, batch })
const count = (format: 'messages' | 'gemini'): UpstreamCall => ({ kind: 'count', format })

const none = { deployments: {}, apiVersion: null }

/** Every call there is, by a short name. */
const calls = {
  chat: generate('chat'),
  responses: generate('responses'),
  messages: generate('messages'),
  gemini: generate('gemini'),
  'gemini stream': generate('gemini', true),
  embed: embed('chat'),
  'gemini embed': embed('gemini'),
  'gemini batch': embed('gemini', true),
  'messages count': count('messages'),
  'gemini count': count('gemini'),
} satisfies Record<string, UpstreamCall>

type Spoken = Partial<Record<keyof typeof calls, string>>

const spoken: Record<ProviderId, Spoken> = {
  openai: { chat: '/chat/completions', responses: '/responses', embed: '/embeddings' },
  anthropic: { messages: '/v1/messages', 'messages count': '/v1/messages/count_tokens' },
  gemini: {
    gemini: '/v1beta/models/m:generateContent',
    'gemini stream': '/v1beta/models/m:streamGenerateContent?alt=sse',
    'gemini embed': '/v1beta/models/m:embedContent',
    'gemini batch': '/v1beta/models/m:batchEmbedContents',
    'gemini count': '/v1beta/models/m:countTokens',
  },
  'azure-openai': { chat: '/v1/chat/completions', responses: '/v1/responses', embed: '/v1/embeddings' },
  openrouter: { chat: '/chat/completions', embed: '/embeddings' },
  deepseek: { chat: '/chat/completions' },
  mistral: { chat: '/chat/completions', embed: '/embeddings' },
  groq: { chat: '/chat/completions', responses: '/responses' },
  xai: { chat: '/chat/completions', responses: '/responses' },
  cohere: { chat: '/compatibility/v1/chat/completions', embed: '/compatibility/v1/embeddings' },
  'openai-compatible': { chat: '/chat/completions', embed: '/embeddings' },
  custom: {},
  demo: {
    chat: '/chat/completions',
    responses: '/responses',
    messages: '/messages',
    embed: '/embeddings',
    'messages count': '/messages/count_tokens',
  },
}

describe('endpoint', () => {
  it.each(providerIds)('%s speaks what it speaks, and nothing else', (id) => {
    const found = Object.fromEntries(
      Object.entries(calls).flatMap(([name, call]) => {
        const path = providers[id].endpoint(call, 'm', none)
        return path === null ? [] : [[name, path]]
      }),
    )
    expect(found).toEqual(spoken[id])
  })

  it('is the same for a stream, except with Gemini', () => {
    for (const id of providerIds) {
      for (const format of ['chat', 'responses', 'messages'] as const) {
        const { endpoint } = providers[id]
        expect(endpoint(generate(format, true), 'm', none)).toBe(endpoint(generate(format), 'm', none))
      }
    }
  })

  it.each([
    ['models/gemini-2.5-flash', '/v1beta/models/gemini-2.5-flash:generateContent'],
    ['a/../b?c:d#e', '/v1beta/models/a%2F..%2Fb%3Fc%3Ad%23e:generateContent'],
    ['..', null],
    ['.', null],
    ['', null],
    ['models/', null],
  ])('Gemini and the model %j', (model, path) => {
    expect(providers.gemini.endpoint(generate('gemini'), model, none)).toBe(path)
  })

  describe('of Azure', () => {
    const dated = { deployments: { 'gpt-4o': 'my dep/4o', 'gpt-up': '..' }, apiVersion: '2024-10-21' }
    it.each<[call: keyof typeof calls, model: string, names: typeof none | typeof dated, path: string | null]>([
      ['chat', 'gpt-4o', dated, '/deployments/my%20dep%2F4o/chat/completions?api-version=2024-10-21'],
      ['embed', 'text-embedding-3-small', dated, '/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21'],
      ['responses', 'gpt-4o', dated, '/responses?api-version=2024-10-21'],
      ['chat', 'gpt-up', dated, null],
      ['chat', 'toString', dated, '/deployments/toString/chat/completions?api-version=2024-10-21'],
      ['messages', 'gpt-4o', dated, null],
      ['gemini count', 'gpt-4o', dated, null],
      ['chat', 'gpt-4o', { ...dated, apiVersion: 'preview' }, '/v1/chat/completions?api-version=preview'],
      [
        'chat',
        'gpt-4o',
        { ...dated, apiVersion: '2024&x=y' },
        '/deployments/my%20dep%2F4o/chat/completions?api-version=2024%26x%3Dy',
      ],
      ['responses', 'gpt-4o', none, '/v1/responses'],
    ])('%s %s %j', (call, model, names, path) => {
      expect(providers['azure-openai'].endpoint(calls[call], model, names)).toBe(path)
    })

    it('knows a model by its deployment, others by their names', () => {
      expect(['gpt-4o', 'o3', 'toString'].map((model) => upstreamModel(model, dated))).toEqual(['my dep/4o', 'o3', 'toString'])
    })
  })
})
